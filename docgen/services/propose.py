"""Read an enrollment that comes in as a file, and propose it: a person confirms before it is kept.

Nothing here stores anything. What `docgen.services.enroll` takes later are the proposal's values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from docgen.domain.canonical import sha256_hex
from docgen.domain.enrollment import Stage, examine_enrollment
from docgen.domain.enrollment.answers import Gathered, gather
from docgen.domain.enrollment.leaves import leaf_at, undotted
from docgen.domain.enrollment.overlay import Over, overlay
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.vocabulary import Source
from docgen.domain.enrollment.written import choices, show
from docgen.errors import InputError, Problem
from docgen.services.enrollment_file import read_enrollment, told_as_problem
from docgen.services.form import read_form
from docgen.services.form_taken import Taken, Unread
from docgen.services.spreadsheet import read_workbook
from docgen.services.spreadsheet_csv import read_csv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.ports.ledger import EnrollmentVersion
    from docgen.services.office import Office

TEXT_KINDS = (".json", ".yaml", ".yml", ".toml")
KINDS = (*TEXT_KINDS, ".pdf", ".xlsx", ".xlsm", ".csv")
_STARTS = {".pdf": b"%PDF-", ".xlsx": b"PK\x03\x04", ".xlsm": b"PK\x03\x04"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at: `weight` is problem, warning, missing or note."""

    weight: str
    rule: str
    path: str
    where: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One value as a person confirms it."""

    path: str
    label: str
    text: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedEnrollment:
    """What one file, or one row of it, says: for a person to confirm, never stored as it is."""

    values: dict[str, Any]
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    shown: tuple[Shown, ...]
    refusals: tuple[Problem, ...] = ()  # what in the file itself could not be taken
    places: Mapping[str, str] = field(default_factory=dict)
    onto: str = ""  # the enrollment these values belong to, if the caller named one

    @property
    def problems(self) -> tuple[Finding, ...]:
        """Return what must be corrected before it can be kept, even as a draft."""
        return tuple(one for one in self.findings if one.weight == "problem")

    def where(self, path: str) -> str:
        """Say where in the file a path of the record stands, or the part around it."""
        return _nearest(self.places, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a file holds; `rows` has one entry, but for a list of practices one for each."""

    kind: str
    sha256: str
    rows: tuple[ProposedEnrollment, ...]


@dataclass(frozen=True, slots=True)
class _Base:
    """The draft a file is laid over."""

    enrollment: str = ""
    digest: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@told_as_problem()
def propose(office: Office, name: str, data: bytes, *, onto: str | None = None) -> Proposal:
    """Read a file of any kind we take and propose what it says.

    `name` is used for its ending only, and the content must match it. `onto` names the enrollment
    the values belong to; the caller has made sure that the person may see it.

    Raises:
        EnrollmentUnreadable: the file cannot be used; the sentence says why and what to do.
        NotFound: `onto` names no enrollment.
    """
    suffix = PurePath(name).suffix.lower()
    _check_kind(suffix, data)
    base = _base(office.ledger.enrollments.latest(onto)) if onto else _Base()
    digest = sha256_hex(data)
    if suffix in TEXT_KINDS:
        values = read_enrollment(data, suffix=suffix)
        if not isinstance(values, dict):
            raise InputError("The enrollment file must hold the fields of the form by name.")
        row = _proposed(office, values, {}, Taken(), (), base)
        return Proposal(kind="record", sha256=digest, rows=(row,))
    kind, found = _taken(suffix, data)
    if kind in {"facilities", "key contacts"} and not onto:
        raise InputError(f"The CSV file holds {kind} only; say which enrollment they belong to.")
    adding = suffix == ".csv"
    rows = tuple(_over_base(office, one, base, adding=adding) for one in found)
    return Proposal(kind=kind, sha256=digest, rows=rows)


def _check_kind(suffix: str, data: bytes) -> None:
    """Refuse a kind we do not read, and a file whose content belies its name."""
    if suffix not in KINDS:
        raise InputError(f"Send the enrollment as one of these: {', '.join(KINDS)}.")
    start = _STARTS.get(suffix)
    is_ole = data.startswith(b"\xd0\xcf\x11\xe0")
    if start and not is_ole and start not in data[:1024]:
        raise InputError(f"The file is named {suffix} but holds something else; check its name.")
    other = next((kind for kind, mark in _STARTS.items() if data.startswith(mark)), "")
    if not start and other:
        raise InputError(f"The file is named {suffix} but is a {other} file; check its name.")


def _taken(suffix: str, data: bytes) -> tuple[str, list[Taken]]:
    if suffix == ".pdf":
        return "form", [read_form(data)]
    if suffix == ".csv":
        return read_csv(data)
    return "workbook", [read_workbook(data)]


