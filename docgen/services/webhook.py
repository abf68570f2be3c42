"""Callbacks to other systems: register an address, tell it, try again, send once more.

A dispatch is stored in the transaction of the activity it tells, and so exists exactly when the
activity does; the sweep sends it at least once. Only ids and states leave, never a name.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

from docgen.domain.history import timestamp
from docgen.domain.person import Role
from docgen.domain.webhook import (
    KINDS,
    TEST,
    Attempt,
    Dispatch,
    Endpoint,
    Standing,
    read_secret,
    signed_headers,
    written_secret,
)
from docgen.errors import (
    ConfigurationError,
    EvidenceError,
    InputError,
    IntegrationError,
    NotFound,
    Refused,
)
from docgen.services.given import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.history import Activity
    from docgen.domain.person import Person
    from docgen.ports.webhooks import WebhookSender
    from docgen.services.office import Office

ERRAND = "webhook"
MOST_ENDPOINTS = 20
LONGEST_NAME = 80
_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a new address is registered with."""

    name: str
    url: str
    kinds: frozenset[str]


def register(office: Office, wanted: Wanted, actor: Person) -> tuple[str, Endpoint]:
    """Register an address; the first value is its secret, which nobody can read again.

    Raises:
        InputError: the name, the address or the kinds cannot be used.
        NotAllowed: the actor is no administrator.
    """
    actor.require(Role.ADMINISTRATOR)
    if len(wanted.name) > LONGEST_NAME:
        raise InputError(f"Give the address a name of at most {LONGEST_NAME} characters.")
    name = line_of(wanted.name, "the name", name=True)
    sender_of(office).check(wanted.url)
    if not wanted.kinds or not wanted.kinds <= frozenset(KINDS):
        raise InputError("Choose at least one kind of activity that the address is told of.")
    secret = _new_secret(office)
    endpoint = Endpoint(
        id=office.ids.new("cbk"),
        name=name,
        url=wanted.url,
        kinds=wanted.kinds,
        secret=_seal(office, secret),
        registered_by=actor.key,
        registered_at=office.clock.now(),
    )
    with office.ledger.transaction():
        if len(office.ledger.webhooks.list()) >= MOST_ENDPOINTS:
            raise InputError(f"There are {MOST_ENDPOINTS} callback addresses already.")
        office.ledger.webhooks.add(endpoint)
        _note(office, endpoint, "callback.registered", actor, kinds=sorted(endpoint.kinds))
    return secret, endpoint


def rotate(office: Office, endpoint_id: str, actor: Person) -> str:
    """Change the secret and give the new one; for a day both sign.

    Raises:
        NotAllowed: the actor is no administrator.
        NotFound: there is no such address.
    """
    actor.require(Role.ADMINISTRATOR)
    secret = _new_secret(office)
    with office.ledger.transaction():
        endpoint = office.ledger.webhooks.locked(endpoint_id)
        changed = endpoint.rotated(_seal(office, secret), office.clock.now())
        office.ledger.webhooks.save(changed)
        _note(office, changed, "callback.secret_changed", actor)
    return secret


def switch(office: Office, endpoint_id: str, actor: Person, *, on: bool) -> None:
    """Switch an address off, or on again; what happened in between is never told.

    Raises:
        NotAllowed: the actor is no administrator.
        NotFound: there is no such address.
    """
    actor.require(Role.ADMINISTRATOR)
    with office.ledger.transaction():
        endpoint = office.ledger.webhooks.locked(endpoint_id)
        if endpoint.is_on == on:
            return
        because = "" if on else "Switched off by an administrator."
        changed = replace(endpoint, is_on=on, off_because=because, given_up=0)
        office.ledger.webhooks.save(changed)
        kind = "callback.switched_on" if on else "callback.switched_off"
        _note(office, changed, kind, actor)


def send_test(office: Office, endpoint_id: str, actor: Person) -> Dispatch:
    """Ask for a callback that tells nothing, to see whether the address takes it.

    Raises:
        NotAllowed: the actor is no administrator.
        NotFound: there is no such address.
        Refused: it is switched off.
    """
    actor.require(Role.ADMINISTRATOR)
    with office.ledger.transaction():
        endpoint = office.ledger.webhooks.locked(endpoint_id)
        _refuse_off(endpoint)
        return _tell(office, endpoint, TEST, {})


def resend(office: Office, dispatch_id: str, actor: Person) -> None:
    """Send one callback once more, now, under the same id and with the same bytes.

    Raises:
        NotAllowed: the actor is no administrator.
        NotFound: there is no such callback.
        Refused: its address is switched off.
    """
    actor.require(Role.ADMINISTRATOR)
    now = office.clock.now()
    with office.ledger.transaction():
        dispatch = office.ledger.webhooks.locked_dispatch(dispatch_id)
        _refuse_off(office.ledger.webhooks.get(dispatch.endpoint))
        asked = replace(dispatch, standing=Standing.WAITING, due_at=now)
        office.ledger.webhooks.save_dispatch(asked)
        _ask(office, asked)
        # The next try may be waiting for its time already.
        office.ledger.errands.again(_key(asked), now)


def enqueue(office: Office, activity: Activity) -> None:
    """Store a dispatch for each address that is told of this activity, in its transaction."""
    if activity.kind not in KINDS:
        return
    wanting = [item for item in office.ledger.webhooks.switched_on() if item.wants(activity.kind)]
    if not wanting:
        return
    data = _data(office, activity.subject)
    for endpoint in wanting:
        _tell(office, endpoint, activity.kind, data)


