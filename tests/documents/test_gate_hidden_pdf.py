"""The equality gate: what a PDF could hide from a person is refused."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

import pypdf
import pytest
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    PdfObject,
    TextStringObject,
)

from docgen.render.gate import check
from tests.documents.gatekeeper import NAME, SLUG, refusal
from tests.documents.rendered import made, pdf_of

if TYPE_CHECKING:
    from collections.abc import Callable


# -- PDF: what a person would not see ------------------------------------------------------------


def _pdf(change: Callable[[pypdf.PdfWriter], None]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of(NAME, SLUG)))
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _content(change: Callable[[bytes], bytes]) -> Callable[[pypdf.PdfWriter], None]:
    """Change the first page's drawing instructions."""

    def apply(writer: pypdf.PdfWriter) -> None:
        page = writer.pages[0]
        contents = page.get_contents()
        assert contents is not None
        before = contents.get_data()
        after = change(before)
        assert after != before
        stream = DecodedStreamObject()
        stream.set_data(after)
        page[NameObject("/Contents")] = writer._add_object(stream)

    return apply


def _again(page: int) -> Callable[[pypdf.PdfWriter], None]:
    def apply(writer: pypdf.PdfWriter) -> None:
        writer.insert_page(writer.pages[page], 1)

    return apply


def _attach(writer: pypdf.PdfWriter) -> None:
    writer.add_attachment("more.txt", b"Or not.")


def _annotate(writer: pypdf.PdfWriter) -> None:
    writer.add_annotation(0, FreeText(text="Or not.", rect=(100, 100, 300, 200)))


def _script(writer: pypdf.PdfWriter) -> None:
    action = DictionaryObject()
    action[NameObject("/S")] = NameObject("/JavaScript")
    action[NameObject("/JS")] = TextStringObject("app.alert('Or not.')")
    writer.root_object[NameObject("/OpenAction")] = action


def _resources(writer: pypdf.PdfWriter, kind: str, name: str, thing: PdfObject) -> None:
    """Give the first page a resource of its own."""
    resources = cast("DictionaryObject", writer.pages[0]["/Resources"].get_object())
    entries = (
        cast("DictionaryObject", resources[kind].get_object())
        if kind in resources
        else DictionaryObject()
    )
    entries[NameObject(name)] = writer._add_object(thing)
    resources[NameObject(kind)] = entries
    writer.pages[0][NameObject("/Resources")] = resources


def _see_through(writer: pypdf.PdfWriter) -> None:
    state = DictionaryObject({NameObject("/ca"): FloatObject("0.01")})
    _resources(writer, "/ExtGState", "/Thin", state)
    _content(lambda data: b"/Thin gs\n" + data)(writer)


def _form(writer: pypdf.PdfWriter) -> None:
    form = DecodedStreamObject()
    form.set_data(b"0 0 10 10 re f")
    form[NameObject("/Type")], form[NameObject("/Subtype")] = (
        NameObject("/XObject"),
        NameObject("/Form"),
    )
    form[NameObject("/BBox")] = ArrayObject([FloatObject(0)] * 2 + [FloatObject(10)] * 2)
    _resources(writer, "/XObject", "/More", form)
    _content(lambda data: data + b"\nq /More Do Q")(writer)


def _field(writer: pypdf.PdfWriter) -> None:
    widget = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): TextStringObject("more"),
            NameObject("/V"): TextStringObject("Or not."),
            NameObject("/Rect"): ArrayObject([FloatObject(edge) for edge in (9, 9, 99, 99)]),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(widget)])


def _layers(writer: pypdf.PdfWriter) -> None:
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject()


PDF_ATTACKS: dict[str, Callable[[pypdf.PdfWriter], None]] = {
    "invisible letters": _content(lambda data: data.replace(b"0 Tr", b"3 Tr", 1)),
    "outlined letters": _content(lambda data: data.replace(b"0 Tr", b"1 Tr", 1)),
    "white letters": _content(lambda data: data.replace(b" cs 0 scn", b" cs 1 scn", 1)),
    "see-through letters": _see_through,
    "letters off the page": _content(lambda data: b"1 0 0 1 3000 0 cm\n" + data),
    "tiny letters": _content(lambda data: b".01 0 0 .01 300 300 cm\n" + data),
    "a white box over the text": _content(
        lambda data: b"q\n" + data + b"\nQ\nq 1 1 1 rg 0 100 600 500 re f Q"
    ),
    "a picture": _content(
        lambda data: data + b"\nq 200 0 0 50 100 300 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q"
    ),
    "a page dropped": lambda writer: writer.remove_page(2),
    "a page doubled": _again(1),
    "pages swapped": _again(2),
    "a note": _annotate,
    "a file attached": _attach,
    "a script": _script,
    "words in another form": _form,
    "a text field": _field,
    "layers": _layers,
}


def test_a_rewritten_pdf_passes() -> None:
    """The control: the same file written by another program, nothing changed, passes."""
    good = made(NAME, SLUG)
    check(good.document, docx=good.docx, html=good.html, pdf=_pdf(lambda _: None))


@pytest.mark.parametrize("attack", PDF_ATTACKS)
def test_what_a_pdf_could_hide_isrefusal(attack: str) -> None:
    """Each way to hide, cover or add words on a page is refused."""
    message = refusal(pdf=_pdf(PDF_ATTACKS[attack]))
    assert "PDF" in message
