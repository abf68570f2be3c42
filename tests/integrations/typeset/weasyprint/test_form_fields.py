"""The printed form: fields any viewer fills in, for the keyboard and for those who do not see it."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pypdf
import pypdfium2
import pytest

from docgen.errors import RenderRefused
from docgen.resources import fonts_dir
from integrations.typeset.weasyprint.form import ANSWER_FACE, AnswerFace
from integrations.typeset.weasyprint.printer import WeasyprintPrinter
from tests.contracts.pdf_reading import findings

PAGE = """<!doctype html><html lang="en"><head><title>t</title></head><body>
<h1>A form</h1>
<p><input type="text" class="mark" name="form.id" title="form.id" value="x"></p>
<p>Name <input type="text" name="a.0.name" title="The name" maxlength="40" value="{value}"></p>
<p>Kind <select name="a.0.kind" title="The kind"><option value=""></option>
<option value="one" selected>The first</option><option value="two">The second</option></select></p>
<p><input type="checkbox" name="a.1.yes" title="Yes or no" checked> Yes</p>
<p><textarea name="b" title="Text" maxlength="200">One two\nthree</textarea></p>
</body></html>"""


@cache
def printer() -> WeasyprintPrinter:
    """Return a printer."""
    return WeasyprintPrinter(fonts_dir())


@cache
def printed(value: str = "Müller") -> bytes:
    """Print the small form."""
    return printer().print_form(PAGE.replace("{value}", value).encode(), title="A form")


def reader(pdf: bytes) -> pypdf.PdfReader:
    """Open a file."""
    return pypdf.PdfReader(io.BytesIO(pdf))


def widgets(pdf: bytes) -> list[Any]:
    """Return the fields in the order the tab key goes through them."""
    page: Any = reader(pdf).pages[0]
    assert page["/Tabs"] == "/S"
    return [one.get_object() for one in page["/Annots"]]


def test_names_are_paths_made_of_pieces() -> None:
    """The full name is the record's path; no piece of it holds a dot, as PDF asks."""
    fields = reader(printed()).get_fields()
    assert fields is not None
    assert {"form.id", "a.0.name", "a.0.kind", "a.1.yes", "b"} <= set(fields)
    assert all("." not in str(one["/T"]) for one in widgets(printed()))


def test_values_come_with_the_form() -> None:
    """Text, the word behind the line chosen, a tick."""
    fields: Any = reader(printed()).get_fields()
    values = {name: one.get("/V") for name, one in fields.items() if "/V" in one}
    assert values == {
        "form.id": "x", "a.0.name": "Müller", "a.0.kind": "one", "a.1.yes": "/on", "b": "One two\nthree",
    }  # fmt: skip


def test_viewers_draw_the_fields_and_need_not() -> None:
    """Each field has an appearance of its own, and viewers are asked to draw it anew."""
    root: Any = reader(printed()).trailer["/Root"]
    form = root["/AcroForm"]
    assert form["/NeedAppearances"]
    for one in widgets(printed()):
        assert one["/AP"]["/N"]
        left, bottom, right, top = one["/Rect"]
        assert left < right
        assert bottom < top
    tick = widgets(printed())[3]
    assert set(tick["/AP"]["/N"]) == {"/on", "/Off"}


def test_answers_are_typed_in_an_embedded_font_of_single_letters() -> None:
    """A font viewers can type in: simple, embedded, with the letters of Western Europe."""
    root: Any = reader(printed()).trailer["/Root"]
    form = root["/AcroForm"]
    font = form["/DR"]["/Font"]["/Answer"]
    assert (font["/Subtype"], font["/Encoding"]) == ("/TrueType", "/WinAnsiEncoding")
    assert font["/FontDescriptor"]["/FontFile2"].get_data()[:4] == b"\0\1\0\0"
    assert len(font["/Widths"]) == 224
    assert all("/Answer" in str(one["/DA"]) for one in widgets(printed()) if one["/FT"] != "/Btn")


def test_the_marks_are_there_but_hidden_and_not_to_be_changed() -> None:
    """What identifies the form is no field to fill in."""
    mark, *others = widgets(printed())
    assert (mark["/F"], mark["/Ff"]) == (2, 1)
    assert all(one["/F"] == 4 for one in others)


def test_a_screen_reader_says_what_belongs_where() -> None:
    """Every field has words of its own, and the file passes the validator for PDF/UA-1."""
    tips = [str(one["/TU"]) for one in widgets(printed())]
    assert tips == ["form.id", "The name", "The kind", "Yes or no", "Text"]
    assert findings(printed(), "pdfua-1") == []


def test_the_form_holds_no_action_and_no_script() -> None:
    """Nothing in it does anything."""
    assert not any({"/A", "/AA"} & set(one) for one in widgets(printed()))
    root: Any = reader(printed()).trailer["/Root"]
    assert not {"/OpenAction", "/AA"} & set(root)


def test_the_same_form_gives_the_same_bytes() -> None:
    """No clock and no randomness get in."""
    assert printer().print_form(PAGE.encode(), title="t") == printer().print_form(
        PAGE.encode(), title="t"
    )


def test_a_value_in_any_script_is_kept() -> None:
    """What the font of the answers cannot show, the viewer shows with its own."""
    fields: Any = reader(printed("例 مثال")).get_fields()
    assert fields["a.0.name"]["/V"] == "例 مثال"


def test_what_is_written_is_seen_in_the_browser_s_viewer() -> None:
    """PDFium draws the value into the box."""

    def ink(pdf: bytes) -> int:
        document = pypdfium2.PdfDocument(pdf)
        document.init_forms()
        page = document[0]
        picture = page.render(scale=1, may_draw_forms=True).to_pil().convert("L")
        page.close()
        document.close()
        return sum(picture.histogram()[:100])

    assert ink(printed("MMMMMMMMMMMM")) > ink(printed("")) + 100


def test_two_fields_of_one_name_are_refused() -> None:
    """Both would show one value."""
    page = PAGE.replace('name="b"', 'name="a.0.name"')
    with pytest.raises(RenderRefused, match="two fields named"):
        printer().print_form(page.encode(), title="t")


def test_nothing_outside_the_form_is_fetched() -> None:
    """A form that refers to something else is refused."""
    page = PAGE.replace("</body>", '<img src="file:///etc/hostname" alt="x"></body>')
    with pytest.raises(RenderRefused):
        printer().print_form(page.encode(), title="t")


def test_long_answers_are_broken_into_lines() -> None:
    """The appearance of a box with several lines keeps within its width."""
    face = AnswerFace((fonts_dir() / ANSWER_FACE).read_bytes())
    look = face.look("word " * 40, 100, 60, many_lines=True)
    assert look.count(b" Tj") > 5
    assert face.look("(a\\)", 100, 12, many_lines=False).count(b"\\(a\\\\\\)") == 1
    assert b"Tj" not in face.look("例", 100, 12, many_lines=False)
