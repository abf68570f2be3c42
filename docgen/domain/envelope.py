"""The envelope's state, derived from the set of facts known about it.

Reports come twice, late, in any order, or never. So the envelope keeps a *set* of facts and derives
its state from it: joining sets is commutative and idempotent, hence every order of the same reports
ends in the same state, and a state never goes back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from docgen.domain.signing import EnvelopeSnapshot, Signal


class EnvelopeState(StrEnum):
    """How far an envelope has come; each state outranks those above it."""

    UNSENT = "unsent"
    SENT = "sent"
    VIEWED = "viewed"
    PARTLY_SIGNED = "partly_signed"
    FAILED = "failed"
    EXPIRED = "expired"
    VOIDED = "voided"
    DECLINED = "declined"
    FULLY_EXECUTED = "fully_executed"


RANK = {state: rank for rank, state in enumerate(EnvelopeState)}

_STATE_OF = {
    Signal.SENT: EnvelopeState.SENT,
    Signal.VIEWED: EnvelopeState.VIEWED,
    Signal.SIGNED: EnvelopeState.PARTLY_SIGNED,
    Signal.FULLY_EXECUTED: EnvelopeState.FULLY_EXECUTED,
    Signal.DECLINED: EnvelopeState.DECLINED,
    Signal.VOIDED: EnvelopeState.VOIDED,
    Signal.EXPIRED: EnvelopeState.EXPIRED,
    Signal.FAILED: EnvelopeState.FAILED,
}

ENDED = frozenset(
    {
        EnvelopeState.FAILED,
        EnvelopeState.EXPIRED,
        EnvelopeState.VOIDED,
        EnvelopeState.DECLINED,
        EnvelopeState.FULLY_EXECUTED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fact:
    """One signal about one recipient ("" for the envelope as a whole)."""

    signal: Signal
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Everything known about an envelope at a signing service."""

    facts: frozenset[Fact] = frozenset()

    @property
    def state(self) -> EnvelopeState:
        """Derive the furthest state the facts support."""
        states = (_STATE_OF[fact.signal] for fact in self.facts)
        return max(states, key=RANK.__getitem__, default=EnvelopeState.UNSENT)

    @property
    def endings(self) -> frozenset[EnvelopeState]:
        """Give every ending that the facts support."""
        return ENDED & {_STATE_OF[fact.signal] for fact in self.facts}

    @property
    def contradictory(self) -> bool:
        """True when the facts support two different endings; a person must look."""
        return len(self.endings) > 1


def apply_snapshot(envelope: Envelope, snapshot: EnvelopeSnapshot) -> Envelope:
    """Add everything a re-read of the service says."""
    facts = {Fact(signal=Signal.SENT, recipient="")}
    for recipient in snapshot.recipients:
        for signal, moment in (
            (Signal.VIEWED, recipient.viewed_at),
            (Signal.SIGNED, recipient.signed_at),
            (Signal.DECLINED, recipient.declined_at),
        ):
            if moment is not None:
                facts.add(Fact(signal=signal, recipient=recipient.key))
    if snapshot.ended is not None and snapshot.ended is not Signal.UNKNOWN:
        facts.add(Fact(signal=snapshot.ended, recipient=""))
    return replace(envelope, facts=envelope.facts | facts)
