"""Forms to take along: the PDF, workbook and CSV, blank or filled in so far."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from docgen.web.api.refusals import gives, refusals
from docgen.web.desk.enrollments.blanks import TYPES, form_of, handed_over
from docgen.web.site import office_of

router = Router(tags=["enrollments"])


@router.get(
    "/forms/{str:kind}",
    response={200: bytes, **refusals(404)},
    url_name="form",
    openapi_extra=gives(*TYPES.values()),
)
def blank(request: HttpRequest, kind: str) -> HttpResponse:
    """Fetch a blank form: `pdf`, `xlsx` or `csv`."""
    return handed_over(kind, form_of(office_of(request), kind, None))


@router.get(
    "/enrollments/{str:enrollment_id}/form/{str:kind}",
    response={200: bytes, **refusals(404)},
    url_name="enrollment-form",
    openapi_extra=gives(TYPES["pdf"], TYPES["xlsx"]),
)
def draft(request: HttpRequest, enrollment_id: str, kind: str) -> HttpResponse:
    """Fetch a practice's form as far as it is filled in: `pdf` or `xlsx`."""
    office = office_of(request)
    newest = office.ledger.enrollments.latest(enrollment_id)
    return handed_over(kind, form_of(office, kind, newest))
