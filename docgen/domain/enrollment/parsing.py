"""Turn untrusted values into an enrollment, or say everything that is wrong with them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.enrollment.findings import Findings, Place, in_reading_order, natural
from docgen.domain.enrollment.kinds import read_record
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.rules import ALL_RULES
from docgen.domain.enrollment.rules.context import Context
from docgen.domain.enrollment.stages import Missing, Stage
from docgen.domain.enrollment.vocabulary import PsesKind
from docgen.errors import EnrollmentInvalid, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from docgen.domain.pso import PsoSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A record good for its step, what a person should look at, and what later steps need."""

    record: Enrollment
    warnings: tuple[Problem, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A record as far as it could be read, with everything found; for forms that show it all."""

    record: Enrollment
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A record as far as it could be read, with everything found, whatever the next step is.

    Frozen, so that one reading of a stored version serves every step and every thread.
    """

    record: Enrollment
    refused: tuple[tuple[Stage, Problem], ...]  # each with the first step that minds it
    doubted: tuple[tuple[Stage, Problem], ...]
    lacking: tuple[Missing, ...]

    def examined(self, stage: Stage) -> Examined:
        """Say what is wrong for this step, and what later ones need."""
        overdue = [
            Problem(path=one.path, rule=one.rule, message=one.message)
            for one in self.lacking
            if stage.reaches(one.needed_for)
        ]
        return Examined(
            record=self.record,
            problems=in_reading_order([*_minded(self.refused, stage), *overdue]),
            warnings=in_reading_order(_minded(self.doubted, stage)),
            missing=tuple(one for one in self.lacking if not stage.reaches(one.needed_for)),
        )

    def checked(self, stage: Stage) -> Checked:
        """Give the record for this step, or raise EnrollmentInvalid with all problems at once."""
        found = self.examined(stage)
        if found.problems:
            raise EnrollmentInvalid(found.problems)
        return Checked(record=found.record, warnings=found.warnings, missing=found.missing)


def _minded(found: Iterable[tuple[Stage, Problem]], stage: Stage) -> list[Problem]:
    return [problem for since, problem in found if stage.reaches(since)]


def parse_enrollment(
    raw: object,
    *,
    today: date,
    stage: Stage,
    pso: PsoSettings | None = None,
    unprintable: Callable[[str], str] | None = None,
) -> Checked:
    """Return the checked record, or raise EnrollmentInvalid with all problems at once.

    What the stage needs and the record lacks is a problem; what only a later stage needs is listed
    in `missing`. With the PSO's settings given, the rules that compare with them apply too; with
    `unprintable`, which gives the characters of a text that no font can print, so does val.glyph.
    """
    return reading_of(raw, today=today, pso=pso, unprintable=unprintable).checked(stage)


def examine_enrollment(
    raw: object,
    *,
    today: date,
    stage: Stage,
    pso: PsoSettings | None = None,
    unprintable: Callable[[str], str] | None = None,
) -> Examined:
    """Return what could be read together with problems, warnings and what later stages need.

    Only a record without problems may be trusted; `parse_enrollment` makes that sure.
    """
    return reading_of(raw, today=today, pso=pso, unprintable=unprintable).examined(stage)


def reading_of(
    raw: object,
    *,
    today: date,
    pso: PsoSettings | None = None,
    unprintable: Callable[[str], str] | None = None,
) -> Reading:
    """Read the record and apply every rule, once for all steps."""
    findings = Findings()
    record = read_record(Enrollment, raw, Place(), findings)
    context = Context(
        record=record,
        today=today,
        pso_signer_email=pso.signatory.email if pso else "",
        disclosure_version=pso.electronic_records.version if pso else "",
        findings=findings,
        unprintable=unprintable,
    )
    for rule in ALL_RULES:
        rule(context)
    lacking = {one for one in findings.missing if not _spared(one, record)}
    return Reading(
        record=record,
        refused=tuple((findings.since[one], one) for one in findings.problems),
        doubted=tuple((findings.since[one], one) for one in findings.warnings),
        lacking=tuple(sorted(lacking, key=_by_step)),
    )


def _by_step(missing: Missing) -> tuple[int, object, str, str]:
    return missing.needed_for.rank, natural(missing.path), missing.rule, missing.message


def _spared(missing: Missing, record: Enrollment) -> bool:
    """Say whether a policy on file makes the workflow questions needless."""
    return record.pses.kind is PsesKind.EXISTING and missing.path.split(".")[0] == "workflow"
