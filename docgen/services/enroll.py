"""Enroll: check a form, store it as a version that never changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.canonical import sha256_hex
from docgen.domain.enrollment import Checked, Enrollment, Stage, canonical_bytes, parse_enrollment
from docgen.errors import NotFound
from docgen.ports.ledger import EnrollmentVersion
from docgen.services.enrollment_file import read_enrollment

if TYPE_CHECKING:
    from docgen.domain.pso import PsoSettings
    from docgen.services.office import Office

ID_DIGITS = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """What was stored, and what the check had to say about it."""

    version: EnrollmentVersion
    checked: Checked
    is_new: bool


def enroll(office: Office, raw: object, *, draft: bool, actor: str) -> Enrolled:
    """Check and store an enrollment; the same content again gives the version already stored.

    A record with a `record_id` known here becomes that enrollment's next version.

    Raises:
        EnrollmentInvalid: every problem at once; nothing is stored.
    """
    now = office.clock.now()
    stage = Stage.DRAFT if draft else Stage.SUBMIT
    checked = parse_enrollment(raw, today=now.date(), stage=stage, pso=office.pso)
    record = canonical_bytes(checked.record)
    digest = sha256_hex(record)
    enrollment_id = checked.record.record_id or f"enr_{digest[:ID_DIGITS]}"
    with office.ledger.transaction():
        latest = _latest(office, enrollment_id)
        if latest is not None and latest.sha256 == digest and latest.is_draft == draft:
            return Enrolled(version=latest, checked=checked, is_new=False)
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
    raw = read_enrollment(version.record, suffix=".json")
    return parse_enrollment(raw, today=version.at.date(), stage=stage, pso=pso).record
