"""Dropbox Sign itself, in test mode: `python -m pytest tests/integrations/esign/dropbox_sign/live.py`.

It is run by hand. DOCGEN_VENDOR_DROPBOX_SIGN_API_KEY is an account's API key,
DOCGEN_VENDOR_DROPBOX_SIGN_EMAIL an address you read, to which one invitation goes.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from docgen.domain.canonical import digest_of
from docgen.errors import ServiceUnavailable
from docgen.ports.service_account import ServiceAccount
from integrations.esign.dropbox_sign.provider import DropboxSignService
from integrations.system.clock import SystemClock
from tests.contracts.esign import request


def needed(name: str) -> str:
    """Read a variable, or say that it is missing."""
    found = os.environ.get(f"DOCGEN_VENDOR_DROPBOX_SIGN_{name}", "")
    if not found:
        pytest.fail(f"Set DOCGEN_VENDOR_DROPBOX_SIGN_{name} to run this against Dropbox Sign.")
    return found


def test_an_envelope_is_sent_found_and_cancelled() -> None:
    """Fields, metadata and the search are as we think they are; nobody has to sign."""
    now, email = SystemClock().now, needed("EMAIL")
    account = ServiceAccount(
        service="dropbox_sign",
        options={"test_mode": "yes"},
        secrets={"api_key": (needed("API_KEY"),)},
    )
    service = DropboxSignService.open(account, now=now, callback_url="", loopback=False)
    [person] = request().recipients
    asked = replace(
        request(digest_of(now().isoformat())),
        recipients=(replace(person, email=email),),
        sent_at=now(),
        expires_at=now() + timedelta(days=2),
    )
    sent = service.send(asked)
    found = service.find(asked.idempotency_key)
    with suppress(ServiceUnavailable):  # it is queued, and goes on without us
        service.void(sent, "A trial.")
    assert found is not None
    assert (found.envelope_id, found.ended) == (sent, None)
    assert [it.key for it in found.recipients] == [person.key]
