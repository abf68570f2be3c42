"""How far the form is: by section, what is filled in, what is wrong, what each step still needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docgen.domain.enrollment.kinds import Many, Part, is_absent, specs_of
from docgen.domain.enrollment.leaves import rows_of
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.repetition import told_once
from docgen.domain.enrollment.stages import Stage
from docgen.web.enrollment_form.sections import SECTIONS, Section, section_of
from docgen.web.enrollment_form.telling import link_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from docgen.domain.enrollment import Examined
    from docgen.domain.enrollment.stages import Missing

STEPS = {
    Stage.SUBMIT: "to submit the form",
    Stage.SIGN: "for signing the agreements",
    Stage.PSES: "for the PSES policy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing that is missing, and the way to its field."""

    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step still needs from a section; what many items lack alike is one line."""

    stage: Stage
    words: str
    count: int
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionStanding:
    """One section: its page, and how far it is."""

    section: Section
    url: str
    done: int
    total: int
    steps: tuple[Step, ...]
    doubts: int
    warnings: tuple[Lack, ...]
    items: int | None  # how many items its list has

    @property
    def is_whole(self) -> bool:
        """Say whether no step needs anything more from it."""
        return not self.steps


def standing(
    values: dict[str, Any], found: Examined, address: Callable[[str, str], str]
) -> tuple[SectionStanding, ...]:
    """Say of each section how far it is."""
    return tuple(_one(section, values, found, address) for section in SECTIONS)


def _one(
    section: Section,
    values: dict[str, Any],
    found: Examined,
    address: Callable[[str, str], str],
) -> SectionStanding:
    missing = [one for one in found.missing if section_of(one.path) is section]
    doubts = [one for one in found.warnings if section_of(one.path) is section]
    specs = specs_of(Enrollment)
    done = sum(_filled(specs[name], values.get(name)) for name in section.names)
    rows = values.get(section.names[0]) if section.rows else None
    return SectionStanding(
        section=section,
        url=address(section.key, ""),
        done=done,
        total=done + len(missing),
        steps=tuple(steps_of(missing, lambda path: link_to(path, address))),
        doubts=len(doubts),
        warnings=tuple(
            Lack(words=one.message, url=link_to(one.path, address)) for one in told_once(doubts)
        ),
        items=len(rows or ()) if section.rows else None,
    )


def steps_of(missing: Iterable[Missing], lead: Callable[[str], str]) -> list[Step]:
    """Group what is missing by the step that needs it."""
    listed = tuple(missing)
    steps = []
    for stage, words in STEPS.items():
        needed = [one for one in listed if one.needed_for is stage]
        if needed:
            lacks = tuple(Lack(words=_thing(one), url=lead(one.path)) for one in told_once(needed))
            steps.append(Step(stage=stage, words=words, count=len(needed), lacks=lacks))
    return steps


def _thing(missing: Missing) -> str:
    """Take the step out of the sentence; it stands above the list."""
    return missing.message.partition("; it is needed before")[0].rstrip(".")


def _filled(spec: Any, held: object) -> int:
    """Count the filled fields that some step needs."""
    if is_absent(held):
        return 0
    row = rows_of(spec) if isinstance(spec, Many) else None
    if row is not None and isinstance(held, list):
        return sum(_filled_in(row, one) for one in held)
    if isinstance(spec, Part):
        return _filled_in(spec.record, held)
    return 0 if spec.need is None or held is False else 1


def _filled_in(record: type[Any], held: object) -> int:
    values = held if isinstance(held, dict) else {}
    return sum(_filled(spec, values.get(name)) for name, spec in specs_of(record).items())
