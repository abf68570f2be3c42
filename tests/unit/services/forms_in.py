"""Forms as they come back: printed once, filled in by other people's tools, and made hostile."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import BooleanObject, NameObject, TextStringObject

from docgen.domain.enrollment import Stage, examine_enrollment
from docgen.domain.enrollment.answers import gather
from docgen.render.form import Draft, form_page
from docgen.resources import fonts_dir
from docgen.services.spreadsheet_template import workbook
from integrations.typeset.weasyprint.printer import WeasyprintPrinter
from tests.unit.domain.enrollment.samples import TODAY, sample_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docgen.services.form_taken import Taken

TITLE = "RO-ILS enrollment form"
SMALL = {
    "practice.display_name": "Lakeside Radiation Oncology",
    "practice.setting": "government",
    "facilities.1.name": "Lakeside West",
    "facilities.1.address.line1": "1 Lake Street",
    "facilities.1.address.city": "Austin",
    "facilities.1.address.state": "TX",
    "facilities.1.address.postal_code": "78731",
    "contacts.0.given_name": "María",
    "contacts.0.family_name": "Delgado",
    "contacts.0.email": "maria.delgado@example.org",
    "contacts.0.roles.primary": "/on",
}


@cache
def printer() -> WeasyprintPrinter:
    """Return the printer, its fonts read once."""
    return WeasyprintPrinter(fonts_dir())


@cache
def empty_form() -> bytes:
    """Return the form as a practice gets it."""
    return printer().print_form(form_page(Draft(), program="RO-ILS"), title=TITLE)


@cache
def form_of(name: str) -> bytes:
    """Return the form with a sample's values in it."""
    draft = Draft(values=sample_record(name).to_json())
    return printer().print_form(form_page(draft, program="RO-ILS"), title=TITLE)


@cache
def workbook_of(name: str) -> bytes:
    """Return the workbook with a sample's values in it."""
    return workbook(sample_record(name).to_json())


def filled(values: Mapping[str, str], pdf: bytes | None = None) -> bytes:
    """Fill the form in the way pypdf does."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf or empty_form())))
    left = dict(values)
    for page in writer.pages:
        names = {name_of(one.get_object()) for one in page.get("/Annots", ())}
        here = {name: value for name, value in left.items() if name in names}
        writer.update_page_form_field_values(page, here, auto_regenerate=False)
        left = {name: value for name, value in left.items() if name not in here}
    assert not left, f"the form has no field {sorted(left)}"
    return written(writer)


@cache
def small_form() -> bytes:
    """Return the form with only a few fields filled in: `SMALL`."""
    return filled(SMALL)


def changed(change: Callable[[PdfWriter], object], pdf: bytes | None = None) -> bytes:
    """Return the form after a stranger changed it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf or empty_form())))
    change(writer)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    """Return the file a writer makes."""
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def name_of(widget: Any) -> str:
    """Return a field's full name."""
    names = []
    while widget is not None:
        names.append(str(widget.get("/T", "")))
        parent = widget.get("/Parent")
        widget = parent.get_object() if parent is not None else None
    return ".".join(reversed([one for one in names if one]))


def widgets(writer: PdfWriter | PdfReader) -> Iterator[tuple[str, Any]]:
    """List every field with its name, page by page."""
    for page in writer.pages:
        for one in page.get("/Annots", ()):
            widget = one.get_object()
            if widget.get("/Subtype") == "/Widget":
                yield name_of(widget), widget


def set_mark(name: str, value: str) -> Callable[[PdfWriter], None]:
    """Return a change of one hidden field."""

    def change(writer: PdfWriter) -> None:
        for own, widget in widgets(writer):
            if own == name:
                widget[NameObject("/V")] = TextStringObject(value)

    return change


def flatten(writer: PdfWriter) -> None:
    """Flatten the form, as printing to PDF does."""
    writer.remove_annotations(subtypes="/Widget")
    del writer.root_object["/AcroForm"]


def empty_fields(writer: PdfWriter) -> None:
    """Leave a form without a field in it."""
    form: Any = writer.root_object["/AcroForm"]
    form[NameObject("/Fields")].clear()
    form[NameObject("/NeedAppearances")] = BooleanObject(value=False)


def repacked(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return the workbook with parts replaced or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return target.getvalue()


def record_in(taken: Taken) -> dict[str, Any]:
    """Return the record as it is understood from what was taken."""
    values = gather(taken.answers, {}).values
    return examine_enrollment(values, today=TODAY, stage=Stage.DRAFT).record.to_json()


def leaves_in(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """List a record's values by path; the order of words ticked in a list says nothing."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves_in(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for index, one in enumerate(value):
            yield from leaves_in(one, f"{path}[{index}]")
    else:
        yield path, sorted(value) if isinstance(value, list) else value
