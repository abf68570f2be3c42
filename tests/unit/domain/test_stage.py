"""The stages and tasks of an enrollment follow from its form, its packets and what people tick."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.stage import (
    EnrollmentStatus,
    FormFacts,
    Journey,
    PacketFacts,
    journey_of,
)
from docgen.domain.standing import DocumentStanding, Standing
from docgen.domain.task import RULES, THREE_STAGES, ProgramStage, Task, Tick
from docgen.domain.waiting import Alert, Need, Wait, WaitsOn

DAY0 = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ZONE = "America/Chicago"
FROM_FORM = (
    Task.GUIDE_REVIEWED,
    Task.WORKFLOW_DEFINED,
    Task.REVIEWERS_NAMED,
    Task.PORTAL_INFO_GIVEN,
    Task.TRAINING_DONE,
)


def day(number: int) -> datetime:
    """Give a moment so many days in."""
    return DAY0 + timedelta(days=number)


def form(*, submitted: int | None = 1, parties: tuple[str, ...] = ("main",)) -> FormFacts:
    """Make a form that answers everything a form can, on day 1."""
    return FormFacts(
        first_at=DAY0,
        submitted_at=None if submitted is None else day(submitted),
        parties=parties,
        held={} if submitted is None else dict.fromkeys(FROM_FORM, day(1)),
    )


def packet(
    kind: PacketKind,
    state: PacketState,
    *,
    party: str = "main",
    sent: int | None = None,
    signed: int | None = None,
    complete: int | None = None,
) -> PacketFacts:
    """Make a packet whose documents all came as far."""
    slugs = ("psa", "baa") if kind is PacketKind.CONTRACTING else ("pses",)
    moments = [None if item is None else day(item) for item in (sent, signed, complete)]
    documents = tuple(
        DocumentStanding(
            slug=slug,
            sent_at=moments[0],
            practice_signed_at=moments[1],
            complete_at=moments[2],
        )
        for slug in slugs
    )
    over = complete is not None or state is PacketState.DECLINED
    standing = Standing(
        wait=Wait(
            on=WaitsOn.NOBODY if over else WaitsOn.PRACTICE,
            need=Need.NOTHING if over else Need.SIGN,
            since=day(sent or 0),
        ),
        alerts=(),
        signers=(),
        documents=documents,
        changed_at=DAY0,
        sent_at=moments[0],
        effective_on=None,
        ended_on=None,
        retain_until=None,
        on_hold=False,
        reminders=0,
    )
    return PacketFacts(kind=kind, party_id=party, state=state, created_at=day(3), standing=standing)


CONTRACT = packet(PacketKind.CONTRACTING, PacketState.ARCHIVED, sent=5, signed=20, complete=22)
POLICY = packet(PacketKind.ONBOARDING, PacketState.ARCHIVED, sent=30, signed=35, complete=36)
TICKS = {
    task: Tick(at=day(40), by="user:ada")
    for task in (Task.ORIENTATION_DONE, Task.PORTAL_ACCESS_ISSUED, Task.DEPLOYED_TO_STAFF)
}


def journey(*packets: PacketFacts, **given: object) -> Journey:
    """Work out a journey with the form filled in."""
    facts = given.get("form") or form()
    ticks = given.get("ticks") or {}
    assert isinstance(facts, FormFacts)
    assert isinstance(ticks, dict)
    return journey_of(facts, packets, ticks, ZONE)


def test_every_task_of_the_list_stands_in_one_of_three_stages() -> None:
    """The eighteen tasks, each with a stage; none comes after itself."""
    assert len(Task) == 18
    assert set(RULES) == set(Task)
    assert {rule.stage for rule in RULES.values()} == set(THREE_STAGES)
    order = list(Task)
    for task, rule in RULES.items():
        assert all(order.index(item) < order.index(task) for item in rule.after)


def test_a_form_begun_is_a_draft_waiting_for_the_practice() -> None:
    """Nothing is done; the form is due, and only the form."""
    found = journey(form=form(submitted=None))
    assert (found.status, found.stage) == (EnrollmentStatus.DRAFT, ProgramStage.CONTRACTING)
    assert (found.wait.on, found.wait.need) == (WaitsOn.PRACTICE, Need.COMPLETE_FORM)
    assert found.due_on == date(2026, 3, 16)
    assert found.next_task is Task.GUIDE_REVIEWED


def test_a_submitted_form_waits_for_the_coordinator() -> None:
    """Five days after the practice submitted it, in the PSO's own time zone."""
    late = replace(form(), submitted_at=datetime(2026, 3, 3, 3, 0, tzinfo=UTC))
    found = journey(form=late)
    assert found.status is EnrollmentStatus.SUBMITTED
    assert found.wait.on is WaitsOn.COORDINATOR
    assert found.due_on == date(2026, 3, 7), "three in the morning UTC is the day before there"


