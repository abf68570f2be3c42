"""Where a packet stands follows from the packet, its history and its envelope alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from docgen.domain.envelope import Fact
from docgen.domain.history import Activity
from docgen.domain.packet import Packet, PacketKind, PacketState
from docgen.domain.paper import OnFile, PaperOriginal
from docgen.domain.plan import PSO_KEY, Source
from docgen.domain.retention import HELD, RELEASED
from docgen.domain.signing import Signal
from docgen.domain.standing import BOUNCED, Standing, standing_of
from docgen.domain.waiting import Alert, Need, WaitsOn
from tests.conftest import NOON
from tests.ledger.lives import SIGNERS, packet

ZONE = "America/Chicago"
BASE = packet("pkt_1", "enr_1")
PAPER = PaperOriginal(
    scan_sha256="e" * 64,
    pages=1,
    signed_on=date(2026, 11, 20),
    received_on=date(2026, 11, 23),
    original_at="the file room",
    attested_by="ada",
    statement="",
    at=NOON,
)


def history(*told: tuple[str, str, dict[str, Any]]) -> list[Activity]:
    """Make a history of kinds, actors and details, an hour apart."""
    return [
        Activity(
            seq=number,
            position=number,
            at=NOON + timedelta(hours=number),
            subject=BASE.id,
            kind=kind,
            actor=actor,
            details=details,
            salt="",
        )
        for number, (kind, actor, details) in enumerate(told, start=1)
    ]


def standing(one: Packet, *told: tuple[str, str, dict[str, Any]], facts: Any = ()) -> Standing:
    """Work out where the packet stands after this history."""
    return standing_of(one, history(*told), facts, ZONE)


def about(kind: str, recipient: str, **more: str) -> tuple[str, str, dict[str, Any]]:
    """Tell something about one recipient."""
    return (kind, "system", {"recipient": recipient, **more})


@pytest.mark.parametrize(
    ("state", "on", "need"),
    [
        (PacketState.DRAFT, WaitsOn.COORDINATOR, Need.APPROVE),
        (PacketState.TERMS_AGREED, WaitsOn.COORDINATOR, Need.APPROVE),
        (PacketState.IN_REVIEW, WaitsOn.PRACTICE, Need.REVIEW_DRAFTS),
        (PacketState.IN_NEGOTIATION, WaitsOn.COORDINATOR, Need.READ_RETURNED),
        (PacketState.APPROVED, WaitsOn.COORDINATOR, Need.SEND),
        (PacketState.SENDING, WaitsOn.SERVICE, Need.CARRY_ON),
        (PacketState.SENT, WaitsOn.PRACTICE, Need.SIGN),
        (PacketState.VIEWED, WaitsOn.PRACTICE, Need.SIGN),
        (PacketState.PARTLY_SIGNED, WaitsOn.PRACTICE, Need.SIGN),
        (PacketState.FULLY_EXECUTED, WaitsOn.SERVICE, Need.CARRY_ON),
        *(
            (state, WaitsOn.NOBODY, Need.NOTHING)
            for state in (
                PacketState.ARCHIVED,
                PacketState.ON_FILE,
                PacketState.TERMINATED,
                PacketState.DECLINED,
                PacketState.VOIDED,
                PacketState.EXPIRED,
                PacketState.FAILED,
                PacketState.WITHDRAWN,
            )
        ),
    ],
)
def test_each_state_waits_on_somebody(state: PacketState, on: WaitsOn, need: Need) -> None:
    """No state is left without an answer."""
    wait = standing(replace(BASE, state=state)).wait
    assert (wait.on, wait.need, wait.since) == (on, need, NOON)


def test_every_state_was_asked() -> None:
    """The table above names all of them."""
    (mark,) = (
        item
        for item in test_each_state_waits_on_somebody.pytestmark  # type: ignore[attr-defined]
        if item.name == "parametrize"
    )
    assert {row[0] for row in mark.args[1]} == set(PacketState)


def test_a_departing_plan_waits_for_the_second_approval() -> None:
    """The coordinator's approval counts for this very plan only."""
    one = packet("pkt_1", "enr_1", departs=True)
    given = {"capacity": "coordinator", "plan_checksum": one.plan.checksum}
    told = ("plan.approved", "user:ada", given)
    wait = standing(one, told).wait
    assert (wait.on, wait.since) == (WaitsOn.LEGAL_APPROVER, NOON + timedelta(hours=1))
    other = ("plan.approved", "user:ada", given | {"plan_checksum": "0"})
    assert standing(one, other).wait.on is WaitsOn.COORDINATOR


