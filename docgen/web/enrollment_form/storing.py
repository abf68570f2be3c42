"""Lay one page over the newest version and store it, unless somebody else was faster."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docgen.domain.canonical import sha256_hex
from docgen.domain.enrollment import Stage, canonical_bytes, examine_enrollment
from docgen.domain.enrollment.answers import slug_of
from docgen.domain.enrollment.differences import Difference, differences
from docgen.domain.enrollment.kinds import specs_of
from docgen.domain.enrollment.leaves import ROW_IDS, rows_of
from docgen.domain.enrollment.record import Enrollment
from docgen.errors import NotFound, Problem
from docgen.ports.ledger import EnrollmentVersion
from docgen.services.enroll import enroll
from docgen.web.enrollment_form.reading import Reader
from docgen.web.enrollment_form.sections import Section

if TYPE_CHECKING:
    from docgen.domain.enrollment import Examined
    from docgen.services.office import Office
    from docgen.web.enrollment_form.reading import Fields

NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of the record a page shows: a section, or one item of its list from 0."""

    section: Section
    number: int | None = None

    @property
    def name(self) -> str:
        """Give the first field of the section; for a list it is the only one."""
        return self.section.names[0]

    @property
    def is_item(self) -> bool:
        """Say whether this is one item of a list."""
        return self.number is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a browser sent for a page, read; `strangers` are fields that the form does not have."""

    values: dict[str, Any]
    strangers: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Somebody stored a newer version since the page was opened."""

    newest: EnrollmentVersion
    changes: tuple[Difference, ...]


def values_of(version: EnrollmentVersion) -> dict[str, Any]:
    """Give a version's plain values."""
    found: dict[str, Any] = json.loads(version.record)
    return found


def read_sent(page: Page, fields: Fields, *, keeps_blank_rows: bool = False) -> Sent:
    """Read the fields of one page."""
    reader = Reader(fields=fields, keeps_blank_rows=keeps_blank_rows)
    specs = specs_of(Enrollment)
    if page.number is not None:
        row = rows_of(specs[page.name]) or Enrollment
        values: dict[str, Any] = {page.name: reader.record(row, (page.name, page.number))}
    else:
        values = {name: reader.value(specs[name], (name,)) for name in page.section.names}
    return Sent(values=values, strangers=reader.strangers())


def laid_over(base: dict[str, Any], page: Page, sent: Sent) -> dict[str, Any]:
    """Return the whole record with this page's fields replaced by what was sent."""
    if page.number is None:
        rest = {name: held for name, held in base.items() if name not in page.section.names}
        given = {name: held for name, held in sent.values.items() if held not in (None, {}, [])}
        return rest | given
    rows = list(base.get(page.name, ()))
    item = _with_id(page.name, sent.values[page.name], rows, page.number)
    return base | {page.name: [*rows[: page.number], item, *rows[page.number + 1 :]]}


def _with_id(name: str, item: dict[str, Any], rows: list[Any], number: int) -> dict[str, Any]:
    """Give an item that others may refer to an id made from its name, if it has none."""
    if name not in ROW_IDS or item.get(ROW_IDS[name][0]):
        return item
    id_name, names = ROW_IDS[name]
    others = [one for place, one in enumerate(rows) if place != number]
    taken = [str(one.get(id_name, "")) for one in others]
    words = " ".join(str(item.get(one) or "") for one in names)
    return {id_name: slug_of(words, taken, f"{name.replace('_', '-')}-{number + 1}"), **item}


def examined(office: Office, values: dict[str, Any], *, draft: bool) -> Examined:
    """Check the whole record with the very rules under which it is stored."""
    stage = Stage.DRAFT if draft else Stage.SUBMIT
    return examine_enrollment(
        values,
        today=office.clock.now().date(),
        stage=stage,
        pso=office.pso,
        unprintable=office.typesetter.unprintable,
    )


def store(
    office: Office, base: EnrollmentVersion, values: dict[str, Any], *, draft: bool, actor: str
) -> Conflict | None:
    """Store the record as the next version after `base`; give the conflict if there is a newer one.

    Sent twice, the second time finds its own version and changes nothing.

    Raises:
        EnrollmentInvalid: every problem at once; nothing is stored.
    """
    with office.ledger.transaction():
        newest = office.ledger.enrollments.latest(base.enrollment_id)
        if newest.version != base.version:
            record = examined(office, values, draft=True).record
            is_ours = sha256_hex(canonical_bytes(record)) == newest.sha256
            return None if is_ours else conflict(office, base, newest)
        enroll(office, values, draft=draft, actor=actor, onto=base.enrollment_id)
    return None


def conflict(office: Office, base: EnrollmentVersion, newest: EnrollmentVersion) -> Conflict:
    """Say what changed between two versions."""
    old, new = (examined(office, values_of(one), draft=True).record for one in (base, newest))
    return Conflict(newest=newest, changes=differences(old, new))


def followed(page: Page, base: dict[str, Any], newest: dict[str, Any]) -> Page:
    """Find the item of a page in a newer version, where it may stand elsewhere.

    One that is gone becomes a new item at the end, so that what was typed is not lost.
    """
    if page.number is None:
        return page
    before, after = base.get(page.name, []), newest.get(page.name, [])
    item = before[page.number] if page.number < len(before) else None
    key = ROW_IDS[page.name][0] if page.name in ROW_IDS else ""
    for place, one in enumerate(after):
        if item is not None and (one == item or (key and one.get(key) == item.get(key))):
            return Page(section=page.section, number=place)
    return Page(section=page.section, number=len(after))


def base_of(office: Office, enrollment_id: str, given: str) -> EnrollmentVersion:
    """Give the version a page was opened on, or the newest if it names none that exists."""
    newest = office.ledger.enrollments.latest(enrollment_id)
    if not (given.isascii() and given.isdecimal()) or int(given[:9]) == newest.version:
        return newest
    try:
        return office.ledger.enrollments.get(enrollment_id, int(given[:9]))
    except NotFound:
        return newest
