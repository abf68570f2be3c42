"""The envelope's state is the same for the same reports, in whatever order they come."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.envelope import RANK, Envelope, EnvelopeState, apply_event, apply_snapshot
from docgen.domain.signing import EnvelopeSnapshot, RecipientSnapshot, Signal, SigningEvent

AT = datetime(2026, 11, 23, tzinfo=UTC)


def event(signal: Signal, recipient: str = "") -> SigningEvent:
    """Make one report."""
    return SigningEvent(
        signal=signal,
        envelope_id="env_1",
        recipient=recipient,
        at=AT,
        event_id=f"{signal}.{recipient}",
        reported_as=signal.value,
    )


def told(events: list[SigningEvent]) -> Envelope:
    """Apply reports one after the other."""
    envelope = Envelope()
    for item in events:
        envelope = apply_event(envelope, item)
    return envelope


def test_every_order_of_the_same_reports_ends_alike() -> None:
    """All 720 orders of six reports, each also doubled, give one state."""
    reports = [
        event(Signal.SENT),
        event(Signal.VIEWED, "practice_1"),
        event(Signal.SIGNED, "practice_1"),
        event(Signal.VIEWED, "pso"),
        event(Signal.SIGNED, "pso"),
        event(Signal.FULLY_EXECUTED),
    ]
    ends = {told([*order, *order]).state for order in permutations(reports)}
    assert ends == {EnvelopeState.FULLY_EXECUTED}


def test_every_order_of_contradicting_endings_ends_alike_and_is_flagged() -> None:
    """Declined and fully executed at once: one state in every order, and a person is called."""
    reports = [
        event(Signal.SENT),
        event(Signal.VIEWED, "practice_1"),
        event(Signal.SIGNED, "practice_1"),
        event(Signal.DECLINED, "pso"),
        event(Signal.FULLY_EXECUTED),
    ]
    ends = {told(list(order)) for order in permutations(reports)}
    assert len(ends) == 1
    end = ends.pop()
    assert end.state is EnvelopeState.FULLY_EXECUTED
    assert end.contradictory


signals = st.builds(event, st.sampled_from(list(Signal)), st.sampled_from(["", "a", "b"]))


@given(st.lists(signals, max_size=12), st.lists(signals, max_size=4))
def test_a_state_never_goes_back(first: list[SigningEvent], later: list[SigningEvent]) -> None:
    """More reports never lower the state's rank."""
    assert RANK[told([*first, *later]).state] >= RANK[told(first).state]


@given(st.lists(signals, max_size=12), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(reports: list[SigningEvent], random: object) -> None:
    """Any shuffle of any reports, with any repeated, ends in an equal envelope."""
    shuffled = [*reports, *reports[:3]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert told(shuffled) == told(reports)


def test_an_unknown_signal_changes_nothing() -> None:
    """What a service says in words we do not know moves nothing."""
    known = told([event(Signal.SENT)])
    assert apply_event(known, event(Signal.UNKNOWN)) == known


def test_a_snapshot_alone_converges_when_every_callback_was_lost() -> None:
    """Re-reading the service gives the same state as having been told everything."""
    snapshot = EnvelopeSnapshot(
        envelope_id="env_1",
        idempotency_key="k",
        sent_at=AT,
        recipients=(RecipientSnapshot(key="a", viewed_at=AT, signed_at=AT),),
        ended=Signal.FULLY_EXECUTED,
        ended_at=AT,
    )
    by_callbacks = told(
        [
            event(Signal.SENT),
            event(Signal.VIEWED, "a"),
            event(Signal.SIGNED, "a"),
            event(Signal.FULLY_EXECUTED),
        ]
    )
    assert apply_snapshot(Envelope(), snapshot) == by_callbacks
