"""Versions: what changed between two of one practice's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.differences import differences
from docgen.services.enroll import read_back

if TYPE_CHECKING:
    from docgen.domain.enrollment.differences import Difference
    from docgen.services.office import Office


def what_changed(office: Office, enrollment_id: str, old: int, new: int) -> tuple[Difference, ...]:
    """List every field that differs between two versions, in the form's order.

    Raises:
        NotFound: the enrollment has no version of this number.
    """
    before, after = (
        read_back(office.ledger.enrollments.get(enrollment_id, number), office.pso).record
        for number in (old, new)
    )
    return differences(before, after)
