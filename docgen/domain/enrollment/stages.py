"""The steps of an enrollment and what a record still lacks for each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What somebody wants to do next with the record."""

    DRAFT = "draft"  # keep it and come back
    SUBMIT = "submit"  # hand in the enrollment form
    SIGN = "sign"  # generate the agreements for signature
    PSES = "pses"  # generate the PSES policy for adoption

    @property
    def rank(self) -> int:
        """Say how far along this step is; later steps ask for everything earlier ones did."""
        return _ORDER.index(self)

    @property
    def before(self) -> str:
        """Name the step in the middle of a sentence, after "needed before"."""
        return _BEFORE[self]

    def reaches(self, other: Stage) -> bool:
        """Say whether this step asks for what the other step asks for."""
        return self.rank >= other.rank

    def later_of(self, other: Stage) -> Stage:
        """Return whichever step comes later."""
        return max(self, other, key=lambda stage: stage.rank)


_ORDER = (Stage.DRAFT, Stage.SUBMIT, Stage.SIGN, Stage.PSES)
_BEFORE = {
    Stage.DRAFT: "the draft is kept",
    Stage.SUBMIT: "the enrollment form is submitted",
    Stage.SIGN: "the agreements are prepared for signature",
    Stage.PSES: "the PSES policy is prepared for adoption",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing the record does not hold yet, and the step that needs it."""

    path: str
    rule: str
    needed_for: Stage
    message: str