@pytest.mark.parametrize(
    ("packets", "ticks", "stage", "status"),
    [
        ((), {}, ProgramStage.CONTRACTING, EnrollmentStatus.SUBMITTED),
        (
            (),
            {Task.FORM_ACCEPTED: Tick(at=day(2), by="user:ada")},
            ProgramStage.CONTRACTING,
            EnrollmentStatus.ACCEPTED,
        ),
        (
            (packet(PacketKind.CONTRACTING, PacketState.SENT, sent=5),),
            {},
            ProgramStage.CONTRACTING,
            EnrollmentStatus.CONTRACTING,
        ),
        ((CONTRACT,), {}, ProgramStage.ONBOARDING, EnrollmentStatus.ONBOARDING),
        (
            (CONTRACT, POLICY),
            {Task.ORIENTATION_DONE: TICKS[Task.ORIENTATION_DONE]},
            ProgramStage.IMPLEMENTATION,
            EnrollmentStatus.IMPLEMENTING,
        ),
        ((CONTRACT, POLICY), TICKS, ProgramStage.ENROLLED, EnrollmentStatus.ENROLLED),
        (
            (replace(CONTRACT, state=PacketState.TERMINATED), POLICY),
            TICKS,
            ProgramStage.ENDED,
            EnrollmentStatus.TERMINATED,
        ),
    ],
)
def test_a_practice_moves_through_the_stages(
    packets: tuple[PacketFacts, ...],
    ticks: dict[Task, Tick],
    stage: ProgramStage,
    status: EnrollmentStatus,
) -> None:
    """Each stage ends when its last task is done."""
    found = journey(*packets, ticks=ticks)
    assert (found.stage, found.status) == (stage, status)


def test_times_run_from_stage_to_stage() -> None:
    """A stage is left when its last task was done, and the next entered at that moment."""
    found = journey(CONTRACT, POLICY, ticks=TICKS)
    assert [(item.entered_at, item.left_at) for item in found.times] == [
        (day(0), day(22)),
        (day(22), day(40)),
        (day(40), day(40)),
    ]
    assert len(journey(CONTRACT).times) == 2


def test_a_new_packet_takes_the_place_of_one_that_was_declined() -> None:
    """What ended unsigned counts for nothing; what is in effect counts before what is on its way."""
    declined = packet(PacketKind.CONTRACTING, PacketState.DECLINED, sent=5, signed=7)
    again = packet(PacketKind.CONTRACTING, PacketState.SENT, sent=9)
    done = {item.task: item.done_at for item in journey(declined, again).tasks}
    assert done[Task.PSA_SENT] == day(9)
    assert done[Task.PSA_SIGNED_PRACTICE] is None
    amended = journey(CONTRACT, packet(PacketKind.CONTRACTING, PacketState.DRAFT))
    assert amended.stage is ProgramStage.ONBOARDING


def test_every_party_of_its_own_must_have_signed() -> None:
    """With separate agreements the task is done once the last of them is."""
    both = form(parties=("main", "other"))
    assert journey(CONTRACT, form=both).stage is ProgramStage.CONTRACTING
    second = replace(CONTRACT, party_id="other")
    assert journey(CONTRACT, second, form=both).stage is ProgramStage.ONBOARDING


def test_a_packet_on_its_way_says_who_is_waited_for() -> None:
    """It presses more than the next task; its alerts are the enrollment's."""
    sent = packet(PacketKind.CONTRACTING, PacketState.SENT, sent=5)
    bounced = replace(sent, standing=replace(sent.standing, alerts=(Alert.INVITATION_BOUNCED,)))
    found = journey(bounced)
    assert (found.wait.on, found.wait.need, found.wait.since) == (
        WaitsOn.PRACTICE, Need.SIGN, day(5),
    )  # fmt: skip
    assert found.alerts == (Alert.INVITATION_BOUNCED,)


def test_a_tick_counts_only_where_a_person_may_tick() -> None:
    """Nobody ticks a signature; the form's own answer outranks a later tick."""
    forged = {Task.PSA_COUNTERSIGNED: Tick(at=day(2), by="user:ada")}
    tasks = {item.task: item for item in journey(ticks=forged).tasks}
    assert tasks[Task.PSA_COUNTERSIGNED].done_at is None
    later = {Task.TRAINING_DONE: Tick(at=day(9), by="user:ada")}
    training = {item.task: item for item in journey(ticks=later).tasks}[Task.TRAINING_DONE]
    assert (training.done_at, training.by) == (day(1), "")
