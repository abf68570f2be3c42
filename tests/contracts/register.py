"""What every register keeps to, whatever it is stored in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.evidence import Execution
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.plan import PSO_KEY
from docgen.domain.stage import EnrollmentStatus
from docgen.domain.standing import BOUNCED
from docgen.domain.task import DONE, ProgramStage, Task
from docgen.domain.waiting import Alert, Need, WaitsOn
from docgen.errors import NotFound
from docgen.ports.register_query import (
    ArchiveOrder,
    ArchiveQuery,
    EnrollmentOrder,
    EnrollmentQuery,
    PacketOrder,
    PacketQuery,
    Paging,
    Period,
    RetentionState,
)
from tests.conftest import NOON
from tests.ledger.lives import BY, end, execute, packet, record, sign, store, to_state, version

if TYPE_CHECKING:
    from docgen.ports.register import Register
    from docgen.services.office import Office

TODAY = NOON.date()
LATER = NOON + timedelta(days=3)
FORMER = "Bürgerspital Ólafsvík"


class RegisterContract:
    """One suite for all; subclasses give `office`, whose ledger and register belong together."""

    @pytest.fixture
    def register(self, office: Office) -> Register:
        """Give the register of two practices, one of them with a former name."""
        first = version("enr_lake", record(FORMER))
        store(office, first, packet("pkt_lake1", "enr_lake"))
        renamed = version("enr_lake", record("Lakeside Oncology"), number=2, at=LATER)
        store(office, renamed)
        store(office, version("enr_hill", record("Hillside 示例"), draft=True))
        return office.register

    @pytest.mark.parametrize(
        "text",
        [
            "lakeside", "LAKE", "burgerspital olafsvik", "ólafsvík", "enr_lake", "pkt_lake1",
            "Invented practice_1", "oncology invented",
        ],
    )  # fmt: skip
    def test_a_practice_is_found_by_any_of_its_names(self, register: Register, text: str) -> None:
        """Present and former names, parts of them, ids and signers; case and accents do not matter."""
        found = register.enrollments(EnrollmentQuery(text=text))
        assert [item.enrollment_id for item in found.items] == ["enr_lake"]
        assert found.total == 1
        assert [item.packet_id for item in register.packets(PacketQuery(text=text)).items] == [
            "pkt_lake1"
        ]

    @pytest.mark.parametrize(
        "text",
        ["12-3456789", "123456789", "2000000010", "northfield", "Lukasz oneil", "zoe", "PLLC", ""],
    )
    def test_numbers_facilities_and_signers_find_a_practice(
        self, register: Register, text: str
    ) -> None:
        """What both practices have finds both; no text asks for everything."""
        assert register.enrollments(EnrollmentQuery(text=text)).total == 2

    @pytest.mark.parametrize(
        "text", ["unsigned", "%", "lake%hill", "lake hill", "\x00", "x" * 5000]
    )
    def test_what_is_not_there_is_not_found(self, register: Register, text: str) -> None:
        """Every word must be found; marks of the database's own language mean nothing."""
        letters = any(letter.isalnum() for letter in text)
        assert register.enrollments(EnrollmentQuery(text=text)).total == (0 if letters else 2)

    def test_any_script_is_found(self, register: Register) -> None:
        """A part of a name in another script finds it."""
        found = register.enrollments(EnrollmentQuery(text="示"))
        assert [item.enrollment_id for item in found.items] == ["enr_hill"]

    def test_a_line_says_where_the_practice_stands(self, register: Register) -> None:
        """The newest version's name, its state, and who must act next."""
        line = register.enrollment("enr_lake")
        assert (line.practice, line.version, line.packets) == ("Lakeside Oncology", 2, 1)
        assert line.status is EnrollmentStatus.CONTRACTING
        assert line.stage is ProgramStage.CONTRACTING
        assert (line.wait.on, line.wait.need) == (WaitsOn.COORDINATOR, Need.APPROVE)
        assert line.created_at == NOON
        assert line.changed_at == LATER
        draft = register.enrollment("enr_hill")
        assert draft.is_draft
        assert draft.status is EnrollmentStatus.DRAFT
        assert (draft.wait.on, draft.wait.need) == (WaitsOn.PRACTICE, Need.COMPLETE_FORM)

    def test_what_is_unknown_is_not_found(self, register: Register) -> None:
        """One line, or the versions, of what was never stored raise NotFound."""
        for read in (register.enrollment, register.packet, register.versions):
            with pytest.raises(NotFound):
                read("enr_unknown")

    def test_enrollments_are_filtered_and_sorted(self, register: Register) -> None:
        """Each filter takes part; each order can be turned round."""
        for query, wanted in (
            (EnrollmentQuery(draft=True), ["enr_hill"]),
            (EnrollmentQuery(statuses=frozenset({EnrollmentStatus.CONTRACTING})), ["enr_lake"]),
            (EnrollmentQuery(stages=frozenset({ProgramStage.ONBOARDING})), []),
            (EnrollmentQuery(waits_on=WaitsOn.PRACTICE), ["enr_hill"]),
            (EnrollmentQuery(alert=Alert.INVITATION_BOUNCED), []),
            (EnrollmentQuery(overdue_on=TODAY), []),
            (EnrollmentQuery(overdue_on=TODAY + timedelta(days=99)), ["enr_lake", "enr_hill"]),
            (EnrollmentQuery(order=EnrollmentOrder.PRACTICE), ["enr_hill", "enr_lake"]),
            (
                EnrollmentQuery(order=EnrollmentOrder.PRACTICE, reverse=True),
                ["enr_lake", "enr_hill"],
            ),
            (EnrollmentQuery(), ["enr_lake", "enr_hill"]),
            (EnrollmentQuery(reverse=True), ["enr_hill", "enr_lake"]),
        ):
            found = register.enrollments(query)
            assert [item.enrollment_id for item in found.items] == wanted, query
            assert found.total == len(wanted)

    def test_pages_hold_each_line_once(self, office: Office) -> None:
        """Pages add up to the whole, none too many; a page past the end is the last one."""
        for number in range(7):
            store(office, version(f"enr_{number}", record("Same Name")))
        for order in EnrollmentOrder:
            pages = [
                office.register.enrollments(
                    EnrollmentQuery(order=order, page=Paging(number=number, size=3))
                )
                for number in (1, 2, 3)
            ]
            seen = [item.enrollment_id for page in pages for item in page.items]
            assert sorted(seen) == [f"enr_{number}" for number in range(7)]
            assert {page.total for page in pages} == {7}
            assert pages[0].last == 3
        past = office.register.enrollments(EnrollmentQuery(page=Paging(number=99, size=3)))
        assert (past.number, len(past.items)) == (3, 1)
        empty = office.register.enrollments(EnrollmentQuery(text="nobody"))
        assert (empty.items, empty.total, empty.number, empty.last) == ((), 0, 1, 1)

    def test_packets_are_filtered(self, office: Office, register: Register) -> None:
        """State, kind, wait, departures, template and service each take part."""
        one = packet("pkt_hill1", "enr_hill", departs=True, release="2.0.0")
        policy = packet("pkt_hill2", "enr_hill", kind=PacketKind.ONBOARDING)
        with office.ledger.transaction():
            for item in (one, policy):
                office.ledger.packets.add(item)
        to_state(office, "pkt_lake1", PacketState.SENT)
        for query, wanted in (
            (PacketQuery(states=frozenset({PacketState.SENT})), {"pkt_lake1"}),
            (PacketQuery(kind=PacketKind.ONBOARDING), {"pkt_hill2"}),
            (PacketQuery(enrollment_id="enr_hill"), {"pkt_hill1", "pkt_hill2"}),
            (PacketQuery(waits_on=WaitsOn.PRACTICE), {"pkt_lake1"}),
            (PacketQuery(need=Need.SIGN), {"pkt_lake1"}),
            (PacketQuery(departs=True), {"pkt_hill1"}),
            (PacketQuery(departs=False), {"pkt_lake1", "pkt_hill2"}),
            (PacketQuery(template=("psa", "2.0.0")), {"pkt_hill1"}),
            (PacketQuery(template=("psa", "2.0")), set()),
            (PacketQuery(service="embedded"), {"pkt_lake1"}),
            (PacketQuery(text="pkt_hi"), {"pkt_hill1", "pkt_hill2"}),
            (PacketQuery(text="hillside"), {"pkt_hill1", "pkt_hill2"}),
            (PacketQuery(waiting_since=NOON), set()),
            (PacketQuery(retention=RetentionState.OPEN, today=TODAY), {"pkt_lake1", "pkt_hill1", "pkt_hill2"}),
        ):  # fmt: skip
            found = register.packets(query)
            assert {item.packet_id for item in found.items} == wanted, query
        assert register.packet("pkt_hill1").departures == ("Notice is 60 days, not 90.",)

    def test_a_packet_waits_on_one_after_the_other(self, office: Office) -> None:
        """From approval to the countersignature, each step moves the wait, and the queue is the PSO's."""
        store(office, version("enr_1", record("One")), packet("pkt_1", "enr_1"))
        register = office.register
        to_state(office, "pkt_1", PacketState.SENT)
        wait = register.packet("pkt_1").wait
        assert (wait.on, wait.recipient, wait.name) == (
            WaitsOn.PRACTICE, "practice_1", "Invented practice_1",
        )  # fmt: skip
        assert not register.countersign_queue().items
        sign(office, "pkt_1", "practice_1")
        (line,) = register.countersign_queue().items
        assert (line.packet.packet_id, line.countersigner) == ("pkt_1", "Invented pso")
        assert register.countersign_queue("PSO@example.org").total == 1
        assert register.countersign_queue("other@example.org").total == 0
        waiting = register.waiting(TODAY)
        assert waiting.of(WaitsOn.COUNTERSIGNER) == 1
        assert [(item.on, item.need, item.count) for item in waiting.practices] == [
            (WaitsOn.COUNTERSIGNER, Need.COUNTERSIGN, 1)
        ]
        sign(office, "pkt_1", PSO_KEY)
        assert register.packet("pkt_1").wait.on is WaitsOn.SERVICE
        assert not register.countersign_queue().items

    def test_bounced_and_undelivered_are_states_of_their_own(self, office: Office) -> None:
        """They count, filter and stand on the board, until the next letter leaves."""
        store(office, version("enr_1", record("One")), packet("pkt_1", "enr_1"))
        to_state(office, "pkt_1", PacketState.SENT)

        def note(kind: str, **details: object) -> None:
            with office.ledger.transaction():
                office.note("pkt_1", kind, "system", **details)

        def alerts() -> tuple[Alert, ...]:
            return office.register.enrollment("enr_1").alerts

        note(BOUNCED, recipient="practice_1", mail="invitation")
        assert alerts() == (Alert.INVITATION_BOUNCED,)
        assert dict(office.register.waiting(TODAY).alerts)[Alert.INVITATION_BOUNCED] == 1
        board = office.register.stage_board(EnrollmentQuery(), TODAY)
        assert board.counts[0].invitation_bounced == 1
        assert office.register.packet("pkt_1").wait.need is Need.CORRECT_ADDRESS
        execute(office, "pkt_1")
        assert alerts() == ()
        note("envelope.sealed")
        note("signer.copy_sent", recipient="practice_1")
        assert alerts() == (Alert.COPY_UNDELIVERED,)
        note("signer.copy_sent", recipient=PSO_KEY)
        assert alerts() == ()
        note(BOUNCED, recipient=PSO_KEY, mail="executed_copy")
        found = office.register.packets(PacketQuery(alert=Alert.COPY_UNDELIVERED))
        assert [item.packet_id for item in found.items] == ["pkt_1"]

    def test_the_archive_holds_executed_documents(self, office: Office) -> None:
        """Unsigned packets hold none; what is executed is found by document, template, day and state."""
        store(office, version("enr_1", record("One")), packet("pkt_1", "enr_1"))
        store(
            office,
            version("enr_2", record("Two")),
            packet("pkt_2", "enr_2", release="2.0.0"),
            packet("pkt_3", "enr_2", release="3.0.0"),
        )
        execute(office, "pkt_1", NOON)
        execute(office, "pkt_2", NOON + timedelta(days=10))
        end(office, "pkt_2", 20)
        archived = office.register.archived

        def found(**asked: object) -> set[tuple[str, str]]:
            page = archived(replace(ArchiveQuery(), **asked))  # type: ignore[arg-type]
            assert page.total == len(page.items)
            return {(item.packet_id, item.slug) for item in page.items}

        def day(number: int) -> Period:
            then = TODAY + timedelta(days=number)
            return Period(first=then, last=then)

        one, two = {("pkt_1", "psa"), ("pkt_1", "baa")}, {("pkt_2", "psa"), ("pkt_2", "baa")}
        assert found() == one | two
        assert found(slug="psa") == {("pkt_1", "psa"), ("pkt_2", "psa")}
        assert found(template_versions=frozenset({"2.0.0", "3.0.0"})) == two
        assert found(text="two") == found(packet_id="pkt_2") == two
        assert found(signed=day(0)) == one
        assert found(in_effect=day(9)) == one
        assert found(in_effect=day(10)) == found(in_effect=day(20)) == one | two
        assert found(in_effect=day(21)) == one
        assert found(states=frozenset({PacketState.TERMINATED})) == two
        assert found(execution=Execution.WET_INK) == set()
        assert found(retention=RetentionState.IN_EFFECT, today=TODAY) == one
        assert found(retention=RetentionState.KEPT, today=TODAY) == two
        then = TODAY + timedelta(days=7 * 366)
        assert found(retention=RetentionState.MAY_GO, today=then) == two
        (line, _) = archived(ArchiveQuery(packet_id="pkt_1")).items
        assert (line.practice, line.sha256, line.bundle_sha256) == (
            "Lakeside Oncology", "b" * 64, "c" * 64,
        )  # fmt: skip

    def test_a_line_that_changes_stays_in_its_place(self, office: Office) -> None:
        """Of agreements signed on one day none moves to another page while somebody turns them."""
        names = ["pkt_3", "pkt_1", "pkt_2"]
        store(office, version("enr_1", record("One")), *(packet(name, "enr_1") for name in names))
        for name in names:
            execute(office, name)

        def shown(order: ArchiveOrder) -> list[tuple[str, str]]:
            items = office.register.archived(ArchiveQuery(order=order)).items
            return [(item.packet_id, item.slug) for item in items]

        before = {order: shown(order) for order in ArchiveOrder}
        with office.ledger.transaction():
            office.note("pkt_1", "hold.placed", BY)
        assert office.register.packet("pkt_1").on_hold
        assert {order: shown(order) for order in ArchiveOrder} == before
        office.register.rebuild()
        assert {key: sorted(found) for key, found in before.items()} == {
            order: sorted(shown(order)) for order in ArchiveOrder
        }

    def test_a_legal_hold_outlasts_the_date(self, office: Office) -> None:
        """What is held is kept, whatever the date, until the hold is lifted."""
        store(office, version("enr_1", record("One")), packet("pkt_1", "enr_1"))
        execute(office, "pkt_1")
        end(office, "pkt_1", 0)
        then = TODAY + timedelta(days=7 * 366)
        for kind, state in (
            ("hold.placed", RetentionState.KEPT),
            ("hold.lifted", RetentionState.MAY_GO),
        ):
            with office.ledger.transaction():
                office.note("pkt_1", kind, BY)
            query = ArchiveQuery(retention=state, today=then)
            assert office.register.archived(query).total == 2
            assert office.register.packet("pkt_1").on_hold is (kind == "hold.placed")

    def test_what_was_disposed_of_is_found_as_that_alone(self, office: Office) -> None:
        """Decided it may still go; once gone it is neither kept nor to go, whatever its date."""
        store(office, version("enr_1", record("One")), packet("pkt_1", "enr_1"))
        execute(office, "pkt_1")
        end(office, "pkt_1", 0)
        then = TODAY + timedelta(days=7 * 366)

        def found() -> set[RetentionState]:
            states = set()
            for state in RetentionState:
                documents = office.register.archived(ArchiveQuery(retention=state, today=then))
                packets = office.register.packets(PacketQuery(retention=state, today=then))
                assert documents.total == 2 * packets.total
                states |= {state} if packets.total else set()
            return states

        for kind in ("disposal.proposed", "disposal.confirmed"):
            with office.ledger.transaction():
                office.note("pkt_1", kind, BY, reason="Over.")
            assert found() == {RetentionState.MAY_GO}
        with office.ledger.transaction():
            office.note("pkt_1", "packet.disposed", "system")
        assert found() == {RetentionState.DISPOSED}
        assert office.register.packet("pkt_1").disposed_on == TODAY
        (line, _) = office.register.archived(ArchiveQuery(packet_id="pkt_1")).items
        assert line.disposed_on == TODAY

    def test_contracts_are_listed_narrowly(self, office: Office) -> None:
        """What took effect, the earliest first, ended or not; of some packets alone if so asked."""
        for number in (1, 2, 3):
            one = packet(f"pkt_{number}", f"enr_{number}")
            store(office, version(f"enr_{number}", record(f"Practice {number}")), one)
        execute(office, "pkt_2", NOON + timedelta(days=1))
        execute(office, "pkt_1")
        end(office, "pkt_2", 5)
        first, second = office.register.contracts("psa")
        assert (first.packet_id, second.packet_id) == ("pkt_1", "pkt_2")
        assert (first.enrollment_id, first.effective_on, first.ended_on) == ("enr_1", TODAY, None)
        assert second.ended_on == TODAY + timedelta(days=5)
        assert second.state is PacketState.TERMINATED
        assert first.has_copy
        assert second.has_copy
        assert office.register.contracts("pses") == ()
        some = ArchiveQuery(slug="psa", packet_ids=frozenset({"pkt_2", "pkt_3"}))
        assert [item.packet_id for item in office.register.archived(some).items] == ["pkt_2"]

    def test_the_use_of_a_template_is_counted_by_practices(self, office: Office) -> None:
        """Each practice counts once a version; ended agreements count as signed, not as in effect."""
        for number in (1, 2, 3):
            release = "1.0.0" if number < 3 else "2.0.0"
            one = packet(f"pkt_{number}", f"enr_{number}", release=release)
            store(office, version(f"enr_{number}", record(f"Practice {number}")), one)
            execute(office, f"pkt_{number}")
        end(office, "pkt_1", 1)
        found = office.register.template_use("psa")
        assert [(item.version, item.practices, item.in_effect) for item in found] == [
            ("1.0.0", 2, 1),
            ("2.0.0", 1, 1),
        ]
        assert office.register.template_use("unheard_of") == ()

    def test_versions_say_who_stored_them(self, register: Register) -> None:
        """The newest first, each with its name at the time."""
        found = register.versions("enr_lake")
        assert [(item.version, item.practice, item.stored_by) for item in found] == [
            (2, "Lakeside Oncology", BY),
            (1, FORMER, BY),
        ]

    def test_the_board_counts_stages_and_days(self, office: Office) -> None:
        """A practice moves on once every task of a stage is done; its days there are known."""
        guide = {"participation_guide": {"reviewed_at": "2026-11-01"}}
        for number in (1, 2):
            one = packet(f"pkt_{number}", f"enr_{number}")
            store(office, version(f"enr_{number}", record("Name", **guide)), one)
        to_state(office, "pkt_1", PacketState.SENT)
        execute(office, "pkt_1")
        with office.ledger.transaction():
            office.note("enr_1", DONE, BY, task=Task.ORIENTATION_DONE.value)
        board = office.register.stage_board(EnrollmentQuery(), TODAY + timedelta(days=400))
        by_stage = {item.stage: item for item in board.counts}
        assert by_stage[ProgramStage.CONTRACTING].practices == 1
        assert by_stage[ProgramStage.ONBOARDING].practices == 1
        assert by_stage[ProgramStage.ONBOARDING].overdue == 1
        assert [(item.stage, item.practices, item.median) for item in board.days] == [
            (ProgramStage.CONTRACTING, 1, 0),
            (ProgramStage.ONBOARDING, 0, 0),
            (ProgramStage.IMPLEMENTATION, 0, 0),
        ]
        assert board.page.total == 2
        tasks = {item.task: item for item in office.register.enrollment("enr_1").tasks}
        assert tasks[Task.BAA_COUNTERSIGNED].done_at == NOON
        assert tasks[Task.ORIENTATION_DONE].by == BY

    def test_unsigned_packets_come_last_by_day_signed(self, office: Office) -> None:
        """What has no day stands last, in both directions."""
        names = ["pkt_1", "pkt_2", "pkt_3"]
        store(office, version("enr_1", record("One")), *(packet(name, "enr_1") for name in names))
        execute(office, "pkt_1", NOON)
        execute(office, "pkt_2", LATER)
        for reverse, wanted in (
            (False, ["pkt_2", "pkt_1", "pkt_3"]),
            (True, ["pkt_1", "pkt_2", "pkt_3"]),
        ):
            query = PacketQuery(order=PacketOrder.SIGNED, reverse=reverse)
            assert [item.packet_id for item in office.register.packets(query).items] == wanted

    def test_a_transaction_that_fails_leaves_no_line(self, office: Office) -> None:
        """The register changes with the ledger, or not at all."""

        def half_done() -> None:
            with office.ledger.transaction():
                office.ledger.enrollments.add(version("enr_1", record("One")))
                office.ledger.packets.add(packet("pkt_1", "enr_1"))
                raise InterruptedError

        with pytest.raises(InterruptedError):
            half_done()
        assert office.register.enrollments(EnrollmentQuery()).total == 0
        assert office.register.packets(PacketQuery()).total == 0
        store(office, version("enr_2", record("Two")))
        assert office.register.enrollments(EnrollmentQuery()).total == 1

    def test_an_unreadable_record_still_has_a_line(self, office: Office) -> None:
        """A version written by other rules is listed by its name."""
        broken = replace(version("enr_1", record("One")), record=b"\xff not json")
        with office.ledger.transaction():
            office.ledger.enrollments.add(broken)
        assert office.register.enrollments(EnrollmentQuery(text="one")).total == 1