def deliver(office: Office, payload: Mapping[str, object]) -> None:
    """Make one try of a dispatch and record what came of it; one already made is not repeated.

    Nothing is held while the receiver is waited for.
    """
    dispatch_id, number = str(payload["dispatch"]), int(str(payload["try"]))
    dispatch = office.ledger.webhooks.dispatch(dispatch_id)
    if len(dispatch.attempts) >= number:
        return
    endpoint = office.ledger.webhooks.get(dispatch.endpoint)
    attempt = _attempt(office, endpoint, dispatch)
    with office.ledger.transaction():
        dispatch = office.ledger.webhooks.locked_dispatch(dispatch_id)
        if len(dispatch.attempts) >= number:
            return
        endpoint = office.ledger.webhooks.locked(dispatch.endpoint)
        after = dispatch.tried(attempt)
        if not attempt.worked and (not endpoint.is_on or attempt.status == _GONE):
            after = replace(after, standing=Standing.GIVEN_UP, due_at=None)
        office.ledger.webhooks.save_dispatch(after)
        _judge(office, endpoint, after, attempt)
        if after.standing is Standing.WAITING:
            _ask(office, after)


def sender_of(office: Office) -> WebhookSender:
    """Give what posts callbacks.

    Raises:
        ConfigurationError: none is installed.
    """
    if office.webhook_sender is None:
        raise ConfigurationError(
            "What sends callbacks is not installed: install the program again, so that its list "
            "of parts is up to date."
        )
    return office.webhook_sender


def _attempt(office: Office, endpoint: Endpoint, dispatch: Dispatch) -> Attempt:
    now = office.clock.now()
    if not endpoint.is_on:
        return Attempt(at=now, trouble="The address is switched off.")
    try:
        keys = [_unseal(office, item) for item in endpoint.sealed_secrets(now)]
        body = dispatch.body.encode()
        headers = signed_headers(keys, dispatch.id, now, body)
        answer = sender_of(office).send(endpoint.url, headers, body)
    except (IntegrationError, EvidenceError) as error:
        return Attempt(at=now, trouble=str(error))
    return Attempt(at=now, status=answer.status, answer=_readable(answer.body))


def _judge(office: Office, endpoint: Endpoint, after: Dispatch, attempt: Attempt) -> None:
    """Note on the address what a try says about it."""
    if attempt.worked:
        changed = replace(endpoint, given_up=0)
    elif attempt.status == _GONE and endpoint.is_on:
        because = "The receiver answered that it is gone (410)."
        changed = replace(endpoint, is_on=False, off_because=because)
        _note(office, changed, "callback.switched_off", None)
    elif after.standing is Standing.GIVEN_UP and endpoint.is_on:
        changed = replace(endpoint, given_up=endpoint.given_up + 1)
    else:
        return
    if changed != endpoint:
        office.ledger.webhooks.save(changed)


def _tell(office: Office, endpoint: Endpoint, kind: str, data: Mapping[str, object]) -> Dispatch:
    now = office.clock.now()
    told = {"type": kind, "timestamp": timestamp(now), "data": dict(data)}
    dispatch = Dispatch(
        id=office.ids.new("msg"),
        endpoint=endpoint.id,
        kind=kind,
        body=json.dumps(told, separators=(",", ":")),
        at=now,
        due_at=now,
    )
    office.ledger.webhooks.add_dispatch(dispatch)
    _ask(office, dispatch)
    return dispatch


def _data(office: Office, subject: str) -> dict[str, object]:
    """Give ids and states only; whoever may know more asks the API with them."""
    try:
        packet = office.ledger.packets.get(subject)
    except NotFound:
        return {"enrollment_id": subject}
    return {
        "packet_id": packet.id,
        "enrollment_id": packet.plan.enrollment_id,
        "packet_kind": packet.plan.kind,
        "state": packet.state.value,
    }


def _key(dispatch: Dispatch) -> str:
    return f"{ERRAND}:{dispatch.id}:{len(dispatch.attempts) + 1}"


def _ask(office: Office, dispatch: Dispatch) -> None:
    number = len(dispatch.attempts) + 1
    payload: dict[str, object] = {"dispatch": dispatch.id, "try": number}
    office.ask(_key(dispatch), ERRAND, at=dispatch.due_at, **payload)


def _note(
    office: Office, endpoint: Endpoint, kind: str, actor: Person | None, **details: object
) -> None:
    who = "system" if actor is None else f"user:{actor.key}"
    office.note(f"callback:{endpoint.id}", kind, who, url=endpoint.url, **details)


def _refuse_off(endpoint: Endpoint) -> None:
    if not endpoint.is_on:
        raise Refused("This address is switched off; switch it on first.")


def _new_secret(office: Office) -> str:
    return written_secret(hashlib.sha256(office.ids.token().encode()).digest())


def _fernet(office: Office) -> Fernet:
    """Derive the sealing key from the site's own secret, for this purpose alone."""
    key = hashlib.blake2b(
        b"webhook", key=office.rules.link_secret, person=b"docgen.seal", digest_size=32
    )
    return Fernet(base64.urlsafe_b64encode(key.digest()))


def _seal(office: Office, secret: str) -> str:
    return _fernet(office).encrypt(secret.encode()).decode("ascii")


def _unseal(office: Office, sealed: str) -> bytes:
    try:
        return read_secret(_fernet(office).decrypt(sealed.encode()).decode("ascii"))
    except (InvalidToken, ValueError) as error:
        raise EvidenceError(
            "The stored secret cannot be opened with this site’s keys; change the secret."
        ) from error


def _readable(body: bytes) -> str:
    """Give an answer as text without control characters, which no database column needs."""
    text = body.decode("utf-8", "replace")
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
