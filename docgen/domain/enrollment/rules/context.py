"""What every rule is given, and how it names the place of a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from docgen.domain.enrollment.findings import Findings, Place, Rule
from docgen.domain.enrollment.kinds import Many, Part, Spec, Text, specs_of
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


Step = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The record as read so far, the day, and where to note findings."""

    record: Enrollment
    today: date
    pso_signer_email: str  # empty when no settings were given
    disclosure_version: str  # the electronic records disclosure in force, or empty
    findings: Findings
    unprintable: Callable[[str], str] | None  # gives a text's characters that no font can print
    _leaves: list[Leaf] = field(init=False, repr=False, default_factory=list)

    def leaves(self) -> Sequence[Leaf]:
        """Give every part and every value of the record; several rules ask for them."""
        if not self._leaves:
            self._leaves.extend(leaves(self.record))
        return self._leaves

    def references(self) -> Iterator[tuple[Leaf, str, str]]:
        """Return each id that points elsewhere, with the kind of thing it points to."""
        for leaf in self.leaves():
            if isinstance(leaf.spec, Text) and leaf.spec.refers_to and isinstance(leaf.value, str):
                yield leaf, leaf.spec.refers_to, leaf.value

    def refuse(self, rule: Rule, sentence: str, *steps: Step, since: Stage = Stage.DRAFT) -> None:
        """Note a problem at the place the steps lead to."""
        self.findings.refuse(place_of(*steps), rule, sentence, since=since)

    def doubt(self, rule: Rule, sentence: str, *steps: Step, since: Stage = Stage.DRAFT) -> None:
        """Note a warning at the place the steps lead to."""
        self.findings.doubt(place_of(*steps), rule, sentence, since=since)

    def lack(self, rule: Rule, need: Stage, sentence: str, *steps: Step) -> None:
        """Note something missing, unless what stands there was already refused."""
        place = place_of(*steps)
        if not self.findings.refused_at(place.path):
            self.findings.lack(place, need, sentence, rule=rule)

    def readable(self, *steps: Step) -> bool:
        """Say whether the value there was read without a problem."""
        return not self.findings.refused_at(place_of(*steps).path)


class Leaf(NamedTuple):
    """One value of the record, its kind, and the steps that lead to it."""

    steps: tuple[Step, ...]
    spec: Spec
    value: object


def place_of(*steps: Step) -> Place:
    """Return the place the steps lead to, labelled by the record's own field labels."""
    place, holder, noun = Place(), Enrollment, ""
    for step in steps:
        if isinstance(step, int):
            place = place.item(step, noun)
            continue
        spec = specs_of(holder)[step]
        place = place.child(step, spec.label)
        inner = spec.item if isinstance(spec, Many) else spec
        noun = spec.noun if isinstance(spec, Many) else ""
        holder = inner.record if isinstance(inner, Part) else holder
    return place


def leaves(value: object, *steps: Step) -> list[Leaf]:
    """Return every part and every value below a part, in reading order."""
    found: list[Leaf] = []
    _collect(value, steps, found)
    return found


def _collect(part: object, steps: tuple[Step, ...], found: list[Leaf]) -> None:
    for name, spec in specs_of(type(part)).items():
        _collect_from(spec, getattr(part, name), (*steps, name), found)


def _collect_from(spec: Spec, value: object, steps: tuple[Step, ...], found: list[Leaf]) -> None:
    if isinstance(spec, Many) and isinstance(value, tuple):
        for index, one in enumerate(value):
            _collect_from(spec.item, one, (*steps, index), found)
        return
    found.append(Leaf(steps, spec, value))
    if isinstance(spec, Part):
        _collect(value, steps, found)
