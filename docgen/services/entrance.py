"""Our own entrance to an envelope at an outside service: we invite, the service has it signed.

It is a ceremony in which nothing is signed: it holds who is invited by which link, and follows what
the service says of each of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.canonical import digest_of
from docgen.domain.ceremony import Ceremony, CeremonyDocument
from docgen.domain.signing import Signal
from docgen.services.ceremony.invite import invite_turn
from docgen.services.ceremony.open import signers_of

if TYPE_CHECKING:
    from docgen.domain.ceremony import CeremonySigner
    from docgen.domain.packet import Packet
    from docgen.domain.signing import EnvelopeSnapshot, RecipientSnapshot
    from docgen.ports.esign import EnvelopeRequest
    from docgen.services.office import Office


def entrance_id(office: Office, packet: Packet, service: str) -> str:
    """Name the entrance to a packet's envelope; "" where the service is to invite by itself."""
    if service not in office.rules.invited_by_site:
        return ""
    return f"site_{digest_of([service, packet.id])[:32]}"


def return_url(office: Office, packet: Packet) -> str:
    """Say where the service leads people back to; "" where it invites them itself."""
    if not packet.entrance_id:
        return ""
    return f"{office.rules.base_url}/signing/{packet.entrance_id}/back"


def open_entrance(office: Office, packet: Packet, request: EnvelopeRequest) -> None:
    """Invite whose turn it is to a packet that was just sent, inside the current transaction.

    `request` is what its service was asked to carry.
    """
    if not packet.entrance_id:
        return
    rendered = {item.slug: item for item in packet.rendered}
    ceremony = Ceremony(
        envelope_id=packet.entrance_id,
        idempotency_key=_key(packet),
        subject=packet.id,
        title=request.title,
        practice=request.practice,
        documents=tuple(
            CeremonyDocument(
                slug=item.slug,
                title=item.title,
                html_sha256=rendered[item.slug].html_sha256,
                sent_sha256=rendered[item.slug].pdf_sha256,
                current_sha256=rendered[item.slug].pdf_sha256,
                panels=(),
            )
            for item in packet.electronic
        ),
        signers=signers_of(request),
        sent_at=request.sent_at,
        expires_at=request.expires_at,
        outside=packet.service,
    )
    office.ledger.ceremonies.add(ceremony)
    invite_turn(office, ceremony)


def follow_service(office: Office, packet: Packet, snapshot: EnvelopeSnapshot) -> None:
    """Let the entrance follow what the service says, and invite whoever's turn it is by now.

    Inside the current transaction. A packet that was taken back while it was being sent has none.
    """
    if not packet.entrance_id or office.ledger.ceremonies.by_key(_key(packet)) is None:
        return
    before = office.ledger.ceremonies.locked(packet.entrance_id)
    told = {item.key: item for item in snapshot.recipients}
    after = replace(
        before,
        signers=tuple(_followed(item, told.get(item.key)) for item in before.signers),
        ended=before.ended or snapshot.ended,
        ended_at=before.ended_at or (office.clock.now() if snapshot.ended else None),
    )
    if after != before:
        office.ledger.ceremonies.save(after)
        invite_turn(office, after)


def close_entrance(office: Office, packet: Packet) -> None:
    """Let nobody in any more, inside the current transaction: the packet was taken back."""
    if not packet.entrance_id or office.ledger.ceremonies.by_key(_key(packet)) is None:
        return
    before = office.ledger.ceremonies.locked(packet.entrance_id)
    if before.ended is None:
        after = replace(before, ended=Signal.VOIDED, ended_at=office.clock.now())
        office.ledger.ceremonies.save(after)


def _key(packet: Packet) -> str:
    return digest_of(["entrance", packet.id])


def _followed(signer: CeremonySigner, told: RecipientSnapshot | None) -> CeremonySigner:
    """Take over what the service says of one person; what was known once stays known."""
    if told is None:
        return signer
    return replace(
        signer,
        viewed_at=signer.viewed_at or told.viewed_at,
        signed_at=signer.signed_at or told.signed_at,
        declined_at=signer.declined_at or told.declined_at,
    )
