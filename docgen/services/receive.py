"""Receive callbacks: verify, store, answer; act later, on what the service itself says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.envelope import Envelope, apply_snapshot
from docgen.domain.packet import PacketState
from docgen.errors import NotFound
from docgen.ports.ledger import Delivery

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.ports.esign import RawCallback
    from docgen.services.office import Office

# A callback may overtake the commit that records its envelope; this is how long we wait for that.
_PATIENCE = timedelta(hours=1)
_BATCH = 100
_KEPT_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type")


def accept(office: Office, service_key: str, raw: RawCallback) -> bool:
    """Store a believed callback; False when it was known already.

    Raises:
        CallbackRejected: the callback is not believed; nothing is stored.
        NotFound: no such service is configured here.
    """
    if service_key not in office.services:
        raise NotFound("No signing service of this name is configured here.")
    believed = office.services[service_key].verify(raw)
    headers = {name: raw.headers[name] for name in _KEPT_HEADERS if name in raw.headers}
    with office.ledger.transaction():
        return office.ledger.deliveries.add(
            Delivery(
                service=service_key,
                delivery_id=believed.delivery_id,
                headers=headers,
                body=raw.body,
                received_at=raw.received_at,
            )
        )


def act_on_callbacks(office: Office) -> int:
    """Act on stored callbacks; give how many were settled."""
    settled = 0
    for delivery in office.ledger.deliveries.pending(_BATCH):
        packet = _packet_of(office, delivery)
        if packet is None and office.clock.now() < delivery.received_at + _PATIENCE:
            continue
        if packet is not None:
            refresh(office, packet.id)
        with office.ledger.transaction():
            office.ledger.deliveries.settle(
                delivery.service, delivery.delivery_id, packet.id if packet else ""
            )
        settled += 1
    return settled


def _packet_of(office: Office, delivery: Delivery) -> Packet | None:
    """Find the packet a stored callback is about."""
    from docgen.ports.esign import VerifiedCallback

    believed = VerifiedCallback(
        delivery_id=delivery.delivery_id, body=delivery.body, received_at=delivery.received_at
    )
    for event in office.service(delivery.service).parse(believed):
        packet = office.ledger.packets.by_envelope(delivery.service, event.envelope_id)
        if packet is not None:
            return packet
    return None


def refresh(office: Office, packet_id: str) -> Packet:
    """Re-read a packet's envelope from its service and let the packet follow.

    Raises:
        NotFound: the packet was never sent.
    """
    packet = office.ledger.packets.get(packet_id)
    if not packet.envelope_id:
        raise NotFound("This packet was never sent, so there is nothing to re-read.")
    snapshot = office.service(packet.service).fetch(packet.envelope_id)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id)
        known = Envelope(facts=office.ledger.packets.facts(packet_id))
        envelope = apply_snapshot(known, snapshot)
        office.ledger.packets.add_facts(packet_id, envelope.facts - known.facts)
        after = packet.follow(envelope.state)
        if after.state is not packet.state:
            office.ledger.packets.save(after)
            office.note(
                packet_id,
                f"packet.{after.state}",
                "system",
                envelope_id=packet.envelope_id,
                reason=snapshot.reason,
                contradictory=envelope.contradictory,
            )
        if after.state is PacketState.FULLY_EXECUTED:
            office.ask(f"file:{packet_id}", "file", packet_id=packet_id)
    return after
