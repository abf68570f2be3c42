"""Versions: what changed between two of one practice's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment import Stage, examine_enrollment
from docgen.domain.enrollment.differences import differences
from docgen.services.enrollment_file import read_enrollment

if TYPE_CHECKING:
    from docgen.domain.enrollment import Enrollment
    from docgen.domain.enrollment.differences import Difference
    from docgen.ports.ledger import EnrollmentVersion
    from docgen.services.office import Office


def what_changed(office: Office, enrollment_id: str, old: int, new: int) -> tuple[Difference, ...]:
    """List every field that differs between two versions, in the form's order.

    Raises:
        NotFound: the enrollment has no version of this number.
    """
    get = office.ledger.enrollments.get
    return differences(
        _read(office, get(enrollment_id, old)), _read(office, get(enrollment_id, new))
    )


def _read(office: Office, version: EnrollmentVersion) -> Enrollment:
    """Read a stored version as far as today's rules understand it."""
    values = read_enrollment(version.record, suffix=".json")
    return examine_enrollment(
        values, today=version.at.date(), stage=Stage.DRAFT, pso=office.pso
    ).record
