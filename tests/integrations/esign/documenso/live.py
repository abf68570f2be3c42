r"""The adapter against Documenso itself; it sends one envelope to you and cancels it.

    DOCGEN_DOCUMENSO_API_TOKEN=api_... DOCGEN_DOCUMENSO_SIGNER=you@your.domain \
        python -m pytest tests/integrations/esign/documenso/live.py

`DOCGEN_DOCUMENSO_ADDRESS` names another server than Documenso's cloud.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from docgen.domain.signing import Signal
from docgen.errors import ServiceRejected, UnsupportedFeature
from docgen.ports.service_account import ServiceAccount
from integrations.esign.documenso.provider import ADDRESS, DocumensoService
from tests.contracts.esign import request

NEEDED = ("DOCGEN_DOCUMENSO_API_TOKEN", "DOCGEN_DOCUMENSO_SIGNER")


def now() -> datetime:
    """Give the real time: the envelope's dates are Documenso's."""
    return datetime.now(UTC)


@pytest.fixture
def service() -> DocumensoService:
    """Connect as the program does."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        pytest.fail(f"Set {' and '.join(missing)}: this test talks to Documenso itself.")
    account = ServiceAccount(
        service="documenso",
        options={"address": os.environ.get("DOCGEN_DOCUMENSO_ADDRESS", ADDRESS)},
        secrets={
            "api_token": (os.environ["DOCGEN_DOCUMENSO_API_TOKEN"],),
            "callback_secret": (secrets.token_hex(),),
        },
    )
    return DocumensoService.open(account, now=now, callback_url="", loopback=False)


def test_an_envelope_is_sent_found_reminded_and_cancelled(service: DocumensoService) -> None:
    """Every call but those that need a signature."""
    at, asked = now(), request()
    signer = replace(asked.recipients[0], email=os.environ["DOCGEN_DOCUMENSO_SIGNER"])
    asked = replace(
        asked,
        idempotency_key=secrets.token_hex(32),
        recipients=(signer,),
        sent_at=at,
        expires_at=at + timedelta(days=2),
    )
    assert service.find(asked.idempotency_key) is None
    envelope_id = service.send(asked)
    found = service.find(asked.idempotency_key)
    assert found is not None
    assert (found.envelope_id, found.ended) == (envelope_id, None)
    assert [it.key for it in found.recipients] == ["practice_1"]
    assert service.send(asked) == envelope_id
    service.remind(envelope_id, "practice_1")
    with pytest.raises(UnsupportedFeature):
        service.check(replace(asked, documents=asked.documents * 6))
    with pytest.raises(ServiceRejected):
        service.download(envelope_id)
    service.void(envelope_id, "a trial")
    voided = service.fetch(envelope_id)
    assert (voided.ended, voided.reason) == (Signal.VOIDED, "a trial")
