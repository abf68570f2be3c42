"""Turn untrusted values into an enrollment, or say everything that is wrong with them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.enrollment.findings import Findings, Place, in_reading_order, natural
from docgen.domain.enrollment.kinds import read_record
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.rules import ALL_RULES
from docgen.domain.enrollment.rules.context import Context
from docgen.domain.enrollment.stages import Missing
from docgen.domain.enrollment.vocabulary import PsesKind
from docgen.errors import EnrollmentInvalid, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from docgen.domain.enrollment.stages import Stage
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
    found = examine_enrollment(raw, today=today, stage=stage, pso=pso, unprintable=unprintable)
    if found.problems:
        raise EnrollmentInvalid(found.problems)
    return Checked(record=found.record, warnings=found.warnings, missing=found.missing)


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
    findings = Findings()
    record = read_record(Enrollment, raw, Place(), findings)
    context = Context(
        record=record,
        today=today,
        stage=stage,
        pso_signer_email=pso.signatory.email if pso else "",
        disclosure_version=pso.electronic_records.version if pso else "",
        findings=findings,
        unprintable=unprintable or _none,
    )
    for rule in ALL_RULES:
        rule(context)
    lacking = {one for one in findings.missing if not _spared(one, record)}
    overdue = [
        Problem(path=one.path, rule=one.rule, message=one.message)
        for one in lacking
        if stage.reaches(one.needed_for)
    ]
    later = [one for one in lacking if not stage.reaches(one.needed_for)]
    return Examined(
        record=record,
        problems=in_reading_order(findings.problems + overdue),
        warnings=in_reading_order(findings.warnings),
        missing=tuple(sorted(later, key=_by_step)),
    )


def _none(_text: str) -> str:
    """Find nothing unprintable, where no fonts are at hand."""
    return ""


def _by_step(missing: Missing) -> tuple[int, object, str, str]:
    return missing.needed_for.rank, natural(missing.path), missing.rule, missing.message


def _spared(missing: Missing, record: Enrollment) -> bool:
    """Say whether a policy on file makes the workflow questions needless."""
    return record.pses.kind is PsesKind.EXISTING and missing.path.split(".")[0] == "workflow"
