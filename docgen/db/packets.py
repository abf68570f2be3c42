"""Enrollment versions, packets, approvals and envelope facts as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Subquery

from docgen.db.codec import from_json, to_json
from docgen.db.models import ApprovalRow, EnrollmentVersionRow, FactRow, PacketRow
from docgen.domain.envelope import Fact
from docgen.domain.packet import Packet, PacketState
from docgen.domain.person import Approval
from docgen.domain.signing import Signal
from docgen.errors import NotFound, Refused
from docgen.ports.ledger import EnrollmentVersion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.db.projection import Projection


class EnrollmentRows:
    """The enrollments port on the ORM."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    def add(self, version: EnrollmentVersion) -> None:
        """Store a new version."""
        with self._projection.touching(version.enrollment_id, form=True):
            _, created = EnrollmentVersionRow.objects.get_or_create(
                enrollment_id=version.enrollment_id,
                version=version.version,
                defaults={
                    "record": version.record,
                    "sha256": version.sha256,
                    "practice": version.practice,
                    "is_draft": version.is_draft,
                    "at": version.at,
                },
            )
            if not created:
                raise Refused("This enrollment version is already stored; versions never change.")

    def latest(self, enrollment_id: str) -> EnrollmentVersion:
        """Give the newest version."""
        rows = EnrollmentVersionRow.objects.filter(enrollment_id=enrollment_id)
        return _enrollment(rows.order_by("-version").first())

    def get(self, enrollment_id: str, version: int) -> EnrollmentVersion:
        """Give one version."""
        rows = EnrollmentVersionRow.objects.filter(enrollment_id=enrollment_id, version=version)
        return _enrollment(rows.first())

    def lock(self, enrollment_id: str) -> None:
        """Hold the first version's row, which is there as long as the enrollment is."""
        rows = EnrollmentVersionRow.objects.select_for_update().filter(enrollment_id=enrollment_id)
        rows.order_by("version").values_list("pk").first()

    def list(self) -> Sequence[EnrollmentVersion]:
        """List the newest version of each enrollment, oldest enrollment first."""
        versions = EnrollmentVersionRow.objects
        same = versions.filter(enrollment_id=OuterRef("enrollment_id"))
        newest = versions.filter(~Exists(same.filter(version__gt=OuterRef("version"))))
        first = Subquery(same.order_by("id").values("id")[:1])
        return [_enrollment(row) for row in newest.order_by(first)]


def _enrollment(row: EnrollmentVersionRow | None) -> EnrollmentVersion:
    if row is None:
        raise NotFound("No enrollment is stored under this id; `docgen status` lists them.")
    return version_of(row)


def version_of(row: EnrollmentVersionRow) -> EnrollmentVersion:
    """Read a stored version."""
    return EnrollmentVersion(
        enrollment_id=row.enrollment_id,
        version=row.version,
        record=bytes(row.record),
        sha256=row.sha256,
        practice=row.practice,
        is_draft=row.is_draft,
        at=row.at,
    )


class PacketRows:
    """The packets port on the ORM."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    def add(self, packet: Packet) -> None:
        """Store a new packet."""
        if PacketRow.objects.filter(packet_id=packet.id).exists():
            raise Refused("This packet is already stored.")
        with self._projection.touching(packet.id):
            PacketRow.objects.create(packet_id=packet.id, **packet_columns(packet))

    def get(self, packet_id: str) -> Packet:
        """Read a packet."""
        return _packet(PacketRow.objects.filter(packet_id=packet_id).first())

    def locked(self, packet_id: str) -> Packet:
        """Read a packet and hold it until the transaction ends."""
        rows = PacketRow.objects.select_for_update().filter(packet_id=packet_id)
        return _packet(rows.first())

    def save(self, packet: Packet) -> None:
        """Write back a packet."""
        with self._projection.touching(packet.id):
            if not PacketRow.objects.filter(packet_id=packet.id).update(**packet_columns(packet)):
                raise NotFound(_NO_PACKET)

    def list(self) -> Sequence[Packet]:
        """List every packet, oldest first."""
        return [_packet(row) for row in PacketRow.objects.order_by("id")]

    def after(self, packet_id: str, limit: int) -> Sequence[Packet]:
        """List so many packets in the order of their ids."""
        rows = PacketRow.objects.filter(packet_id__gt=packet_id).order_by("packet_id")
        return [_packet(row) for row in rows[:limit]]

    def in_states(self, states: frozenset[PacketState]) -> Sequence[Packet]:
        """List the packets in these states, oldest first."""
        return [_packet(row) for row in PacketRow.objects.filter(state__in=states).order_by("id")]

    def of_enrollment(self, enrollment_id: str) -> Sequence[Packet]:
        """List one enrollment's packets, oldest first."""
        rows = PacketRow.objects.filter(enrollment_id=enrollment_id).order_by("id")
        return [_packet(row) for row in rows]

    def by_envelope(self, service: str, envelope_id: str) -> Packet | None:
        """Find the packet an envelope carries."""
        row = PacketRow.objects.filter(service=service, envelope_id=envelope_id).first()
        return None if row is None else _packet(row)

    def add_facts(self, packet_id: str, facts: frozenset[Fact]) -> None:
        """Join facts to those known."""
        rows = [
            FactRow(packet_id=packet_id, signal=fact.signal, recipient=fact.recipient)
            for fact in sorted(facts)
        ]
        with self._projection.touching(packet_id):
            FactRow.objects.bulk_create(rows, ignore_conflicts=True)

    def facts(self, packet_id: str) -> frozenset[Fact]:
        """Give everything known of the packet's envelope."""
        rows = FactRow.objects.filter(packet_id=packet_id)
        return frozenset(Fact(signal=Signal(row.signal), recipient=row.recipient) for row in rows)

    def add_approval(self, approval: Approval) -> None:
        """Record an approval once."""
        ApprovalRow.objects.get_or_create(
            packet_id=approval.packet_id,
            plan_checksum=approval.plan_checksum,
            capacity=approval.capacity,
            person=approval.person,
            defaults={"body": to_json(approval)},
        )

    def approvals(self, packet_id: str) -> Sequence[Approval]:
        """List a packet's approvals, oldest first."""
        rows = ApprovalRow.objects.filter(packet_id=packet_id).order_by("id")
        return [from_json(row.body, Approval) for row in rows]


_NO_PACKET = "No packet is stored under this id; `docgen status` lists them."


def _packet(row: PacketRow | None) -> Packet:
    if row is None:
        raise NotFound(_NO_PACKET)
    return from_json(row.body, Packet)


def packet_columns(packet: Packet) -> dict[str, object]:
    """Give what a packet's row holds beside its id."""
    return {
        "enrollment_id": packet.plan.enrollment_id,
        "state": packet.state,
        "service": packet.service,
        "envelope_id": packet.envelope_id,
        "body": to_json(packet),
    }
