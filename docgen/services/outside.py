"""What an outside signing service hands over beside the documents, and how it is kept.

Our own signer is a witness; of an outside service we know only what it reports. So the history
tells of reports, the service's own certificate comes along, and what does not fit is set aside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docgen.domain.canonical import digest_of
from docgen.domain.history import timestamp
from docgen.errors import EvidenceError
from docgen.services.reassign import signers_now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.ports.esign import SealedDocument, ServiceRecord
    from docgen.services.office import Office

REPORTED, QUARANTINED, RECORDS = "signer.reported", "packet.quarantined", "records"
COMPARED = "words and pages"  # how a file that a service wrote anew was compared with ours


def note_reports(office: Office, packet: Packet, snapshot: EnvelopeSnapshot) -> None:
    """Note who signed when, as the service reports it, inside the current transaction."""
    people = signers_now(office, packet)
    orders = {item.key: item.routing_order for item in packet.plan.recipients}
    for one in sorted(snapshot.recipients, key=lambda item: orders.get(item.key, 0)):
        if one.signed_at is None or one.key not in people:
            continue
        name, title = people[one.key]
        office.note(
            packet.id,
            REPORTED,
            f"service:{packet.service}",
            service=packet.service,
            envelope_id=packet.envelope_id,
            recipient=one.key,
            name=name,
            title=title,
            signed_at=timestamp(one.signed_at),
            act_id=digest_of([packet.service, packet.envelope_id, one.key]),
        )


def keep_records(office: Office, records: Sequence[ServiceRecord]) -> list[dict[str, str]]:
    """Archive the service's own records; give what the history says of them."""
    return [
        {"name": item.name, "title": item.title, "sha256": office.archive.put(item.data).sha256}
        for item in records
    ]


def service_records(office: Office, history: Sequence[Activity]) -> dict[str, bytes]:
    """Give the records that were kept when the packet was executed, by file name.

    Raises:
        EvidenceError: two share a name, so one would be lost.
    """
    found: dict[str, bytes] = {}
    for activity in history:
        if activity.kind != "packet.executed":
            continue
        for item in cast("Sequence[Mapping[str, str]]", activity.details.get(RECORDS, ())):
            if item["name"] in found:
                raise EvidenceError("Two records of the signing service have the same name.")
            found[item["name"]] = office.archive.open(item["sha256"])
    return found


def quarantine(office: Office, packet: Packet, sealed: Sequence[SealedDocument]) -> None:
    """Set aside, once, what the service handed over and does not fit; a person must look at it."""
    with office.ledger.transaction():
        known = office.ledger.history.of(packet.id)
        if any(
            item.kind == QUARANTINED and item.details["envelope_id"] == packet.envelope_id
            for item in known
        ):
            return
        office.note(
            packet.id,
            QUARANTINED,
            "system",
            service=packet.service,
            envelope_id=packet.envelope_id,
            files=[
                {"slug": item.slug, "sha256": office.work.put(item.signed).sha256}
                for item in sealed
            ],
        )