def _base(version: EnrollmentVersion) -> _Base:
    return _Base(version.enrollment_id, version.sha256, json.loads(version.record))


def _over_base(office: Office, taken: Taken, base: _Base, *, adding: bool) -> ProposedEnrollment:
    """Gather what was taken and lay it over the draft."""
    if base.enrollment and taken.enrollment and taken.enrollment != base.enrollment:
        raise InputError(
            "The file was made from the draft of another enrollment; name that one, or start from "
            "this draft's own form."
        )
    gathered = gather(taken.answers, base.values)
    notes = [Finding(weight="note", rule="read", path=one.path,
                     where=gathered.places.get(one.path, ""), message=one.message)
             for one in gathered.notes]  # fmt: skip
    changed = bool(base.enrollment and taken.digest and taken.digest != base.digest)
    if changed:
        notes.append(_about_file("The draft changed after this file was made from it; compare."))
    if taken.enrollment and not base.enrollment:
        notes.append(_about_file(
            "The file was made from a stored draft. Without naming that enrollment, what does "
            "not stand in the file is left out."
        ))  # fmt: skip
    values, places = gathered.values, dict(gathered.places)
    if not base.values and values:
        values["source"] = Source.EMAIL_FORM.value
    if base.values:
        over = Over(covered=gathered.covered, adding=adding or changed)
        values, moved = overlay(base.values, gathered.values, over)
        places = {_moved(path, moved): where for path, where in places.items()}
    extra = (*notes, *_refusals(taken, gathered))
    return _proposed(office, values, places, taken, extra, base)


def _refusals(taken: Taken, gathered: Gathered) -> Iterator[Finding]:
    for problem, where in taken.problems:
        yield _finding("problem", problem, where)
    for problem in gathered.problems:
        yield _finding("problem", problem, gathered.places.get(problem.path, ""))


def _proposed(
    office: Office,
    values: dict[str, Any],
    places: Mapping[str, str],
    taken: Taken,
    extra: tuple[Finding, ...],
    base: _Base,
) -> ProposedEnrollment:
    today = office.clock.now().date()
    found = examine_enrollment(
        values,
        today=today,
        stage=Stage.DRAFT,
        pso=office.pso,
        unprintable=office.typesetter.unprintable,
    )
    findings = [_finding("problem", one, _nearest(places, one.path)) for one in found.problems]
    findings += [_finding("warning", one, _nearest(places, one.path)) for one in found.warnings]
    findings += [
        Finding(
            weight="missing", rule=one.rule, path=one.path, where=_nearest(places, one.path),
            message=one.message,
        )
        for one in found.missing
    ]  # fmt: skip
    order = {"problem": 0, "note": 1, "warning": 2, "missing": 3}
    return ProposedEnrollment(
        values=values,
        findings=tuple(sorted((*extra, *findings), key=lambda one: order[one.weight])),
        unread=tuple(taken.unread),
        shown=tuple(_shown(values, "", places)),
        refusals=tuple(
            Problem(path=one.path, rule=one.rule, message=one.message)
            for one in extra
            if one.weight == "problem"
        ),
        places=places,
        onto=base.enrollment,
    )


def _finding(weight: str, one: Problem, where: str) -> Finding:
    return Finding(weight=weight, rule=one.rule, path=one.path, where=where, message=one.message)


def _about_file(sentence: str) -> Finding:
    return Finding(weight="note", rule="read", path="record", where="the file", message=sentence)


def _shown(value: object, path: str, places: Mapping[str, str]) -> Iterator[Shown]:
    """List the values in order, each with its label and as a form would show it."""
    leaf = leaf_at(Enrollment, undotted(path.replace("[", ".").replace("]", "")))
    if leaf is not None:
        words = choices(leaf.spec)
        text = show(leaf.spec, value, on_one_line=True)
        where = _nearest(places, path)
        yield Shown(path=path, label=leaf.label, text=words.get(text, text), where=where)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _shown(one, f"{path}.{name}" if path else str(name), places)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _shown(one, f"{path}[{index}]", places)


def _nearest(places: Mapping[str, str], path: str) -> str:
    """Return the place of a path, or of the part around it."""
    while path:
        if path in places:
            return places[path]
        inside = next((one for one in places if one.startswith((f"{path}.", f"{path}["))), None)
        if inside is not None:
            return places[inside]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return ""


def _moved(path: str, moved: Mapping[str, list[int]]) -> str:
    """Return where a row's field stands in the draft it was laid over."""
    rows, bracket, rest = path.partition("[")
    number, _, tail = rest.partition("]")
    if not bracket or rows not in moved:
        return path
    return f"{rows}[{moved[rows][int(number)]}]{tail}"
