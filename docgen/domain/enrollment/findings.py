"""Where the reader notes everything it finds, so that one answer lists all problems at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.domain.enrollment.stages import Missing, Stage
from docgen.errors import EnrollmentInvalid, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


class Rule(StrEnum):
    """The id each message carries; ids never change their meaning."""

    FILE = "val.file"  # the file as such cannot be read as an enrollment
    TYPE = "val.type"  # a value of another JSON type was expected
    UNKNOWN_FIELD = "val.unknown_field"  # the form has no such field
    REQUIRED = "val.required"  # the step needs this
    CHOICE = "val.choice"  # not one of the listed words
    UNIQUE = "val.unique"  # two entries share an id or a name
    NPI = "val.npi"  # National Provider Identifier and its check digit
    EIN = "val.ein"  # employer identification number, never an SSN
    STATE = "val.state"  # states, DC and territories
    ZIP = "val.zip"  # ZIP code, and ZIP against state
    PHONE = "val.phone"  # E.164, US numbers checked closer
    EMAIL = "val.email"  # one plain address
    URL = "val.url"  # https only
    NAME = "val.name"  # printable text without template marks
    CONFUSABLE = "val.confusable"  # letters that look like others
    GLYPH = "val.glyph"  # the documents' fonts cannot print it
    ENTITY_STATE = "val.entity_state"  # state of formation against entity type
    REFS = "val.refs"  # ids resolve, parents do not form a circle, one contracting party
    FACILITY_ENTITY = "val.facility_entity"  # a facility belongs to an entity the agreement binds
    ROLES_MIN = "val.roles_min"  # the roles somebody must hold
    SIGNATORY_COVER = "val.signatory_cover"  # each party has signers with authority
    SIGNER_DISTINCT = "val.signer_distinct"  # practice and PSO sign with different addresses
    DATES = "val.dates"  # ISO 8601 and the right order
    LIMITS = "val.limits"  # counts, lengths, total size
    POBOX = "val.pobox"  # a facility stands on a street
    NO_PHI = "val.no_phi"  # nothing that looks like patient or SSN data
    CONSENT = "val.consent"  # the current electronic records disclosure
    PSO_NUMBER = "val.pso_number"  # AHRQ listing number
    DATA_SCOPE = "val.data_scope"  # isolated data need an agreement of their own
    TIMEZONE = "val.timezone"  # a time zone of the United States


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the record something stands: a path for programs, crumbs for people."""

    path: str = ""
    crumbs: tuple[str, ...] = ()
    floor: Stage = Stage.DRAFT

    def child(self, name: str, label: str) -> Place:
        """Step into a field."""
        path = f"{self.path}.{name}" if self.path else name
        return Place(path=path, crumbs=(*self.crumbs, label), floor=self.floor)

    def item(self, index: int, noun: str) -> Place:
        """Step into a list; people count from one."""
        crumbs = (*self.crumbs[:-1], f"{noun} {index + 1}")
        return Place(path=f"{self.path}[{index}]", crumbs=crumbs, floor=self.floor)

    def needed(self, stage: Stage) -> Place:
        """Return the place with everything below needed no earlier than the stage."""
        return Place(path=self.path, crumbs=self.crumbs, floor=self.floor.later_of(stage))

    def unknown(self, key: object) -> Place:
        """Step into a field nobody declared, repeating its name only if it is a plain word."""
        plain = isinstance(key, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,40}", key)
        return self.child(str(key) if plain else "?", f"field “{key}”" if plain else "a field")

    @property
    def label(self) -> str:
        """Name the place the way the form does."""
        text = ", ".join(self.crumbs)
        return text[:1].upper() + text[1:] if text else "Enrollment"


@dataclass(slots=True)
class Findings:
    """Everything found so far: what is wrong, what is doubtful, what is missing."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    since: dict[Problem, Stage] = field(default_factory=dict)  # the first step that minds it
    _refused: set[str] = field(default_factory=set)

    def refuse(
        self, place: Place, rule: Rule, sentence: str, *, since: Stage = Stage.DRAFT
    ) -> None:
        """Note a problem; earlier steps than `since` do not mind it."""
        self.problems.append(self._noted(place, rule, sentence, since))
        self._refused.add(place.path or "record")

    def adopt(self, place: Place, found: EnrollmentInvalid) -> None:
        """Note what the reader of one value found, at the value's place."""
        for one in found.problems:
            self.refuse(place, Rule(one.rule), one.message)

    def doubt(self, place: Place, rule: Rule, sentence: str, *, since: Stage = Stage.DRAFT) -> None:
        """Note a warning: the record is accepted, a person should look from step `since` on."""
        self.warnings.append(self._noted(place, rule, sentence, since))

    def lack(
        self, place: Place, need: Stage, sentence: str = "", *, rule: Rule = Rule.REQUIRED
    ) -> None:
        """Note that something is not there yet."""
        stage = need.later_of(place.floor)
        what = sentence or "fill this in"
        message = f"{place.label}: {what}; it is needed before {stage.before}."
        self.missing.append(
            Missing(path=place.path or "record", rule=rule.value, needed_for=stage, message=message)
        )

    def refused_at(self, path: str) -> bool:
        """Say whether the value at the path, or one around it, was already refused."""
        if not self._refused:
            return False
        ends = [one.start() for one in re.finditer(r"[.\[]", path)] + [len(path)]
        return any(path[:end] in self._refused for end in ends)

    def _noted(self, place: Place, rule: Rule, sentence: str, since: Stage) -> Problem:
        message = f"{place.label}: {sentence}."
        problem = Problem(path=place.path or "record", rule=rule.value, message=message)
        noted = self.since.get(problem, since)
        self.since[problem] = since if noted.reaches(since) else noted
        return problem


def in_reading_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort by path the way people count: item 2 before item 10; drop repetitions."""
    return tuple(sorted(set(problems), key=lambda one: (natural(one.path), one.rule, one.message)))


def natural(path: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key under which numbers inside a path compare as numbers."""
    return tuple(
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece)
        for piece in re.split(r"([0-9]+)", path)
    )