def test_a_signature_is_known_from_history_or_service() -> None:
    """Our own signer tells it at once, another service when it was read again."""
    sent = replace(BASE, state=PacketState.SENT)
    told = standing(sent, ("signer.signed", "signer:practice_1", {}))
    fact = Fact(signal=Signal.SIGNED, recipient="practice_1")
    read = standing(sent, facts={fact})
    for found in (told, read):
        assert found.wait.on is WaitsOn.COUNTERSIGNER
        assert found.wait.name == f"Invented {PSO_KEY}"
        assert found.documents[0].practice_signed_at is not None
        assert found.documents[0].complete_at is None


def test_a_policy_is_complete_without_the_pso() -> None:
    """Nobody countersigns it."""
    policy = packet("pkt_1", "enr_1", kind=PacketKind.ONBOARDING)
    found = standing(
        replace(policy, state=PacketState.SENT), ("signer.signed", "signer:practice_1", {})
    )
    assert found.documents[0].complete_at == NOON + timedelta(hours=1)
    assert found.wait.on is WaitsOn.SERVICE


def test_a_bounce_ends_with_the_next_letter_or_person() -> None:
    """An invitation that came back waits for the coordinator; codes and reminders count as well."""
    sent = replace(BASE, state=PacketState.SENT)
    invited = about("signer.invited", "practice_1")
    bounced = about(BOUNCED, "practice_1", mail="invitation")
    after = {"name": "New Person", "title": "Dean", "email": "new@example.org"}
    changed = ("signer.reassigned", "user:ada", {"recipient": "practice_1", "after": after})
    found = standing(sent, invited, bounced)
    assert found.alerts == (Alert.INVITATION_BOUNCED,)
    assert (found.wait.on, found.wait.need) == (WaitsOn.COORDINATOR, Need.CORRECT_ADDRESS)
    for mended in (invited, changed):
        found = standing(sent, invited, bounced, mended)
        assert (found.alerts, found.wait.need) == ((), Need.SIGN)
    assert found.wait.name == "New Person"
    later = about(BOUNCED, PSO_KEY, mail="invitation")
    found = standing(sent, invited, later)
    assert (found.alerts, found.wait.need) == ((Alert.INVITATION_BOUNCED,), Need.SIGN)


def test_somebody_else_signs_waits_for_the_coordinator() -> None:
    """Until another person is named."""
    sent = replace(BASE, state=PacketState.VIEWED)
    said = ("signer.says_other_person", "signer:practice_1", {"hint": ""})
    found = standing(sent, said)
    assert (found.alerts, found.wait.need) == ((Alert.OTHER_PERSON,), Need.CONFIRM_SIGNER)


def test_what_does_not_add_up_needs_a_look() -> None:
    """Two endings, or documents that could not be archived."""
    endings = {Fact(signal=item, recipient="") for item in (Signal.DECLINED, Signal.EXPIRED)}
    found = standing(replace(BASE, state=PacketState.SENT), facts=endings)
    assert (found.alerts, found.wait.need) == ((Alert.CONTRADICTED,), Need.LOOK)
    done = replace(BASE, state=PacketState.FULLY_EXECUTED)
    found = standing(done, ("packet.not_filed", "system", {"code": "digest"}))
    assert (found.alerts, found.wait.need) == ((Alert.NOT_ARCHIVED,), Need.LOOK)


def test_paper_and_what_is_on_file_have_their_own_day() -> None:
    """The last handwritten date; the date of the agreement referred to; else the day in the PSO's zone."""
    on_paper = replace(BASE, state=PacketState.ARCHIVED, paper=PAPER, executed_at=NOON)
    assert standing(on_paper).effective_on == date(2026, 11, 20)
    there = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    assert standing(on_paper).documents[0].complete_at == there, "noon, in the PSO's zone"
    midnight = NOON.replace(hour=3)
    electronic = replace(BASE, state=PacketState.ARCHIVED, executed_at=midnight)
    assert standing(electronic).effective_on == date(2026, 11, 22)
    on_file = OnFile(
        title="PSA", dated="2021-05-06", kept_at="here", attested_by="ada", attested_at=""
    )
    documents = tuple(
        replace(item, source=Source.ALREADY_ON_FILE, on_file=on_file)
        for item in BASE.plan.documents
    )
    kept = replace(BASE, state=PacketState.ON_FILE, plan=replace(BASE.plan, documents=documents))
    found = standing(kept, ("plan.approved", "user:ada", {}))
    assert found.effective_on == date(2021, 5, 6)
    assert found.documents[0].complete_at == NOON + timedelta(hours=1)


