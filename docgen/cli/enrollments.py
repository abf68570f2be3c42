"""`docgen enroll`: a form in, an enrollment id out, or every problem at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.input import read_file
from docgen.cli.output import actor_of, as_json, claimed_person, say, say_json, warn, write_file
from docgen.cli.site import site
from docgen.cli.teach import Taught, ends
from docgen.domain.enrollment import Rule
from docgen.domain.enrollment.findings import in_reading_order
from docgen.domain.enrollment.repetition import told_once
from docgen.errors import EnrollmentInvalid, EnrollmentUnreadable, InputError, Refused
from docgen.services.enroll import Enrolled, check
from docgen.services.enroll import enroll as enroll_form
from docgen.services.enrollment_file import BYTES_MOST, told_as_problem
from docgen.services.propose import TEXT_KINDS, ProposedEnrollment, propose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.errors import Problem
    from docgen.services.office import Office
    from docgen.services.propose import Finding, Proposal

LARGEST = 10 * 1024 * 1024
_TEMPLATES = ("pdf", "xlsx", "csv")
WITHHELD = "(not repeated here)"
_PRIVATE_RULES = frozenset({Rule.EIN, Rule.NO_PHI})  # perhaps a Social Security number, or worse


@dataclass(frozen=True, slots=True, kw_only=True)
class Storing:
    """How what was read is stored, and in whose name."""

    draft: bool
    as_new: bool
    actor: str


@click.command(
    cls=Taught,
    examples="""
    docgen enroll practice.yaml
    docgen enroll practice.yaml --draft
    docgen enroll --template pdf form.pdf
    docgen enroll form.pdf
    docgen enroll sites.csv --onto enr_1a2b3c --draft
    """,
    codes=ends(2, 3, 4, 7, 8),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="Store what is there, and say what is still missing.")
@click.option("--yes", is_flag=True, help="Store what was read without asking; for scripts.")
@click.option("--onto", metavar="ENROLLMENT", help="The stored enrollment that FILE belongs to.")
@click.option("--new", "as_new", is_flag=True, help="Another practice with a known name or EIN.")
@click.option(
    "--template",
    type=click.Choice(_TEMPLATES),
    help="Write an empty form to FILE instead; with --onto, one filled in from that draft.",
)
@claimed_person
@as_json
def enroll(  # noqa: PLR0913, PLR0917  # one option each
    file: Path,
    draft: bool,
    yes: bool,
    onto: str | None,
    as_new: bool,
    template: str | None,
    person: str,
    as_json: bool,
) -> None:
    """Check FILE and store it as an enrollment.

    FILE is a record (.json, .yaml, .toml), the PDF form that came back filled in (.pdf), the
    workbook (.xlsx), or rows of a spreadsheet (.csv: one practice a row, or the facilities or
    contacts of one draft). What was read from .pdf, .xlsx and .csv is shown for confirmation; with
    --json and without --yes it is only shown.

    Prints the enrollment id, or every problem with its rule (val.*), its path and where it stands
    in the file; a file that cannot be read at all is one problem, val.file. Warnings do not stop
    anything. The same form again gives the same id; a form whose record_id is known, or that is
    stored --onto an enrollment, becomes its next version. A practice that is enrolled already is
    refused without --onto. --draft stores a form although something is still missing.
    """
    office = site().office
    if template:
        _write_template(office, template, file, onto, may_replace=yes)
        return
    how = Storing(draft=draft, as_new=as_new, actor=actor_of(office, person))
    is_record = file.suffix.lower() in TEXT_KINDS
    proposal = _proposal(office, file, onto, as_json=as_json)
    if not is_record and as_json and not yes:
        say_json({"stored": False, **_as_json(proposal)})
        return
    if not is_record and not as_json:
        for row in proposal.rows:
            _show(row)
    if not is_record and not yes:
        _ask(proposal)
    if proposal.kind == "practices":
        _store_all(office, proposal, how, as_json=as_json)
    else:
        _store(office, proposal.rows[0], how, as_json=as_json)


def _proposal(office: Office, file: Path, onto: str | None, *, as_json: bool) -> Proposal:
    """Read the file; what is wrong with it as a file is told like any other problem.

    Raises:
        EnrollmentUnreadable: the file cannot be used.
        NotFound: there is no enrollment to lay it over.
    """
    most = BYTES_MOST if file.suffix.lower() in TEXT_KINDS else LARGEST
    try:
        with told_as_problem():
            return propose(office, file.name, read_file(file, most), onto=onto)
    except EnrollmentUnreadable as error:
        if as_json:
            say_json({"problems": [_problem(item) for item in error.problems]})
        raise


def _ask(proposal: Proposal) -> None:
    """Let a person confirm what was read."""
    if all(row.problems for row in proposal.rows):
        return  # nothing could be stored: the problems are all there is to say
    click.confirm("Is this what the form says, and shall it be stored?", abort=True, err=True)


def _write_template(
    office: Office, kind: str, file: Path, onto: str | None, *, may_replace: bool
) -> None:
    """Write an empty form, or one filled in from a draft.

    Raises:
        InputError: the file exists, or a draft was named for a form of many practices.
    """
    if file.exists() and not may_replace:
        raise InputError(f"{file} exists already; choose another name, or add --yes to replace it.")
    version = office.ledger.enrollments.latest(onto) if onto else None
    if kind == "pdf":
        from docgen.services.form import print_form

        data = print_form(office, version)
    else:
        from docgen.services.spreadsheet_template import blank_csv, draft_workbook

        if kind == "csv" and version:
            raise InputError("A CSV file holds one practice a row; leave --onto out.")
        data = blank_csv() if kind == "csv" else draft_workbook(version)
    write_file(file, data)
    say(f"{file} written")


def _store(office: Office, row: ProposedEnrollment, how: Storing, *, as_json: bool) -> None:
    """Store one enrollment and say what became of it."""
    try:
        result = _enrolled(office, row, how)
    except EnrollmentInvalid as error:
        if as_json:
            say_json({"problems": [_problem(item, row) for item in error.problems]})
        placed = tuple(replace(one, path=_placed(one.path, row)) for one in error.problems)
        raise EnrollmentInvalid(placed) from error
    if as_json:
        say_json(_summary(result))
        return
    for item in told_once(result.checked.warnings):
        warn(f"Warning {item.rule}  {_placed(item.path, row)}: {item.message}")
    for missing in told_once(result.checked.missing):
        warn(f"Still missing ({missing.needed_for}): {missing.message}")
    say(_line(result))


def _store_all(office: Office, proposal: Proposal, how: Storing, *, as_json: bool) -> None:
    """Store each practice of a list; one that cannot be stored does not hold up the others.

    Raises:
        InputError: some could not be stored; each is named with its problems.
    """
    results = [
        _row_result(office, row, number, how, as_json=as_json)
        for number, row in enumerate(proposal.rows, start=1)
    ]
    failed = sum(1 for item in results if "enrollment" not in item)
    if as_json:
        say_json({"rows": results})
    if failed:
        raise InputError(
            f"{failed} of {len(results)} practices could not be stored; correct them and run the "
            "file again. What is stored already is not stored twice."
        )


def _row_result(
    office: Office,
    row: ProposedEnrollment,
    number: int,
    how: Storing,
    *,
    as_json: bool,
) -> dict[str, object]:
    """Store one practice of a list; say and give what became of it."""
    told: list[str] = []
    result: dict[str, object] = {"row": number}
    try:
        stored = _enrolled(office, row, how)
    except EnrollmentInvalid as error:
        result["problems"] = [_problem(item, row) for item in error.problems]
        told = [f"{it.rule}  {_placed(it.path, row)}: {it.message}" for it in error.problems]
    except Refused as refusal:
        result["refused"], told = str(refusal), [str(refusal)]
    else:
        if not as_json:
            say(f"Practice {number}: {_line(stored)}")
        return result | _summary(stored)
    for sentence in told if not as_json else ():
        warn(f"Practice {number}: {sentence}")
    return result


def _enrolled(office: Office, row: ProposedEnrollment, how: Storing) -> Enrolled:
    """Store what a person confirmed.

    Raises:
        EnrollmentInvalid: a cell could not be read, or the record breaks a rule.
        Refused: the practice is enrolled already.
    """
    if row.refusals:
        raise EnrollmentInvalid(_all_problems(office, row, draft=how.draft))
    try:
        return enroll_form(
            office,
            row.values,
            draft=how.draft,
            actor=how.actor,
            onto=row.onto,
            as_new=how.as_new,
        )
    except Refused as known:
        raise Refused(f"{known} Say --onto ENROLLMENT for the one, --new for the other.") from known


def _all_problems(office: Office, row: ProposedEnrollment, *, draft: bool) -> tuple[Problem, ...]:
    """Return what could not be taken from the file together with what is wrong in the rest."""
    refused = {one.path for one in row.refusals}
    found: tuple[Problem, ...] = ()
    try:
        check(office, row.values, draft=draft)
    except EnrollmentInvalid as error:
        # A cell that was refused is not missing as well.
        found = tuple(one for one in error.problems if one.path not in refused)
    return in_reading_order([*row.refusals, *found])


def _show(row: ProposedEnrollment) -> None:
    """Print what was read, for a person to compare with the file."""
    private = _private(row)
    for one in row.shown:
        text = WITHHELD if one.path in private else _printable(one.text)
        where = f"  [{_printable(one.where)}]" if one.where else ""
        say(f"{_printable(one.label)}: {text}{where}")
    for item in row.unread:
        warn(f"Not read: {_printable(item.where)}: {item.why}")
    for finding in row.findings:
        if finding.weight == "note":
            warn(f"Note  {finding.where}: {finding.message}")


def _private(row: ProposedEnrollment) -> frozenset[str]:
    """Return the paths of what was refused as private: it belongs in no terminal and no log."""
    return frozenset(one.path for one in row.problems if one.rule in _PRIVATE_RULES)


def _without(values: object, private: frozenset[str], path: str = "") -> object:
    """Return the values with what was refused as private withheld."""
    match values:
        case dict():
            return {
                name: _without(one, private, f"{path}.{name}" if path else str(name))
                for name, one in values.items()
            }
        case list():
            return [_without(one, private, f"{path}[{index}]") for index, one in enumerate(values)]
        case _:
            return WITHHELD if path in private else values


def _line(result: Enrolled) -> str:
    word = "stored" if result.is_new else "already stored"
    return f"{result.version.enrollment_id}  version {result.version.version} {word}"


def _printable(text: str) -> str:
    """Keep a stranger's text from steering the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _placed(path: str, row: ProposedEnrollment) -> str:
    """Name a path together with where it stands in the file."""
    where = row.where(path)
    return f"{path} ({_printable(where)})" if where else path


def _problem(item: object, row: ProposedEnrollment | None = None) -> dict[str, str]:
    found = {name: str(getattr(item, name)) for name in ("rule", "path", "message")}
    where = row.where(found["path"]) if row else ""
    return found | ({"where": where} if where else {})


def _as_json(proposal: Proposal) -> dict[str, object]:
    return {
        "kind": proposal.kind,
        "sha256": proposal.sha256,
        "rows": [
            {
                "values": _without(row.values, _private(row)),
                "findings": [_finding(one) for one in row.findings],
                "unread": [{"where": one.where, "why": one.why} for one in row.unread],
            }
            for row in proposal.rows
        ],
    }


def _finding(one: Finding) -> dict[str, str]:
    names: Sequence[str] = ("weight", "rule", "path", "where", "message")
    return {name: str(getattr(one, name)) for name in names}


def _summary(result: Enrolled) -> dict[str, object]:
    return {
        "enrollment": result.version.enrollment_id,
        "version": result.version.version,
        "sha256": result.version.sha256,
        "draft": result.version.is_draft,
        "warnings": [_problem(item) for item in result.checked.warnings],
        "missing": [
            {"path": item.path, "needed_for": str(item.needed_for), "message": item.message}
            for item in result.checked.missing
        ],
    }
