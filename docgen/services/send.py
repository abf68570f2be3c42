"""Send an approved packet to a signing service, once, whatever crashes in between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.canonical import digest_of
from docgen.domain.ceremony import CeremonyPanel
from docgen.domain.packet import OUT_FOR_SIGNATURE, PacketState, Step
from docgen.domain.person import Role
from docgen.domain.signing import OWN_SIGNER, Signal
from docgen.errors import NotAdopted, Refused
from docgen.ports.esign import EnvelopeDocument, EnvelopeRecipient, EnvelopeRequest
from docgen.services.approve import refuse_unapproved
from docgen.services.entrance import entrance_id, open_entrance, return_url
from docgen.services.fields import signing_fields
from docgen.services.freshness import refuse_stale
from docgen.services.remind import ask_reminding, reminded_there
from docgen.services.wish import refuse_paper_wish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.packet import Packet, RenderedDocument
    from docgen.domain.person import Person
    from docgen.domain.plan import PlannedDocument
    from docgen.services.office import Office


INVITATION = (
    "{practice} and the patient safety organization ask you to read and sign these documents. "
    "There is no fee. If you are not the person who signs, decline and say who is."
)
ON_PAPER_ONLY = (
    "Nothing of this packet can be signed electronically: what is left is the practice's own "
    "paper, which holds no signature fields. Have it signed by hand, then take the scan in with "
    "`docgen intake-scan`."
)


def send(office: Office, packet_id: str, person: Person, service: str = "") -> str:
    """Decide that the packet is sent; give the key of the errand that carries it out.

    Raises:
        PacketStale: the enrollment or a template changed since generation.
        NotApproved: an approval of the plan is missing.
        NotAdopted: a template was never adopted, and this is not demo mode.
        IllegalTransition: the packet is not approved, or was sent before.
        Refused: another packet of this kind for the same party is out for signature, or this one
            can be signed on paper only, or its practice asks to sign on paper, or a signer's code
            is to be read out and the service is an outside one.
        UnsupportedFeature: the signing service cannot carry this packet.
    """
    person.require(Role.COORDINATOR)
    key = service or office.rules.service
    carrier = office.service(key)
    with office.ledger.transaction():
        packet = lock_for_signing(office, packet_id)
        if packet.state in {PacketState.DRAFT, PacketState.TERMS_AGREED}:
            refuse_unapproved(office, packet)
        sending = replace(
            packet.step(Step.SEND), service=key, entrance_id=entrance_id(office, packet, key)
        )
        refuse_stale(office, packet)
        refuse_unapproved(office, packet)
        refuse_unadopted(office, packet)
        refuse_second(office, packet)
        if not packet.electronic:
            raise Refused(ON_PAPER_ONLY)
        refuse_paper_wish(office, packet)
        _refuse_unread(packet, key)
        carrier.check(envelope_request(office, sending))
        office.ledger.packets.save(sending)
        office.note(
            packet.id,
            "packet.sending",
            f"user:{person.key}",
            service=key,
            plan_checksum=packet.plan.checksum,
            idempotency_key=idempotency_key(packet),
        )
        errand = f"send:{packet.id}"
        office.ask(errand, "send", packet_id=packet.id)
    return errand


def _refuse_unread(packet: Packet, service: str) -> None:
    """Check that whoever is to hear their code by telephone signs where it can be read out."""
    if service == OWN_SIGNER:
        return
    if any(
        one.by_telephone for one in packet.plan.recipients if one.key in packet.electronic_signers
    ):
        raise Refused(
            "The form asks that a signer's code is read out by telephone, which only our own "
            f"signing pages do. Send it by {OWN_SIGNER}, or change the form."
        )


def refuse_unadopted(office: Office, packet: Packet) -> None:
    """Check that the PSO adopted every template, outside demo mode.

    Raises:
        NotAdopted: the message names the first that it did not.
    """
    if office.rules.demo:
        return
    for document in packet.plan.generated:
        if not document.adopted:
            raise NotAdopted(
                f"The template {document.slug} {document.template_version} is a sample for review "
                "by counsel: the PSO has not adopted it. Adopt it with `docgen templates adopt`, "
                "then generate the packet again."
            )


def lock_for_signing(office: Office, packet_id: str) -> Packet:
    """Hold a packet, and with it what else its party might be asked to sign meanwhile."""
    office.ledger.enrollments.lock(office.ledger.packets.get(packet_id).plan.enrollment_id)
    return office.ledger.packets.locked(packet_id)


def refuse_second(office: Office, packet: Packet) -> None:
    """Check that nobody is asked to sign two versions of one agreement at once.

    Raises:
        Refused: another packet of this kind for the same party is out for signature.
    """
    for other in office.ledger.packets.of_enrollment(packet.plan.enrollment_id):
        same = (other.plan.kind, other.plan.party_id) == (packet.plan.kind, packet.plan.party_id)
        if same and other.id != packet.id and other.state in OUT_FOR_SIGNATURE:
            raise Refused(
                f"{other.id}, an earlier {packet.plan.kind} packet for the same party, is out for "
                "signature. Void it first, or let it be signed."
            )


def idempotency_key(packet: Packet) -> str:
    """Derive the key under which a service knows this sending of this packet."""
    return digest_of(
        {
            "packet": packet.id,
            "plan": packet.plan.checksum,
            "files": [item.pdf_sha256 for item in packet.rendered],
        }
    )


def carry_out_send(office: Office, payload: Mapping[str, object]) -> None:
    """Send a packet that is `sending`; look it up at the service first, so nothing goes twice."""
    packet = office.ledger.packets.get(str(payload["packet_id"]))
    if packet.state is not PacketState.SENDING:
        _void_orphan(office, packet)
        return
    service = office.service(packet.service)
    request = envelope_request(office, packet)
    found = service.find(request.idempotency_key)
    envelope_id = found.envelope_id if found else service.send(request)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet.id)
        if packet.state is PacketState.SENDING:
            packet = replace(packet, state=PacketState.SENT, envelope_id=envelope_id)
            office.ledger.packets.save(packet)
            _note_sent(office, packet)
            open_entrance(office, packet, request)
            ask_reminding(office, packet)
    _void_orphan(office, packet)


def _note_sent(office: Office, packet: Packet) -> None:
    told = {"service": packet.service, "envelope_id": packet.envelope_id}
    office.note(packet.id, "packet.sent", "system", **told)


def _void_orphan(office: Office, packet: Packet) -> None:
    """Void the envelope of a packet that was taken back while it was being sent.

    Where everybody had signed by then, there is nothing to void: the packet follows what it finds.
    """
    over = packet.ended_unsigned or packet.whole_on_paper
    if packet.envelope_id or not over or not packet.service:
        return
    service = office.service(packet.service)
    found = service.find(idempotency_key(packet))
    if found is None:
        return
    envelope_id = found.envelope_id
    service.void(envelope_id, "The packet was taken back.")
    signed_by_all = service.fetch(envelope_id).ended is Signal.FULLY_EXECUTED
    with office.ledger.transaction():
        packet = replace(office.ledger.packets.locked(packet.id), envelope_id=envelope_id)
        office.ledger.packets.save(packet)
        if signed_by_all:
            _note_sent(office, packet)  # an executed packet's history says by what it was sent
        else:
            office.note(packet.id, "packet.envelope_voided", "system", envelope_id=envelope_id)
        office.ask(f"read:{envelope_id}", "read", packet_id=packet.id)


def envelope_request(office: Office, packet: Packet) -> EnvelopeRequest:
    """Write what a signing service is asked to carry."""
    plan = packet.plan
    rendered, now = {item.slug: item for item in packet.rendered}, office.clock.now()
    return EnvelopeRequest(
        idempotency_key=idempotency_key(packet),
        packet_id=packet.id,
        title=" and ".join(item.title for item in packet.electronic),
        practice=plan.practice,
        documents=tuple(
            _document(office, packet, item, rendered[item.slug]) for item in packet.electronic
        ),
        recipients=tuple(
            EnvelopeRecipient(
                key=item.key,
                name=item.name,
                title=item.title,
                organization=item.organization,
                email=item.email,
                routing_order=item.routing_order,
                by_telephone=item.by_telephone,
            )
            for item in plan.recipients
            if item.key in packet.electronic_signers
        ),
        sent_at=now,
        expires_at=now + office.rules.signing_period,
        message=INVITATION.format(practice=plan.practice),
        remind_every=office.rules.reminder_period if reminded_there(office, packet) else None,
        return_url=return_url(office, packet),
    )


def _document(
    office: Office, packet: Packet, planned: PlannedDocument, rendered: RenderedDocument
) -> EnvelopeDocument:
    places = {place.slot: place for place in rendered.places}
    pdf = office.work.open(rendered.pdf_sha256)
    panels = tuple(
        (
            CeremonyPanel(
                slot=item.panel.slot,
                recipient=item.recipient,
                organization=packet.plan.recipient(item.recipient).organization,
                capacity=item.panel.capacity,
                meaning=item.panel.meaning,
            ),
            places[item.panel.slot],
        )
        for item in planned.panels
    )
    return EnvelopeDocument(
        slug=planned.slug,
        title=planned.title,
        pdf=pdf,
        html=office.work.open(rendered.html_sha256),
        panels=panels,
        fields=signing_fields(pdf, panels),
    )
