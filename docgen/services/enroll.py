"""Enroll: check a form, store it as a version that never changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.domain.canonical import sha256_hex
from docgen.domain.enrollment import (
    Checked,
    Enrollment,
    Reading,
    Stage,
    canonical_bytes,
    parse_enrollment,
    reading_of,
)
from docgen.errors import EnrolledAlready, NotFound
from docgen.ports.ledger import EnrollmentVersion
from docgen.ports.register import MOST_A_PAGE
from docgen.ports.register_query import EnrollmentQuery, Paging
from docgen.services.enrollment_file import read_enrollment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from docgen.domain.pso import PsoSettings
    from docgen.ports.register import EnrollmentLine
    from docgen.services.office import Office

ID_DIGITS = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """What was stored, and what the check had to say about it."""

    version: EnrollmentVersion
    checked: Checked
    is_new: bool


def check(office: Office, raw: object, *, draft: bool) -> Checked:
    """Check an enrollment as `enroll` does, storing nothing.

    Raises:
        EnrollmentInvalid: every problem at once.
    """
    return parse_enrollment(
        raw,
        today=office.clock.now().date(),
        stage=Stage.DRAFT if draft else Stage.SUBMIT,
        pso=office.pso,
        unprintable=office.typesetter.unprintable,
    )


def enroll(
    office: Office, raw: object, *, draft: bool, actor: str, onto: str = "", as_new: bool = False
) -> Enrolled:
    """Check and store an enrollment; the same content again gives the version already stored.

    A record with a `record_id` known here becomes that enrollment's next version, and so does
    whatever is stored `onto` an enrollment by its id. A practice that is stored already is stored
    once more only `as_new`.

    Raises:
        EnrollmentInvalid: every problem at once; nothing is stored.
        NotFound: there is no enrollment to store it onto.
        EnrolledAlready: the practice is stored already, under the enrollment the message names.
    """
    now = office.clock.now()
    checked = check(office, raw, draft=draft)
    record = canonical_bytes(checked.record)
    digest = sha256_hex(record)
    enrollment_id = onto or checked.record.record_id or f"enr_{digest[:ID_DIGITS]}"
    with office.ledger.transaction():
        if onto:
            office.ledger.enrollments.latest(onto)
        latest = _latest(office, enrollment_id)
        if latest is not None and latest.sha256 == digest and (draft or not latest.is_draft):
            return Enrolled(version=latest, checked=checked, is_new=False)
        if latest is None and not as_new:
            _refuse_known(office, checked.record)
        version = EnrollmentVersion(
            enrollment_id=enrollment_id,
            version=latest.version + 1 if latest else 1,
            record=record,
            sha256=digest,
            practice=checked.record.practice.display_name,
            is_draft=draft,
            at=now,
        )
        office.ledger.enrollments.add(version)
        office.note(
            enrollment_id,
            "enrollment.stored",
            actor,
            version=version.version,
            sha256=digest,
            draft=draft,
            warnings=[item.rule for item in checked.warnings],
        )
    return Enrolled(version=version, checked=checked, is_new=True)


def _refuse_known(office: Office, record: Enrollment) -> None:
    """Check that the practice has no enrollment yet, by its name and its entities' EINs.

    Raises:
        EnrolledAlready: a corrected form stored beside it would leave the old text in force.
    """
    name = record.practice.display_name
    known = {line.enrollment_id for line in _found(office, name) if line.practice == name}
    for ein in _eins(record):
        # The search finds a number within longer ones too, so each is compared whole.
        found = {line.enrollment_id for line in _found(office, ein.replace("-", ""))}
        known |= {key for key in found if ein in _eins(_newest(office, key))}
    if known:
        raise EnrolledAlready(min(known))


def _found(office: Office, words: str) -> Sequence[EnrollmentLine]:
    query = EnrollmentQuery(text=words, page=Paging(size=MOST_A_PAGE))
    return office.register.enrollments(query).items if words else ()


def _eins(record: Enrollment) -> frozenset[str]:
    return frozenset(entity.ein for entity in record.legal_entities if entity.ein)


def _newest(office: Office, enrollment_id: str) -> Enrollment:
    return read_version(office.ledger.enrollments.latest(enrollment_id), Stage.DRAFT)


def _latest(office: Office, enrollment_id: str) -> EnrollmentVersion | None:
    try:
        return office.ledger.enrollments.latest(enrollment_id)
    except NotFound:
        return None


def read_version(
    version: EnrollmentVersion, stage: Stage, pso: PsoSettings | None = None
) -> Enrollment:
    """Read a stored version back, checked for what this stage needs.

    Raises:
        EnrollmentInvalid: the record lacks something the stage needs; each by name.
    """
    return read_back(version, pso).checked(stage).record


def read_back(version: EnrollmentVersion, pso: PsoSettings | None = None) -> Reading:
    """Read a stored version as far as today's rules understand it, judged for no step yet."""
    return _reading(version.record, version.at.date(), pso)


# One step asks for the same version several times, and so do the steps that follow at once.
@lru_cache(maxsize=8)
def _reading(record: bytes, day: date, pso: PsoSettings | None) -> Reading:
    return reading_of(read_enrollment(record, suffix=".json"), today=day, pso=pso)
