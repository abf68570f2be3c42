"""Signing, sealing, archiving, and storing a callback: what each step takes on its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from docgen.domain.canonical import canonical_json
from docgen.ports.esign import RawCallback
from docgen.ports.signer import Act, SignatureSlot
from docgen.services.receive import accept
from integrations.sign.pades.chain import Roots
from integrations.sign.pades.stamping import Stamps

if TYPE_CHECKING:
    from docgen.ports.typesetter import TypesetPdf
    from docgen.services.office import Office
    from tests.benchmarks.spread import Stopwatch

CERTIFY = "certify as sent (B-T)"
SIGN = "a person's signature (B-T)"
STAMP = "one time stamp"
SEAL = "seal (B-LTA)"
SEAL_AND_ARCHIVE = "seal (B-LTA) and durable archive write"
CALLBACK = "callback verified and stored"


def sign_and_seal(office: Office, typeset: TypesetPdf, watch: Stopwatch) -> None:
    """Take one document from certified to sealed and archived, timing each step."""
    now = office.clock.now()
    slots = [
        SignatureSlot(place=item, tooltip=f"Signature, {item.slot}") for item in typeset.panels
    ]
    file = watch.time(CERTIFY, lambda: office.signer.certify(typeset.pdf, slots, at=now))
    for slot in slots:
        file = _sign(office, file, slot.place.slot, watch)
    imprint = hashlib.sha256(file).digest()
    stamps = Stamps(office.stamper, Roots(office.signer.trust().timestamp_roots))
    watch.time(STAMP, lambda: stamps.stamp(imprint))
    watch.time(SEAL, lambda: office.signer.seal(file, at=office.clock.now()))
    watch.time(
        SEAL_AND_ARCHIVE,
        lambda: office.archive.put(office.signer.seal(file, at=office.clock.now())),
    )


def _sign(office: Office, file: bytes, slot: str, watch: Stopwatch) -> bytes:
    act = Act(
        slot=slot,
        act_id=office.ids.new("act"),
        name="Ada Quill",
        title="Managing Physicist",
        organization="Lakeside Radiation Oncology, PLLC",
        email="ada.quill@example.org",
        meaning="I agree to be bound by this Agreement.",
        typed="Ada Quill",
        drawn=None,
        at=office.clock.now(),
    )
    return watch.time(SIGN, lambda: office.signer.sign(file, act))


def store_callback(office: Office, watch: Stopwatch) -> None:
    """Verify one freshly signed callback and store it durably in the ledger."""
    event_id = f"env_{secrets.token_hex(8)}.viewed.practice_1"
    body = canonical_json(
        {
            "id": event_id,
            "type": "envelope.viewed",
            "envelope_id": event_id.partition(".")[0],
            "recipient": "practice_1",
            "at": "2026-11-23T12:00:00Z",
        }
    )
    now = office.clock.now()
    moment = str(int(now.timestamp()))
    message = b".".join((event_id.encode(), moment.encode(), body))
    mac = hmac.digest(office.rules.callback_secret, message, "sha256")
    raw = RawCallback(
        headers={
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": moment,
            "webhook-signature": "v1," + base64.b64encode(mac).decode(),
        },
        body=body,
        received_at=now,
    )
    watch.time(CALLBACK, lambda: accept(office, "embedded", raw))
