"""End an envelope: seal it when everybody signed, expire it, or void it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.signing import OWN_SIGNER, Signal
from docgen.errors import ServiceRejected
from docgen.ports.esign import SealedDocument
from docgen.ports.mailer import MOST_ATTACHED, MailAttachment
from docgen.services.ceremony.invite import signing_link
from docgen.services.ceremony.tell import tell_sender
from docgen.services.letter import letter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from docgen.domain.ceremony import Ceremony, CeremonyDocument
    from docgen.services.office import Office


def seal_envelope(office: Office, payload: Mapping[str, object]) -> None:
    """Seal every document of a wholly signed envelope, once."""
    envelope_id = str(payload["envelope_id"])
    now = office.clock.now()
    before = office.ledger.ceremonies.get(envelope_id)
    if before.ended is not None or not before.all_signed:
        return
    sealed = tuple(_seal(office, item, now) for item in before.documents)
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(envelope_id)
        if ceremony != before:
            return
        ceremony = replace(ceremony, documents=sealed, ended=Signal.FULLY_EXECUTED, ended_at=now)
        office.ledger.ceremonies.save(ceremony)
        office.note(
            ceremony.subject,
            "envelope.sealed",
            "system",
            envelope_id=envelope_id,
            documents=[{"slug": item.slug, "sha256": item.current_sha256} for item in sealed],
        )
        tell_sender(office, ceremony, "fully_executed", "")
        for signer in ceremony.signers:
            office.ask(
                f"executed:{envelope_id}:{signer.key}",
                "executed_copy",
                envelope_id=envelope_id,
                signer=signer.key,
            )


def _seal(office: Office, document: CeremonyDocument, now: datetime) -> CeremonyDocument:
    sealed = office.signer.seal(office.work.open(document.current_sha256), at=now)
    return replace(document, current_sha256=office.work.put(sealed).sha256)


def send_executed_copy(office: Office, payload: Mapping[str, object]) -> None:
    """Send one signer the fully executed documents, and the link to them."""
    ceremony = office.ledger.ceremonies.get(str(payload["envelope_id"]))
    signer = ceremony.signer(str(payload["signer"]))
    attached = _attachments(office, ceremony.documents)
    where = " They are attached to this message." if attached else ""
    mail = letter(
        office,
        key=f"executed.{ceremony.envelope_id}.{signer.key}",
        to=(signer.known_name, signer.email),
        subject=f"Fully executed: {ceremony.title}",
        lines=(
            f"{ceremony.practice}: fully executed: {ceremony.title}.",
            f"Your copies: {'; '.join(item.title for item in ceremony.documents)}.{where}",
            "Save them with your records; you can ask the coordinator for them at any time.",
        ),
        link=("Open your copies", signing_link(office, ceremony, signer)),
    )
    office.mailer.send(replace(mail, attachments=attached))
    with office.ledger.transaction():
        office.note(ceremony.subject, "signer.copy_sent", "system", recipient=signer.key)


def _attachments(
    office: Office, documents: Sequence[CeremonyDocument]
) -> tuple[MailAttachment, ...]:
    """Give the sealed documents as attachments, or none when they are too large together."""
    found = tuple(
        MailAttachment(
            name=f"{item.slug}-executed.pdf",
            media_type="application/pdf",
            data=office.work.open(item.current_sha256),
        )
        for item in documents
    )
    return found if sum(len(item.data) for item in found) <= MOST_ATTACHED else ()


def end_envelope(office: Office, envelope_id: str, ended: Signal, reason: str) -> None:
    """Void or expire an envelope; one that ended already stays as it is."""
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(envelope_id)
        if ceremony.ended is not None or ceremony.all_signed:
            return
        ceremony = replace(ceremony, ended=ended, ended_at=office.clock.now(), reason=reason)
        office.ledger.ceremonies.save(ceremony)
        office.note(ceremony.subject, f"envelope.{ended}", "system", envelope_id=envelope_id)
        tell_sender(office, ceremony, ended, "")


def expire_envelopes(office: Office) -> int:
    """Expire every envelope whose time ran out; give how many.

    An outside service expires its envelopes itself, and the entrance follows.
    """
    now = office.clock.now()
    late = [
        item
        for item in office.ledger.ceremonies.running()
        if now > item.expires_at and not item.outside
    ]
    for ceremony in late:
        end_envelope(office, ceremony.envelope_id, Signal.EXPIRED, "")
    return len(late)


def executed_documents(office: Office, ceremony: Ceremony) -> Sequence[SealedDocument]:
    """Hand over the sealed documents.

    Raises:
        ServiceRejected: the envelope is not fully executed.
    """
    if ceremony.ended is not Signal.FULLY_EXECUTED:
        raise ServiceRejected(
            "The envelope is not fully executed, so there is nothing to hand over yet.",
            service=OWN_SIGNER,
        )
    return [
        SealedDocument(
            slug=item.slug,
            sent=office.work.open(item.sent_sha256),
            signed=office.work.open(item.current_sha256),
        )
        for item in ceremony.documents
    ]
