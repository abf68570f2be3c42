"""What was taken from a file before it becomes a record: answers, refusals and what was left."""

from __future__ import annotations

from dataclasses import dataclass, field

from docgen.domain.enrollment.answers import Answer
from docgen.domain.enrollment.findings import Place, Rule
from docgen.domain.enrollment.leaves import Path, written_path
from docgen.errors import Problem

_FORMULA = "type the value itself; formulas are not read"
_ERROR = "type the value; the cell shows an error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something in a file that was not read, and why."""

    where: str
    why: str


@dataclass(slots=True)
class Taken:
    """What a file says; `enrollment` and `digest` name the draft it was made from, if any."""

    answers: list[Answer] = field(default_factory=list)
    problems: list[tuple[Problem, str]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    enrollment: str = ""
    digest: str = ""

    def take(self, path: Path, label: str, value: object, where: str) -> None:
        """Note one cell: an answer, or what is wrong with it."""
        if isinstance(value, dict):
            sentence = _FORMULA if "formula" in value else _ERROR
            place = Place(path=written_path(path), crumbs=(label,))
            message = f"{place.label}: {sentence}."
            self.problems.append(
                (Problem(path=place.path, rule=Rule.TYPE.value, message=message), where)
            )
        else:
            self.answers.append(Answer(path=path, raw=value, where=where))
