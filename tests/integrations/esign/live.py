r"""One packet through a real account of each signing service; it is not collected by itself.

    DOCGEN_VENDOR_EMAIL=you@your.house DOCGEN_VENDOR_DOCUSEAL_API_KEY=... \
        python -m pytest tests/integrations/esign/live.py -k docuseal

Each variable DOCGEN_VENDOR_SERVICE_KEY holds what KEY of [services.SERVICE] would; a secret stands
in the variable itself, or in a file that DOCGEN_VENDOR_SERVICE_KEY_FILE names. Letters go to two
addresses of your mailbox, such as you+pso@your.house. Everything is tried but signing, which takes a
person; the envelope is voided in the end. Use an account for developers, or in test mode.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from docgen.domain.canonical import digest_of
from docgen.domain.signing import Signal
from docgen.errors import ServiceRejected, ServiceUnavailable
from docgen.ports.esign import NewRecipient
from docgen.ports.service_account import ServiceAccount
from integrations.system.clock import SystemClock
from tests.contracts.esign import HOME, invited, two_of_each

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from docgen.ports.esign import EnvelopeRequest, SigningService

PREFIX, EMAIL = "DOCGEN_VENDOR_", "DOCGEN_VENDOR_EMAIL"
# What each account is made of: secrets that are needed, options that are, options that may be.
ACCOUNTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "adobe_sign": (("integration_key",), ("client_id",), ("address", "user")),
    "documenso": (("api_token",), (), ("address",)),
    "docuseal": (("api_key",), (), ("address", "file_hosts")),
    "docusign": (("private_key",), ("integration_key", "user_id"), ("address", "account_id")),
    "dropbox_sign": (("api_key",), (), ("address", "test_mode")),
}
NO_CALLBACKS = {"dropbox_sign": ()}  # its callbacks are signed with the API key
Given = TypeVar("Given")
TRIES, USUAL_WAIT_S = 20, 5.0


def account_of(service: str, environment: Mapping[str, str]) -> ServiceAccount:
    """Read an account from the environment.

    Raises:
        KeyError: it names the variable that is missing.
    """
    needed_secrets, needed, more = ACCOUNTS[service]
    prefix = f"{PREFIX}{service.upper()}_"
    secrets = {}
    for name in needed_secrets:
        file = environment.get(f"{prefix}{name.upper()}_FILE")
        given = Path(file).read_text("utf-8") if file else environment[prefix + name.upper()]
        secrets[name] = (given.strip(),)
    for name in NO_CALLBACKS.get(service, ("callback_secret",)):
        secrets[name] = (digest_of("nobody calls back"),)
    options = {name: environment[prefix + name.upper()] for name in needed}
    told = {name: environment.get(prefix + name.upper(), "") for name in more}
    return ServiceAccount(
        service=service,
        options=options | {name: value for name, value in told.items() if value},
        secrets=secrets,
    )


def connected(
    account: ServiceAccount, now: Callable[[], datetime], *, loopback: bool = False
) -> SigningService:
    """Open an account as the program does."""
    [entry] = entry_points(group="docgen.esign", name=account.service)
    kind: Any = entry.load()
    service: SigningService = kind.open(account, now=now, callback_url=HOME, loopback=loopback)
    return service


def walk(
    service: SigningService,
    email: str,
    now: Callable[[], datetime],
    pause: Callable[[float], None],
) -> str:
    """Send, find, link, remind, reassign and void one packet; give its envelope's id."""
    mailbox, _, domain = email.partition("@")
    asked = two_of_each()
    asked = replace(
        asked,
        idempotency_key=digest_of([service.key, now().isoformat()]),
        recipients=tuple(
            replace(one, email=f"{mailbox}+{one.key}@{domain}") for one in asked.recipients
        ),
        sent_at=now(),
        expires_at=now() + timedelta(days=2),
    )
    able, key = service.capabilities, asked.idempotency_key
    assert service.find(key) is None
    envelope_id = _patient(lambda: service.send(asked), pause)
    try:
        found = service.find(key)
        assert found is not None
        assert (found.envelope_id, found.idempotency_key) == (envelope_id, key)
        standing = service.fetch(envelope_id)
        assert standing.ended is None
        assert {(one.key, one.email) for one in standing.recipients} == {
            (one.key, one.email) for one in asked.recipients
        }
        first, second = (one.key for one in asked.recipients)
        if able.signing_link:
            _led(service, asked, now, pause)
        if able.remind:
            with suppress(ServiceRejected):  # some remind once an hour alone
                _patient(lambda: service.remind(envelope_id, first), pause)
        if able.reassign:
            new = NewRecipient(name="Ann Other", title="Dean", email=f"{mailbox}+ann@{domain}")
            _patient(lambda: service.reassign(envelope_id, second, new), pause)
            emails = {one.key: one.email for one in service.fetch(envelope_id).recipients}
            assert emails[second] == new.email
        with pytest.raises(ServiceRejected):
            service.download(envelope_id)
    finally:
        _patient(lambda: service.void(envelope_id, "Only tried out."), pause)
    assert service.fetch(envelope_id).ended is Signal.VOIDED
    return envelope_id


def _led(
    service: SigningService,
    asked: EnvelopeRequest,
    now: Callable[[], datetime],
    pause: Callable[[float], None],
) -> None:
    """Send a second envelope, to which the service invites nobody, and have a page opened."""
    key = digest_of([service.key, now().isoformat(), "invited by us"])
    ours = replace(invited(asked), idempotency_key=key)
    envelope_id = _patient(lambda: service.send(ours), pause)
    try:
        first = asked.recipients[0].key
        link = _patient(lambda: service.signing_link(envelope_id, first, HOME), pause)
        assert link.startswith("http")
    finally:
        _patient(lambda: service.void(envelope_id, "Only tried out."), pause)


def _patient(act: Callable[[], Given], pause: Callable[[float], None]) -> Given:
    """Do something as soon as the service can."""
    for _ in range(TRIES):
        try:
            return act()
        except ServiceUnavailable as error:
            pause(error.retry_after_s or USUAL_WAIT_S)
    return act()


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_a_packet_goes_through_a_real_account(name: str) -> None:
    """Fields, search and status are as we think they are; nobody has to sign."""
    try:
        email, account = os.environ[EMAIL], account_of(name, os.environ)
    except KeyError as error:
        pytest.fail(f"Set {error} to try {name} out with a real account.")
    now = SystemClock().now
    assert walk(connected(account, now), email, now, time.sleep)
