"""A batch: one act asked for many enrollments or packets at once, with a result for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What is done to each line of a batch."""

    GENERATE_CONTRACTING = "generate_contracting"
    GENERATE_ONBOARDING = "generate_onboarding"
    SEND = "send"
    REMIND = "remind"
    RELEASE = "release"
    EXPORT = "export"

    @property
    def words(self) -> str:
        """Give it as people read it."""
        return _WORDS[self]

    @property
    def is_for_packets(self) -> bool:
        """True when the lines are packets, False when they are enrollments."""
        return self in {Act.SEND, Act.REMIND, Act.RELEASE, Act.EXPORT}


_WORDS = {
    Act.GENERATE_CONTRACTING: "generate contracting packets",
    Act.GENERATE_ONBOARDING: "generate onboarding packets",
    Act.SEND: "send packets",
    Act.REMIND: "remind signers",
    Act.RELEASE: "release drafts for review",
    Act.EXPORT: "export from the archive",
}


class Result(StrEnum):
    """How one line stands."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"  # nothing was done, and the words say why


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One enrollment or packet of a batch; `made` names the packets that came of it."""

    position: int
    subject: str
    result: Result = Result.WAITING
    words: str = ""
    made: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Who asked for which act, and how each line stands, in the order asked for."""

    id: str
    act: Act
    person: str
    at: datetime
    lines: tuple[BatchLine, ...]

    def count(self, result: Result) -> int:
        """Count the lines that stand so."""
        return sum(1 for line in self.lines if line.result is result)

    @property
    def is_running(self) -> bool:
        """True while a line waits."""
        return any(line.result is Result.WAITING for line in self.lines)
