"""The envelope's state is the same for the same re-reads, in whatever order they come."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.envelope import ENDED, RANK, Envelope, EnvelopeState, apply_snapshot
from docgen.domain.signing import EnvelopeSnapshot, RecipientSnapshot, Signal

AT = datetime(2026, 11, 23, tzinfo=UTC)
ENDINGS = {
    Signal.DECLINED: EnvelopeState.DECLINED,
    Signal.VOIDED: EnvelopeState.VOIDED,
    Signal.EXPIRED: EnvelopeState.EXPIRED,
    Signal.FAILED: EnvelopeState.FAILED,
    Signal.FULLY_EXECUTED: EnvelopeState.FULLY_EXECUTED,
}


def snapshot(*recipients: RecipientSnapshot, ended: Signal | None = None) -> EnvelopeSnapshot:
    """Give what one re-read says."""
    return EnvelopeSnapshot(
        envelope_id="env_1", idempotency_key="k", sent_at=AT, recipients=recipients, ended=ended
    )


def told(*snapshots: EnvelopeSnapshot) -> Envelope:
    """Apply re-reads one after the other."""
    envelope = Envelope()
    for item in snapshots:
        envelope = apply_snapshot(envelope, item)
    return envelope


SENT = snapshot(RecipientSnapshot(key="practice_1"), RecipientSnapshot(key="pso"))
VIEWED = snapshot(RecipientSnapshot(key="practice_1", viewed_at=AT))
SIGNED = snapshot(RecipientSnapshot(key="practice_1", viewed_at=AT, signed_at=AT))
DECLINED = snapshot(RecipientSnapshot(key="pso", declined_at=AT))
EXECUTED = snapshot(
    RecipientSnapshot(key="practice_1", signed_at=AT),
    RecipientSnapshot(key="pso", signed_at=AT),
    ended=Signal.FULLY_EXECUTED,
)


def test_how_far_each_re_read_brings_an_envelope() -> None:
    """Nothing known, sent, viewed, partly signed, declined by one, fully executed."""
    reads = (SENT, VIEWED, SIGNED, DECLINED, EXECUTED)
    assert told().state is EnvelopeState.UNSENT
    assert [told(item).state for item in reads] == [
        EnvelopeState.SENT,
        EnvelopeState.VIEWED,
        EnvelopeState.PARTLY_SIGNED,
        EnvelopeState.DECLINED,
        EnvelopeState.FULLY_EXECUTED,
    ]


def test_every_order_of_the_same_re_reads_ends_alike() -> None:
    """All orders of four, each also doubled, give one envelope."""
    reads = (SENT, VIEWED, SIGNED, EXECUTED)
    ends = {told(*order, *order) for order in permutations(reads)}
    assert {item.state for item in ends} == {EnvelopeState.FULLY_EXECUTED}
    assert len(ends) == 1
    assert not ends.pop().contradictory


def test_every_order_of_contradicting_endings_ends_alike_and_is_flagged() -> None:
    """Declined and fully executed at once: one state in every order, and a person is called."""
    ends = {told(*order) for order in permutations((SENT, SIGNED, DECLINED, EXECUTED))}
    assert len(ends) == 1
    end = ends.pop()
    assert end.state is EnvelopeState.FULLY_EXECUTED
    assert end.contradictory


def test_any_two_endings_contradict_and_one_said_twice_does_not() -> None:
    """Whichever two are told, a person is called, and the later in rank is believed."""
    assert set(ENDINGS.values()) == ENDED
    for ending, state in ENDINGS.items():
        again = told(snapshot(ended=ending), snapshot(ended=ending))
        assert (again.state, again.contradictory) == (state, False)
    for one, other in combinations(ENDINGS, 2):
        both = told(snapshot(ended=one), snapshot(ended=other))
        assert both.contradictory
        assert both.state is max(ENDINGS[one], ENDINGS[other], key=RANK.__getitem__)


recipients = st.builds(
    RecipientSnapshot,
    key=st.sampled_from(["a", "b"]),
    viewed_at=st.sampled_from([None, AT]),
    signed_at=st.sampled_from([None, AT]),
    declined_at=st.sampled_from([None, AT]),
)
reads = st.builds(
    EnvelopeSnapshot,
    envelope_id=st.just("env_1"),
    idempotency_key=st.just("k"),
    sent_at=st.just(AT),
    recipients=st.lists(recipients, max_size=2).map(tuple),
    ended=st.sampled_from([None, *Signal]),
)


@given(st.lists(reads, max_size=6), st.lists(reads, max_size=3))
def test_a_state_never_goes_back(
    first: list[EnvelopeSnapshot], later: list[EnvelopeSnapshot]
) -> None:
    """Whatever is read later, the state's rank is never lowered."""
    assert RANK[told(*first, *later).state] >= RANK[told(*first).state]


@given(st.lists(reads, max_size=6), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(found: list[EnvelopeSnapshot], random: object) -> None:
    """Any shuffle of any re-reads, with any repeated, ends in an equal envelope."""
    shuffled = [*found, *found[:3]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert told(*shuffled) == told(*found)


def test_an_unknown_signal_changes_nothing() -> None:
    """What a service says in words we do not know moves nothing."""
    known = told(SIGNED)
    assert apply_snapshot(known, snapshot(ended=Signal.UNKNOWN)) == known
