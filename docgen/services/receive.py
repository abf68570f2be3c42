"""Receive callbacks: verify, store, answer; act later, on what the service itself says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.canonical import digest_of
from docgen.domain.envelope import Envelope, EnvelopeState, apply_snapshot
from docgen.domain.packet import PacketState
from docgen.domain.signing import is_id
from docgen.errors import NotFound
from docgen.ports.esign import VerifiedCallback
from docgen.ports.traffic import Delivery
from docgen.services.bounce import bounced_invitations, note_bounced
from docgen.services.entrance import follow_service
from docgen.services.missing import is_late, note_found, note_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docgen.domain.packet import Packet
    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.ports.esign import RawCallback, Reply, SigningService
    from docgen.services.office import Office

# A callback may overtake the commit that records its envelope; this is how long we wait for that.
_PATIENCE = timedelta(hours=1)
_BATCH = 100
# So many reports of one kind may come of one second, such as requests that expire on the hour. What
# is beyond is left to the re-reading that goes on anyway.
_MOST_OF_FAMILY = 100
CONTRADICTED = "packet.contradicted"


def answer(office: Office, service_key: str, raw: RawCallback) -> Reply:
    """Store a believed callback and give the answer that its sender takes for "delivered".

    Raises:
        As `accept` does.
    """
    accept(office, service_key, raw)
    return _configured(office, service_key).acknowledge(raw)


def accept(office: Office, service_key: str, raw: RawCallback) -> bool:
    """Store a believed callback; False when it was known already.

    Of those that one proof would make believable, about a hundred are stored and the rest let go:
    whoever saw one could otherwise fill the ledger with it, and have envelopes read without end.

    Raises:
        CallbackRejected: the callback is not believed; nothing is stored.
        NotFound: no such service is configured here.
    """
    service = _configured(office, service_key)
    believed = service.verify(raw)
    kept = service.capabilities.kept_headers
    headers = {name: value for name, value in raw.headers.items() if name in kept}
    deliveries = office.ledger.deliveries
    if believed.family and deliveries.of_family(service_key, believed.family) >= _MOST_OF_FAMILY:
        return False
    with office.ledger.transaction():
        return deliveries.add(
            Delivery(
                service=service_key,
                delivery_id=believed.delivery_id,
                headers=headers,
                body=believed.body,
                received_at=raw.received_at,
            )
        )


def greet(office: Office, service_key: str, raw: RawCallback) -> Reply:
    """Answer a service that makes sure callbacks are wanted here; nothing is stored.

    Raises:
        CallbackRejected: it asks no such thing, or is not ours.
        NotFound: no such service is configured here.
    """
    return _configured(office, service_key).greet(raw)


def _configured(office: Office, service_key: str) -> SigningService:
    if service_key not in office.services:
        raise NotFound("No signing service of this name is configured here.")
    return office.services[service_key]


def act_on_callbacks(office: Office) -> int:
    """Turn stored callbacks into errands that re-read their envelopes; give how many were settled.

    An errand is tried again by itself, so one service that does not answer holds up nobody else.
    What several callbacks say of one envelope is read once: services count how often they are
    asked. A callback about an envelope we do not know waits an hour for the commit it may have
    overtaken.
    """
    settled, asked = 0, set()
    for delivery in _pending(office):
        packet = _packet_of(office, delivery)
        if packet is None and office.clock.now() < delivery.received_at + _PATIENCE:
            continue
        with office.ledger.transaction():
            if packet is not None and packet.id not in asked:
                name = digest_of([delivery.service, delivery.delivery_id])
                office.ask(f"read:{name}", "read", packet_id=packet.id)
                asked.add(packet.id)
            office.ledger.deliveries.settle(
                delivery.service, delivery.delivery_id, packet.id if packet else ""
            )
        settled += 1
    return settled


def _pending(office: Office) -> Iterator[Delivery]:
    """List stored callbacks; those that must wait do not hide the ones behind them."""
    seen: set[tuple[str, str]] = set()
    while True:
        batch = office.ledger.deliveries.pending(len(seen) + _BATCH)
        fresh = [item for item in batch if (item.service, item.delivery_id) not in seen]
        yield from fresh
        seen |= {(item.service, item.delivery_id) for item in fresh}
        if len(fresh) < _BATCH:
            return


def _packet_of(office: Office, delivery: Delivery) -> Packet | None:
    """Find the packet a stored callback is about.

    None too when its service is gone from here, or when what it names cannot be an envelope's id:
    a database may not even take the question.
    """
    if delivery.service not in office.services:
        return None
    believed = VerifiedCallback(
        delivery_id=delivery.delivery_id, body=delivery.body, received_at=delivery.received_at
    )
    for event in office.service(delivery.service).parse(believed):
        if not is_id(event.envelope_id):
            continue
        packet = office.ledger.packets.by_envelope(delivery.service, event.envelope_id)
        if packet is not None:
            return packet
    return None


def read_again(office: Office, payload: Mapping[str, object]) -> None:
    """Re-read the envelope a callback was about."""
    refresh(office, str(payload["packet_id"]))


def refresh(office: Office, packet_id: str) -> Packet:
    """Re-read a packet's envelope from its service and let the packet follow.

    Raises:
        NotFound: the packet was never sent, or so lately that its service may not know it yet.
    """
    packet = office.ledger.packets.get(packet_id)
    if not packet.envelope_id:
        raise NotFound("This packet was never sent, so there is nothing to re-read.")
    return ask_after(office, packet)


def ask_after(office: Office, packet: Packet) -> Packet:
    """Read one envelope by itself and follow; note it where the service no longer knows it.

    Raises:
        NotFound: the packet was sent so lately that its service may not know it yet.
    """
    try:
        snapshot = office.service(packet.service).fetch(packet.envelope_id)
    except NotFound:
        if not is_late(office, packet):
            raise
        return note_missing(office, packet)
    return follow(office, packet, snapshot)


def follow(office: Office, packet: Packet, snapshot: EnvelopeSnapshot) -> Packet:
    """Let a packet follow what its service says of its envelope."""
    if _says_nothing_new(office, packet, snapshot) and not bounced_invitations(
        office, packet, snapshot
    ):
        return packet
    with office.ledger.transaction():
        packet = note_found(office, office.ledger.packets.locked(packet.id))
        known = Envelope(facts=office.ledger.packets.facts(packet.id))
        envelope = apply_snapshot(known, snapshot)
        office.ledger.packets.add_facts(packet.id, envelope.facts - known.facts)
        follow_service(office, packet, snapshot)
        note_bounced(office, packet, bounced_invitations(office, packet, snapshot))
        after = packet.follow(envelope.state)
        if after.state is not packet.state:
            office.ledger.packets.save(after)
            office.note(
                packet.id,
                f"packet.{after.state}",
                "system",
                envelope_id=packet.envelope_id,
                reason=snapshot.kept_reason,
                contradictory=envelope.contradictory,
            )
        if envelope.contradictory and not known.contradictory:
            office.note(packet.id, CONTRADICTED, "system", reported=sorted(envelope.endings))
        elif _is_news(envelope, known) and (packet.ended_unsigned or packet.whole_on_paper):
            # It had ended here otherwise when everybody had signed already: a person must look.
            office.note(packet.id, CONTRADICTED, "system", reported=[packet.state, envelope.state])
        if after.state is PacketState.FULLY_EXECUTED:
            office.ask(f"file:{packet.id}", "file", packet_id=packet.id)
    return after


def _is_news(envelope: Envelope, known: Envelope) -> bool:
    """Say whether it is only known now that everybody signed."""
    executed = EnvelopeState.FULLY_EXECUTED
    return envelope.state is executed and known.state is not executed


def _says_nothing_new(office: Office, packet: Packet, snapshot: EnvelopeSnapshot) -> bool:
    """Say whether a snapshot leaves everything as it is, so that nothing need be locked.

    That is so for nearly every packet that is re-read; of one that is fully executed, the filing is
    asked for in any case.
    """
    known = office.ledger.packets.facts(packet.id)
    envelope = apply_snapshot(Envelope(facts=known), snapshot)
    after = packet.follow(envelope.state)
    return (
        packet.missing_since is None
        and envelope.facts == known
        and after.state is packet.state
        and after.state is not PacketState.FULLY_EXECUTED
    )
