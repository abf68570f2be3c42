"""What an outside service could be made to claim by callback, each with the vendor's true proof."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.unit.services.test_every_service import API_KEY, SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# What ends an envelope in each vendor's words: executed, declined, voided.
ENDINGS = {
    "docusign": ("envelope-completed", "envelope-declined", "envelope-voided"),
    "dropbox_sign": (
        "signature_request_all_signed",
        "signature_request_declined",
        "signature_request_canceled",
    ),
    "adobe_sign": (
        "AGREEMENT_WORKFLOW_COMPLETED",
        "AGREEMENT_REJECTED",
        "AGREEMENT_RECALLED",
    ),
    "docuseal": ("submission.completed", "submission.expired", "submission.archived"),
    "documenso": ("DOCUMENT_COMPLETED", "DOCUMENT_REJECTED", "DOCUMENT_CANCELLED"),
}
STATUS = {"DOCUMENT_COMPLETED": "COMPLETED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """A body with the proof that its vendor would give it."""

    body: bytes
    headers: Mapping[str, str]
    query: str = ""


def proved(name: str, body: bytes, at: datetime) -> Proved:
    """Prove a body as its vendor does; Dropbox Sign's stands in the body itself."""
    if name == "docusign":
        mac = hmac.digest(SECRET.encode(), body, "sha256")
        return Proved(body=body, headers={"X-DocuSign-Signature-1": base64.b64encode(mac).decode()})
    if name == "docuseal":
        second = int(at.timestamp())
        mac = hmac.digest(SECRET.encode(), f"{second}.".encode() + body, "sha256")
        return Proved(body=body, headers={"X-Docuseal-Signature": f"{second}.{mac.hex()}"})
    if name == "documenso":
        return Proved(body=body, headers={"X-Documenso-Secret": SECRET})
    if name == "adobe_sign":
        headers = {"X-AdobeSign-ClientId": "client"}
        return Proved(body=body, headers=headers, query=f"?key={quote(SECRET)}")
    return Proved(body=body, headers={})


def report(name: str, kind: bytes, envelope: bytes, at: datetime, odd: bytes = b"1") -> bytes:
    """Write a report in the vendor's form from parts that are JSON already."""
    moment = at.isoformat().encode()
    if name == "docusign":
        return (
            b'{"event":%b,"generatedDateTime":"%b","data":{"envelopeId":%b,"envelopeSummary":%b}}'
            % (kind, moment, envelope, odd)
        )
    if name == "docuseal":
        return b'{"event_type":%b,"timestamp":"%b","data":{"id":%b,"role":%b}}' % (
            kind,
            moment,
            envelope,
            odd,
        )
    if name == "documenso":
        told = STATUS.get(json.loads(kind) if kind.isascii() and len(kind) < 40 else "", "PENDING")
        return b'{"event":%b,"payload":{"envelopeId":%b,"status":"%b","recipients":[%b]}}' % (
            kind,
            envelope,
            told.encode(),
            odd,
        )
    if name == "adobe_sign":
        return b'{"webhookNotificationId":%b,"event":%b,"agreement":{"id":%b}}' % (
            odd,
            kind,
            envelope,
        )
    second = str(int(at.timestamp()))
    word = json.loads(kind) if len(kind) < 80 else kind.decode()
    mac = hmac.digest(API_KEY.encode(), f"{second}{word}".encode(), "sha256").hex()
    return (
        b'{"event":{"event_time":"%b","event_type":%b,"event_hash":"%b","event_metadata":{"x":%b}},'
        b'"signature_request":{"signature_request_id":%b}}'
        % (second.encode(), kind, mac.encode(), odd, envelope)
    )


def claim(name: str, kind: str, envelope_id: str, at: datetime) -> Proved:
    """Claim something of an envelope."""
    number = name == "docuseal"
    envelope = envelope_id.encode() if number else json.dumps(envelope_id).encode()
    fresh: object = {"signedAt": at.isoformat()} if name == "documenso" else f"{kind} {at}"
    odd = json.dumps(fresh).encode()
    return proved(name, report(name, json.dumps(kind).encode(), envelope, at, odd), at)
