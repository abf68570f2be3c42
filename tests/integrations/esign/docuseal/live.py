"""One packet through a real DocuSeal account; not collected by itself.

    DOCGEN_VENDOR_DOCUSEAL_API_KEY=... DOCGEN_VENDOR_DOCUSEAL_EMAIL=you@your.house \
        python -m pytest tests/integrations/esign/docuseal/live.py

`DOCGEN_VENDOR_DOCUSEAL_ADDRESS` names a server of one's own. It also shows the unit of areas, which
DocuSeal does not write down: what it gives back must be what was sent.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from docgen.domain.signing import Signal
from docgen.ports.service_account import ServiceAccount
from integrations.esign.docuseal.provider import ADDRESS, DocusealService
from integrations.system.clock import SystemClock
from tests.contracts.esign import HOME, two_of_each

PREFIX = "DOCGEN_VENDOR_DOCUSEAL_"


def given(name: str) -> str:
    """Read one of the variables, or refuse."""
    value = os.environ.get(f"{PREFIX}{name}", "")
    if not value:
        pytest.exit(f"Set {PREFIX}{name} to try DocuSeal out with a real account.", returncode=2)
    return value


def test_a_packet_is_sent_found_reassigned_and_withdrawn() -> None:
    """Everything but signing, which takes a person."""
    now, mailbox, domain = SystemClock().now, *given("EMAIL").split("@")
    service = DocusealService.open(
        ServiceAccount(
            service="docuseal",
            options={"address": os.environ.get(f"{PREFIX}ADDRESS") or ADDRESS},
            secrets={"api_key": (given("API_KEY"),), "callback_secret": ("unused",)},
        ),
        now=now,
        callback_url=HOME,
        loopback=False,
    )
    asked = two_of_each()
    asked = replace(
        asked,
        idempotency_key=secrets.token_hex(32),
        expires_at=now() + timedelta(days=1),
        recipients=tuple(
            replace(one, email=f"{mailbox}+{one.key}@{domain}") for one in asked.recipients
        ),
    )
    envelope_id = service.send(asked)
    try:
        found = service.find(asked.idempotency_key)
        assert found is not None
        assert found.envelope_id == envelope_id
        assert [one.key for one in found.recipients] == ["practice_1", "pso"]
        assert found.ended is None
        shown = service._client.submission(envelope_id)  # what nobody else needs
        for area in (area for one in shown.get("fields", []) for area in one["areas"]):
            assert 0 <= area["x"] < area["x"] + area["w"] <= 1
        service.remind(envelope_id, "practice_1")
    finally:
        service.void(envelope_id, "Only tried out")
    assert service.fetch(envelope_id).ended is Signal.VOIDED