def test_what_is_signed_by_hand_is_waited_for_after_what_is_not() -> None:
    """Once everybody signed electronically, the paper is what is missing; with it, nothing is."""
    psa, baa = BASE.plan.documents
    mixed = replace(BASE.plan, documents=(psa, replace(baa, source=Source.COUNTERPARTY_PAPER)))
    out = replace(BASE, state=PacketState.PARTLY_SIGNED, plan=mixed)
    signed = [("signer.signed", f"signer:{key}", dict[str, Any]()) for key in SIGNERS]
    assert standing(out).wait.need is Need.SIGN
    assert standing(out, signed[0]).wait.need is Need.COUNTERSIGN
    found = standing(out, *signed)
    assert (found.wait.on, found.wait.need) == (WaitsOn.COORDINATOR, Need.TAKE_IN_PAPER)
    assert [item.complete_at is None for item in found.documents] == [False, True]
    whole = standing(replace(out, paper=replace(PAPER, documents=("baa",))), *signed)
    assert whole.wait.need is Need.CARRY_ON
    assert all(item.complete_at for item in whole.documents)
    theirs = tuple(replace(item, source=Source.COUNTERPARTY_PAPER) for item in BASE.plan.documents)
    by_hand = replace(BASE.plan, documents=theirs)
    only = standing(replace(BASE, state=PacketState.APPROVED, plan=by_hand))
    assert (only.wait.on, only.wait.need) == (WaitsOn.COORDINATOR, Need.TAKE_IN_PAPER)


def test_anybodys_copy_may_come_back() -> None:
    """A copy to a contact who does not sign is undelivered until it is sent again."""
    done = replace(BASE, state=PacketState.ARCHIVED, executed_at=NOON)
    sent, back = about("copy.sent", "privacy"), about(BOUNCED, "privacy", mail="executed_copy")
    assert standing(done, sent).alerts == ()
    assert standing(done, sent, back).alerts == (Alert.COPY_UNDELIVERED,)
    assert standing(done, sent, back, sent).alerts == ()
    code = about(BOUNCED, "privacy", mail="code")
    assert standing(done, sent, code).alerts == ()


def test_a_hold_lasts_until_it_is_lifted() -> None:
    """Placed again after lifting, it holds again."""
    for kinds, held in (((), False), ((HELD,), True), ((HELD, RELEASED), False),
                        ((HELD, RELEASED, HELD), True)):  # fmt: skip
        told = [(kind, "user:ada", dict[str, Any]()) for kind in kinds]
        assert standing(BASE, *told).on_hold is held


def test_who_only_looks_changes_nothing() -> None:
    """Lists by what changed last do not move when somebody reads; the control is an act."""
    archived = ("packet.archived", "system", dict[str, Any]())
    looked = [
        (kind, "user:auditor", dict[str, Any]())
        for kind in ("archive.opened", "archive.fetched", "archive.verified", "archive.exported")
    ]
    done = replace(BASE, state=PacketState.ARCHIVED)
    before = standing(done, archived).changed_at
    assert standing(done, archived, *looked).changed_at == before
    held = (HELD, "user:auditor", {"reason": "Matter 26-118"})
    assert standing(done, archived, *looked, held).changed_at > before


@pytest.mark.parametrize("mended", [False, True])
def test_damage_to_what_is_archived_is_an_alarm_until_it_is_mended(*, mended: bool) -> None:
    """Even of a packet for which nobody is waited for any more."""
    which: dict[str, Any] = {"sha256": "ab" * 32, "place": "archive"}
    done = replace(BASE, state=PacketState.ARCHIVED)
    told = [("object.damaged", "system", {**which, "damage": "altered"})]
    told += [("object.mended", "system", which)] if mended else []
    other = ("object.damaged", "system", {**which, "place": "copy"})
    assert standing(done, *told).alerts == (() if mended else (Alert.DAMAGED,))
    assert standing(done, *told).wait.need is (Need.NOTHING if mended else Need.LOOK)
    assert standing(done, other, *told).alerts == (Alert.DAMAGED,)
