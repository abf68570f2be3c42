"""Open an envelope at the own signer: certify, store, invite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.ceremony import Ceremony, CeremonyDocument, CeremonySigner
from docgen.ports.signer import SignatureSlot
from docgen.services.ceremony.invite import invite_turn
from docgen.services.ceremony.tell import tell_sender

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.esign import EnvelopeDocument, EnvelopeRequest
    from docgen.services.office import Office


def open_envelope(office: Office, request: EnvelopeRequest) -> str:
    """Certify the documents, store the envelope and invite the first signers.

    The same idempotency key again gives the same envelope and sends nothing.
    """
    known = office.ledger.ceremonies.by_key(request.idempotency_key)
    if known is not None:
        return known.envelope_id
    now = office.clock.now()
    ceremony = Ceremony(
        envelope_id=office.ids.new("env"),
        idempotency_key=request.idempotency_key,
        subject=request.packet_id,
        title=request.title,
        practice=request.practice,
        documents=tuple(_certify(office, item, now) for item in request.documents),
        signers=signers_of(request),
        sent_at=now,
        expires_at=request.expires_at,
    )
    with office.ledger.transaction():
        known = office.ledger.ceremonies.by_key(request.idempotency_key)
        if known is not None:
            return known.envelope_id
        office.ledger.ceremonies.add(ceremony)
        office.note(
            ceremony.subject,
            "envelope.opened",
            "system",
            envelope_id=ceremony.envelope_id,
            documents=[
                {"slug": item.slug, "sent_sha256": item.sent_sha256} for item in ceremony.documents
            ],
        )
        invite_turn(office, ceremony)
        tell_sender(office, ceremony, "sent", "")
    return ceremony.envelope_id


def _certify(office: Office, document: EnvelopeDocument, now: datetime) -> CeremonyDocument:
    slots = [
        SignatureSlot(place=place, tooltip=f"Signature, {panel.capacity}")
        for panel, place in document.panels
    ]
    sent = office.work.put(office.signer.certify(document.pdf, slots, at=now)).sha256
    return CeremonyDocument(
        slug=document.slug,
        title=document.title,
        html_sha256=office.work.put(document.html).sha256,
        sent_sha256=sent,
        current_sha256=sent,
        panels=tuple(panel for panel, _ in document.panels),
    )


def signers_of(request: EnvelopeRequest) -> tuple[CeremonySigner, ...]:
    """Give everybody a place who is to sign; nobody has done anything yet."""
    return tuple(
        CeremonySigner(
            key=item.key,
            name=item.name,
            title=item.title,
            organization=item.organization,
            email=item.email,
            routing_order=item.routing_order,
            by_telephone=item.by_telephone,
        )
        for item in request.recipients
    )
