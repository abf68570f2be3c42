"""The equality gate: what a Word file or a page could hide from a person is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.documents.gatekeeper import NAME, SLUG, refusal
from tests.documents.rendered import add_part, docx_part, edit_docx, made

if TYPE_CHECKING:
    from collections.abc import Callable


# -- DOCX: what a reader of the file would not see -----------------------------------------------


def _first_run(properties: str) -> Callable[[str], str]:
    """Give the first run of a clause other properties."""
    return lambda xml: re.sub(
        r'(<w:pStyle w:val="Clause"/></w:pPr>.*?<w:r>)(?:<w:rPr>.*?</w:rPr>|<w:rPr/>)?',
        rf"\1<w:rPr>{properties}</w:rPr>",
        xml,
        count=1,
        flags=re.DOTALL,
    )


def _end(more: str) -> Callable[[str], str]:
    """Put something before the last section's properties."""
    return lambda xml: re.sub(r"(.*)(<w:sectPr)", rf"\1{more}\2", xml, count=1, flags=re.DOTALL)


_WORDS = "<w:r><w:t>Or not.</w:t></w:r>"
DOCX_ATTACKS: dict[str, Callable[[str], str]] = {
    "hidden text": _first_run("<w:vanish/>"),
    "text hidden on the web": _first_run("<w:webHidden/>"),
    "text hidden specially": _first_run("<w:specVanish/>"),
    "white text": _first_run('<w:color w:val="FFFFFF"/>'),
    "nearly white text": _first_run('<w:color w:val="FAFAFA"/>'),
    "a font of one point": _first_run('<w:sz w:val="2"/>'),
    "deleted words": _end("<w:p><w:del><w:r><w:delText>Or not.</w:delText></w:r></w:del></w:p>"),
    "a deletion marked": lambda xml: re.sub(
        r'(<w:pStyle w:val="Clause"/></w:pPr>)(<w:r>.*?</w:r>)',
        r"\1<w:del>\2</w:del>",
        xml,
        count=1,
    ),
    "inserted words": lambda xml: re.sub(
        r'(<w:pStyle w:val="Clause"/></w:pPr>)(<w:r>.*?</w:r>)',
        r"\1<w:ins>\2</w:ins>",
        xml,
        count=1,
    ),
    "a text box": _end(
        f"<w:p><w:r><w:pict><w:txbxContent><w:p>{_WORDS}</w:p></w:txbxContent></w:pict></w:r></w:p>"
    ),
    "a field": _end('<w:p><w:fldSimple w:instr=" AUTHOR "/></w:p>'),
    "a field in parts": _end("<w:p><w:r><w:instrText> AUTHOR </w:instrText></w:r></w:p>"),
    "a footnote": _end('<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'),
    "a comment": _end('<w:p><w:r><w:commentReference w:id="0"/></w:r></w:p>'),
    "a symbol": _end('<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>'),
    "an automatic number": lambda xml: xml.replace(
        '<w:pStyle w:val="Clause"/>',
        '<w:pStyle w:val="Clause"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>',
        1,
    ),
    "content from another file": _end('<w:altChunk xmlns:r="urn:x" r:id="rId9"/>'),
    "words at the end": _end(f"<w:p>{_WORDS}</w:p>"),
    "no header": lambda xml: re.sub(r"<w:headerReference[^>]*/>", "", xml),
    "no footer": lambda xml: re.sub(r"<w:footerReference[^>]*/>", "", xml),
    "not well-formed": lambda xml: xml.replace("</w:body>", "", 1),
    "a document type": lambda xml: xml.replace(
        "<w:document", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><w:document', 1
    ),
}


@pytest.mark.parametrize("attack", DOCX_ATTACKS)
def test_what_a_word_file_could_hide_isrefusal(attack: str) -> None:
    """Each way to hide or add words in the body is refused."""
    assert "DOCX" in refusal(docx=edit_docx(made(NAME, SLUG).docx, DOCX_ATTACKS[attack]))


@pytest.mark.parametrize(
    ("style", "property_"),
    [("Clause", "<w:vanish/>"), ("Normal", '<w:color w:val="FFFFFF"/>'), ("Item1", "<w:vanish/>")],
)
def test_a_style_that_hides_isrefusal(style: str, property_: str) -> None:
    """Words hidden by their style, or by the style it is based on, are refused."""

    def hide(xml: str) -> str:
        return re.sub(
            rf'(<w:style [^>]*w:styleId="{style}"[^>]*>.*?)(</w:style>)',
            rf"\1<w:rPr>{property_}</w:rPr>\2",
            xml,
            count=1,
            flags=re.DOTALL,
        )

    good = made(NAME, SLUG).docx
    assert "DOCX" in refusal(docx=edit_docx(good, hide, "word/styles.xml"))


