"""How an envelope stands for a signer is decided for every state there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.ceremony import Ceremony, CeremonySigner
from docgen.domain.signing import Signal
from docgen.services.ceremony.standing import Standing, may_enter, standing_of

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
moments = st.none() | st.just(AT)
endings = st.none() | st.sampled_from(list(Signal))


def signer(
    key: str, order: int, signed: datetime | None, declined: datetime | None = None
) -> CeremonySigner:
    """Make a signer."""
    return CeremonySigner(
        key=key,
        name="Dana Example",
        title="Director",
        organization="Example Practice",
        email="dana@example.org",
        routing_order=order,
        signed_at=signed,
        declined_at=declined,
    )


def ceremony(ended: Signal | None, *signers: CeremonySigner) -> Ceremony:
    """Make an envelope open until noon and a day."""
    return Ceremony(
        envelope_id="env_1",
        idempotency_key="k",
        subject="pkt_1",
        title="Agreement",
        practice="Example Practice",
        documents=(),
        signers=signers,
        sent_at=AT,
        expires_at=AT + timedelta(days=1),
        ended=ended,
    )


@given(endings, moments, moments, moments, st.booleans(), st.booleans())
def test_open_means_open(  # every part of the state
    ended: Signal | None,
    mine: datetime | None,
    declined: datetime | None,
    other: datetime | None,
    late: bool,  # noqa: FBT001  # drawn by hypothesis
    first: bool,  # noqa: FBT001  # drawn by hypothesis
) -> None:
    """Open exactly when nothing ended, it is in time, the person has not acted, and it is their turn."""
    me = signer("a", 1 if first else 2, mine, declined)
    envelope = ceremony(ended, me, signer("b", 2 if first else 1, other))
    now = AT + timedelta(days=2 if late else 0)
    standing = standing_of(envelope, me, now)
    turn = first or other is not None
    is_open = ended is None and not late and mine is None and declined is None and turn
    assert (standing is Standing.OPEN) is is_open
    assert may_enter(standing, me) is (is_open or mine is not None)


def test_each_ending_has_words_of_its_own() -> None:
    """Every way an envelope ends is told apart for a signer who has done nothing."""
    me = signer("a", 1, None)
    told = {ended: standing_of(ceremony(ended, me), me, AT) for ended in Signal}
    assert told[Signal.FULLY_EXECUTED] is Standing.FULLY_EXECUTED
    assert told[Signal.VOIDED] is Standing.VOIDED
    assert told[Signal.EXPIRED] is Standing.EXPIRED
    assert told[Signal.DECLINED] is Standing.DECLINED_BY_OTHER
    assert told[Signal.FAILED] is Standing.FAILED
