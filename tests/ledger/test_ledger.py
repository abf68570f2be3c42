"""The ledger keeps its promises on whichever database it runs on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.envelope import Fact
from docgen.domain.history import Activity
from docgen.domain.merkle import leaf_hash
from docgen.domain.person import Person, Role
from docgen.domain.signing import Signal
from docgen.errors import NotFound, Refused
from docgen.ports.ledger import EnrollmentVersion, StoredCheckpoint
from docgen.ports.traffic import Delivery, Errand
from tests.conftest import NOON

if TYPE_CHECKING:
    from docgen.services.office import Office

SOON = NOON + timedelta(hours=1)


def version(number: int = 1) -> EnrollmentVersion:
    """Make an enrollment version."""
    return EnrollmentVersion(
        enrollment_id="enr_1",
        version=number,
        record=b"{}",
        sha256="0" * 64,
        practice="Παράδειγμα 示例",
        is_draft=False,
        at=NOON,
    )


def activity(subject: str = "pkt_1") -> Activity:
    """Make an activity."""
    return Activity(
        seq=0,
        position=0,
        at=NOON,
        subject=subject,
        kind="packet.generated",
        actor="system",
        details={"what": ["ever", 1]},
        salt="00",
    )


def test_a_version_never_changes(office: Office) -> None:
    """The same number again is refused; the stored one stays."""
    office.ledger.enrollments.add(version())
    with pytest.raises(Refused):
        office.ledger.enrollments.add(version())
    office.ledger.enrollments.add(version(2))
    assert office.ledger.enrollments.latest("enr_1") == version(2)
    assert office.ledger.enrollments.get("enr_1", 1) == version()
    assert [item.version for item in office.ledger.enrollments.list()] == [2]


def test_what_is_unknown_is_not_found(office: Office) -> None:
    """Reading what was never stored raises NotFound everywhere."""
    ledger = office.ledger
    for read in (
        lambda: ledger.enrollments.latest("enr_x"),
        lambda: ledger.packets.get("pkt_x"),
        lambda: ledger.people.get("nobody"),
        lambda: ledger.ceremonies.get("env_x"),
    ):
        with pytest.raises(NotFound):
            read()


def test_a_failed_transaction_leaves_nothing(office: Office) -> None:
    """State, errand and history commit together or not at all."""

    def half_done() -> None:
        with office.ledger.transaction():
            office.ledger.enrollments.add(version())
            office.ask("e1", "send", packet_id="pkt_1")
            office.note("pkt_1", "packet.generated", "system")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        half_done()
    assert not office.ledger.enrollments.list()
    assert not office.ledger.errands.open()
    assert office.ledger.history.size() == 0


def test_the_history_is_numbered_without_gaps(office: Office) -> None:
    """`seq` runs over everything, `position` over one subject, and leaf hashes match."""
    history = office.ledger.history
    stored = [history.append(activity(subject)) for subject in ("a", "b", "a")]
    assert [item.seq for item in stored] == [0, 1, 2]
    assert [item.position for item in stored] == [1, 1, 2]
    assert list(history.of("a")) == [stored[0], stored[2]]
    assert list(history.nodes(0, 0, history.size())) == [leaf_hash(item.leaf) for item in stored]


def test_checkpoints_are_kept(office: Office) -> None:
    """The newest checkpoint comes back whole; the same size again changes nothing."""
    point = StoredCheckpoint(size=3, root="ab", note="note", at=NOON, time_stamp=b"\x00tsr")
    office.ledger.history.add_checkpoint(point)
    office.ledger.history.add_checkpoint(
        StoredCheckpoint(size=3, root="other", note="other", at=SOON)
    )
    assert office.ledger.history.latest_checkpoint() == point


def test_an_errand_is_asked_for_once_and_leased(office: Office) -> None:
    """A known key changes nothing; nobody takes an errand while its lease runs."""
    errands = office.ledger.errands
    errand = Errand(key="e1", kind="send", payload={"packet_id": "pkt_1"}, due_at=NOON)
    errands.add(errand)
    errands.add(errand)
    kinds = frozenset({"send"})
    taken = errands.take(NOON, kinds=kinds, limit=5, lease_s=60)
    assert [item.key for item in taken] == ["e1"]
    assert not errands.take(NOON, kinds=kinds, limit=5, lease_s=60)
    later = errands.take(NOON + timedelta(seconds=61), kinds=kinds, limit=5, lease_s=60)
    assert [item.attempts for item in later] == [1]
    errands.done("e1")
    long_after = NOON + timedelta(days=1)
    assert not errands.take(long_after, kinds=kinds, limit=5, lease_s=60)
    assert errands.take_one("e1", long_after, lease_s=60) is None
    errands.add(errand)
    assert not errands.open(), "a key that was carried out stays known"


def test_other_kinds_and_later_errands_stay(office: Office) -> None:
    """Only what is due and of the asked kinds is taken."""
    errands = office.ledger.errands
    errands.add(Errand(key="a", kind="callback", payload={}, due_at=NOON))
    errands.add(Errand(key="b", kind="send", payload={}, due_at=SOON))
    assert not errands.take(NOON, kinds=frozenset({"send"}), limit=5, lease_s=60)
    assert errands.take_one("b", NOON, lease_s=60) is None
    assert errands.take_one("b", SOON, lease_s=60) is not None


def test_deliveries_are_counted_by_how_their_ids_begin(office: Office) -> None:
    """Of one service, and whatever is next to them in the order of ids."""
    deliveries = office.ledger.deliveries
    family = "af09" * 16
    near = ("af09" * 15 + "af08", "af09" * 15 + "af0a", "af09" * 15 + "af0", "f" * 64, "0" * 64)
    for name in (family, *(family + end for end in ("0", "9", "a", "f", "f" * 64)), *near):
        for service in ("fake", "other"):
            deliveries.add(
                Delivery(service=service, delivery_id=name, headers={}, body=b"", received_at=NOON)
            )
    assert deliveries.of_family("fake", family) == 6
    assert deliveries.of_family("elsewhere", family) == 0


def test_a_delivery_is_stored_once(office: Office) -> None:
    """The second delivery of the same report is known; its first bytes stay."""
    deliveries = office.ledger.deliveries
    first = Delivery(
        service="fake", delivery_id="d1", headers={"a": "b"}, body=b"\x00\xff", received_at=NOON
    )
    assert deliveries.add(first)
    assert not deliveries.add(
        Delivery(service="fake", delivery_id="d1", headers={}, body=b"other", received_at=SOON)
    )
    assert list(deliveries.pending(5)) == [first]
    deliveries.settle("fake", "d1", "pkt_1")
    assert not deliveries.pending(5)
    assert list(deliveries.of("pkt_1")) == [first]
    assert deliveries.forget("pkt_2") == 0
    assert list(deliveries.of("pkt_1")) == [first]
    assert deliveries.forget("pkt_1") == 1
    assert list(deliveries.of("pkt_1")) == [replace(first, headers={}, body=b"")]
    assert not deliveries.add(first)


def test_facts_are_joined(office: Office) -> None:
    """Facts add up, known ones stay, packets do not mix."""
    sent = Fact(signal=Signal.SENT, recipient="")
    signed = Fact(signal=Signal.SIGNED, recipient="practice_1")
    packets = office.ledger.packets
    packets.add_facts("pkt_1", frozenset({sent}))
    packets.add_facts("pkt_1", frozenset({sent, signed}))
    packets.add_facts("pkt_2", frozenset({sent}))
    assert packets.facts("pkt_1") == {sent, signed}


def test_people_are_kept_by_key(office: Office) -> None:
    """A person is added, changed and listed."""
    person = Person(
        key="ada", name="Ada Example", email="ada@example.org", roles=frozenset({Role.AUDITOR})
    )
    office.ledger.people.put(person)
    assert office.ledger.people.get("ada") == person
    changed = Person(key="ada", name="Ada E.", email=person.email, roles=frozenset())
    office.ledger.people.put(changed)
    assert list(office.ledger.people.list()) == [changed]