def test_another_header_isrefusal() -> None:
    """A header that says something else than the document is refused."""
    good = made(NAME, SLUG).docx

    def change(xml: str) -> str:
        return xml.replace(made(NAME, SLUG).document.running_title, "Draft", 1)

    assert "header" in refusal(docx=edit_docx(good, change, "word/header1.xml"))


@pytest.mark.parametrize("part", ["word/header1.xml", "word/footer1.xml"])
def test_more_around_a_word_files_text_is_refused(part: str) -> None:
    """Attack: everything that should be in header and footer is, and a word beside it."""

    def change(xml: str) -> str:
        return xml.replace("</w:p>", "<w:r><w:t> void</w:t></w:r></w:p>", 1)

    assert "more around its text" in refusal(docx=edit_docx(made(NAME, SLUG).docx, change, part))


def test_more_around_a_pages_text_is_refused() -> None:
    """The reading view likewise."""
    assert "more around its text" in refusal(html=_html("</footer>", "<p>Void.</p></footer>"))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("word/vbaProject.bin", b"x"),
        ("word/_rels/settings.xml.rels", b'<Relationships TargetMode="External"/>'),
        ("word/document.xml", b"<x/>"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_foreign_part_isrefusal(name: str, part: bytes) -> None:
    """Macros, links to the outside and a second body are refused."""
    assert "DOCX" in refusal(docx=add_part(made(NAME, SLUG).docx, name, part))


# -- HTML ----------------------------------------------------------------------------------------


def _html(old: str, new: str) -> bytes:
    page = made(NAME, SLUG).html.decode()
    assert old in page
    return page.replace(old, new, 1).encode()


HTML_ATTACKS = {
    "a style on an element": ('<p class="clause"', '<p style="display:none" class="clause"'),
    "hidden": ('<p class="clause"', '<p hidden class="clause"'),
    "hidden from assistive technology": (
        '<p class="clause"',
        '<p aria-hidden="true" class="clause"',
    ),
    "inert": ('<p class="clause"', '<p inert class="clause"'),
    "a style sheet of its own": ("</style>", ".clause{display:none}</style>"),
    "a second style sheet": ("</head>", "<style>.clause{display:none}</style></head>"),
    "a linked style sheet": ("</head>", '<link rel="stylesheet" href="a.css"></head>'),
    "a style sheet in the body": ("</main>", "<style>p{display:none}</style></main>"),
    "script": ("</main>", "<script>document.body.remove()</script></main>"),
    "a handler": ("<h1", '<h1 onclick="x()"'),
    "a template": ("<h1", "<template><p>a</p></template><h1"),
    "details": ('<p class="clause"', '<details><p>x</p></details><p class="clause"'),
    "an image": ("</main>", '<img src="data:," alt="Or not."></main>'),
    "a picture of words": ("</main>", "<svg><text>Or not.</text></svg></main>"),
    "an input": ("</main>", '<input value="Or not."></main>'),
    "a frame": ("</main>", '<iframe srcdoc="x"></iframe></main>'),
    "a base address": ("</head>", '<base href="https://example.org"></head>'),
    "a refresh": ("</head>", '<meta http-equiv="refresh" content="0;url=x"></head>'),
    "right to left": ("<h1", '<h1 dir="rtl"'),
    "an element nobody knows": ("</main>", "<x-words>Or not.</x-words></main>"),
    "words after the text": ("</main>", "</main><p>Or not.</p>"),
    "loose words": ("</main>", "</main>Or not."),
    "words before the text": ("<main>", "Or not.<main>"),
    "words at the end": ("</main>", "<p>Or not.</p></main>"),
    "a second text": ("</main>", "</main><main><p>Or not.</p></main>"),
    "a word entity": (" shall ", " shall&#8203;not "),
    "a comment in the text": ("</main>", "<!-- Or not. --></main>"),
    "the control line dropped": ("<footer>", "<footer hidden>"),
    "main hidden": ("<main>", "<main hidden>"),
    "body hidden": ("<body>", '<body style="display:none">'),
}


@pytest.mark.parametrize("attack", HTML_ATTACKS)
def test_what_a_page_could_hide_isrefusal(attack: str) -> None:
    """Each way to hide, add or change words of the reading view is refused."""
    assert "HTML" in refusal(html=_html(*HTML_ATTACKS[attack]))


def test_a_class_cannot_hide() -> None:
    """A clause moved to another class is still seen, or refused: no class of ours hides words."""
    from docgen.render.html import stylesheet

    hiding = r"display:\s*none|visibility|opacity|font-size:\s*0|content:|clip|position:|:\s*-\d{3}"
    assert not re.search(hiding, stylesheet())
    assert "url(" not in stylesheet()
    assert "@import" not in stylesheet()


def test_the_words_reach_the_gate() -> None:
    """The fixtures hold what the attacks change, so that no attack is idle."""
    assert '<w:pStyle w:val="Clause"/></w:pPr><w:r>' in docx_part(made(NAME, SLUG).docx)
