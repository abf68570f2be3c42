"""Forms to take along: PDF, workbook and CSV, blank or filled in so far."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from docgen.errors import InputError, NotFound
from docgen.render.form import form_digest
from docgen.services.form import print_form
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.ports.ledger import EnrollmentVersion
    from docgen.services.office import Office

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
def blank(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand over a blank form."""
    return handed_over(kind, form_of(office_of(request), kind, None))


@require_safe
def draft(request: HttpRequest, enrollment_id: str, kind: str) -> HttpResponse:
    """Hand over a practice's form as far as it is filled in."""
    office = office_of(request)
    newest = office.ledger.enrollments.latest(enrollment_id)
    try:
        return handed_over(kind, form_of(office, kind, newest))
    except InputError as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:enrollment-form", enrollment_id=enrollment_id)


def form_of(office: Office, kind: str, version: EnrollmentVersion | None) -> bytes:
    """Make a form of this kind, or raise `NotFound`; the blank PDF is made once."""
    if kind == "pdf":
        return print_form(office, version) if version else _blank_pdf(_Same(office), form_digest())
    # What writes workbooks takes 14 MB, which a site that nobody asks for one need not spend.
    from docgen.services.spreadsheet_template import blank_csv, draft_workbook

    if kind == "xlsx":
        return draft_workbook(version)
    if kind == "csv" and version is None:
        return blank_csv()
    raise NotFound("There is no form of this kind.")


class _Same:
    """An office that does not tell one cached call from another."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=1)
def _blank_pdf(same: _Same, digest: str) -> bytes:  # noqa: ARG001 - a new form makes a new one
    return print_form(same.office, None)


def handed_over(kind: str, data: bytes) -> HttpResponse:
    """Answer with a file to save."""
    response = HttpResponse(data, content_type=TYPES[kind])
    name = f"enrollment-form.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
