"""The database's register keeps the contract, on whichever database it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.packet import PacketState
from docgen.ports.register_query import EnrollmentQuery, PacketQuery
from tests.contracts.register import RegisterContract
from tests.ledger.lives import packet, record, sign, store, to_state, version
from tests.ledger.test_concurrent_ledger import WORKERS, together
from tests.ledger.test_register_rebuilt import rows

if TYPE_CHECKING:
    from docgen.services.office import Office


class TestDatabaseRegister(RegisterContract):
    pass


def test_lines_made_by_other_rules_are_made_again(office: Office) -> None:
    """A site whose lines are missing or old builds them at its start, once."""
    from docgen.db.models import RegisterEnrollmentRow, RegisterLineRow, RegisterMarkRow

    store(office, version("enr_1", record("One")), packet("pkt_1", "enr_1"))
    RegisterEnrollmentRow.objects.all().delete()
    RegisterLineRow.objects.all().delete()
    office.register.keep_up()
    assert office.register.enrollments(EnrollmentQuery()).total == 1
    assert office.register.packets(PacketQuery()).total == 1
    RegisterEnrollmentRow.objects.all().delete()
    office.register.keep_up()
    assert office.register.enrollments(EnrollmentQuery()).total == 0, "known rules: nothing to do"
    RegisterMarkRow.objects.update(rules="0 of another day")
    office.register.keep_up()
    assert office.register.enrollments(EnrollmentQuery()).total == 1


def test_packets_that_change_at_once_leave_the_right_line(office: Office) -> None:
    """Four connections move four packets of one enrollment; its line is that of all four."""
    names = [f"pkt_{number}" for number in range(WORKERS)]
    store(office, version("enr_1", record("One")), *(packet(name, "enr_1") for name in names))

    def work(worker: int) -> None:
        for _ in range(5):
            to_state(office, names[worker], PacketState.SENT)
            sign(office, names[worker], "practice_1")

    together(work)
    assert office.register.countersign_queue().total == WORKERS
    grown = rows()
    office.register.rebuild()
    assert rows() == grown
