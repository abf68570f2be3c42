"""The editable copy: what Word finds in it, that it is docxtpl's, and that it refers to nothing."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from docgen.domain.document import Block, BlockKind, Column, Document, Run, Table
from docgen.errors import TemplateInvalid
from docgen.render.docx import render_docx
from docgen.render.shell import build_shell
from tests.documents.rendered import CASES, PROPERTIES, SLUGS, add_part, docx_part, edit_docx, made
from tests.unit.render.making import TEMPLATES, filled, real

NAME = "network-joinder"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STYLE_OF = {
    BlockKind.TITLE: "Title",
    BlockKind.SUBTITLE: "Subtitle",
    BlockKind.ARTICLE: "Heading 1",
    BlockKind.EXHIBIT: "Exhibit",
    BlockKind.SUBHEADING: "Heading 2",
    BlockKind.CLAUSE: "Clause",
    BlockKind.RECITAL: "Recital",
    BlockKind.CONTINUATION: "Continuation",
}


def _opened(slug: str) -> docx.document.Document:
    return docx.Document(io.BytesIO(made(NAME, slug).docx))


def _texts(data: bytes) -> list[str]:
    """Give the words of each paragraph, tables among them, in printed order."""
    root = etree.fromstring(docx_part(data).encode())
    return [
        "".join(
            "\t" if part.tag == f"{W}tab" else "\n" if part.tag == f"{W}br" else part.text or ""
            for part in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br")
            if part.getparent().tag == f"{W}r"
        )
        for paragraph in root.iter(f"{W}p")
    ]


def _stock(document: Document, shell: bytes) -> bytes:
    """Render as docxtpl itself does, with none of our shortcuts."""
    template = DocxTemplate(io.BytesIO(shell))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    template.render({"document": document}, jinja_env=environment, autoescape=True)
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("slug", SLUGS)
def test_the_words_are_those_of_stock_docxtpl(slug: str) -> None:
    """Our compiled shell prints, paragraph by paragraph, what docxtpl prints from the same shell."""
    mine = made(NAME, slug)
    assert _texts(mine.docx) == _texts(_stock(mine.document, mine.template.shell))
    assert len(_texts(mine.docx)) > 150


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_word_could_open_it(name: str, slug: str) -> None:
    """python-docx opens every sample's file and finds its title."""
    word = docx.Document(io.BytesIO(made(name, slug).docx))
    assert word.paragraphs[0].text == made(name, slug).document.title


@pytest.mark.parametrize("slug", SLUGS)
def test_each_block_has_its_own_style(slug: str) -> None:
    """Every block stands in the style of its kind: real headings, hanging numbers."""
    expected = [
        STYLE_OF.get(block.kind, f"Item {block.level}")
        for block in made(NAME, slug).document.blocks
        if block.kind in STYLE_OF or block.kind is BlockKind.ITEM
    ]
    ours = {*STYLE_OF.values(), "Item 1", "Item 2", "Item 3"}
    found = [
        paragraph.style.name
        for paragraph in _opened(slug).paragraphs
        if paragraph.style is not None and paragraph.style.name in ours
    ]
    assert found == expected


def test_headings_are_headings() -> None:
    """Word's own outline sees articles, exhibits and subheadings; they stay with what follows."""
    word = _opened("psa")
    styles = word.styles
    for name in ("Heading 1", "Heading 2", "Exhibit", "Title"):
        assert styles[name].paragraph_format.keep_with_next
    assert styles["Exhibit"].base_style.name == "Heading 1"
    assert not styles["Exhibit"].paragraph_format.page_break_before  # exhibits run on
    assert styles["Clause"].paragraph_format.first_line_indent < 0
    levels = etree.fromstring(docx_part(made(NAME, "psa").docx, "word/styles.xml").encode())
    outlined = {
        style.get(f"{W}styleId")
        for style in levels.iter(f"{W}style")
        if style.find(f"{W}pPr/{W}outlineLvl") is not None
    }
    assert {"Heading1", "Heading2"} <= outlined


@pytest.mark.parametrize("slug", SLUGS)
def test_tables_hold_together(slug: str) -> None:
    """Heading rows repeat on each page, no row is divided, widths fill the measure."""
    blocks = [block.table for block in made(NAME, slug).document.blocks if block.table]
    word = _opened(slug)
    section = word.sections[0]
    edges = (section.page_width, section.left_margin, section.right_margin)
    width, left, right = (edge or 0 for edge in edges)
    measure = width - left - right
    tables = [table for table in word.tables if table._tbl.find(f".//{W}tblHeader") is not None]
    assert len(tables) == len(blocks)
    for table, block in zip(tables, blocks, strict=True):
        assert all(row._tr.find(f".//{W}cantSplit") is not None for row in table.rows)
        assert len(table.columns) == len(block.columns)
        assert len(table.rows) == 1 + len(block.rows)
        widths = [cell.width for cell in table.rows[-1].cells]
        assert [column.width for column in table.columns] == widths
        assert measure - 10_000 < sum(widths) <= measure


@pytest.mark.parametrize("slug", SLUGS)
def test_a_signature_panel_is_never_divided(slug: str) -> None:
    """Each panel's lines stay together, from the party's name to the last blank."""
    panels = made(NAME, slug).document.panels
    word = _opened(slug)
    tables = [table for table in word.tables if table.cell(0, 0).text == "Signature"]
    assert len(tables) == len(panels)
    for table, panel in zip(tables, panels, strict=True):
        above = table._tbl.getprevious()
        kept = []
        for _ in range(3):
            kept.append("".join(part.text or "" for part in above.findall(f"{W}r/{W}t")))
            assert above.find(f"{W}pPr/{W}keepNext") is not None
            above = above.getprevious()
        assert kept == [panel.meaning, panel.capacity, panel.party]
        for row in table.rows[:-1]:
            assert all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells)


def test_every_page_has_its_frame() -> None:
    """Header and footer carry title, mark, control line and Word's own page numbers."""
    document, section = made(NAME, "psa").document, _opened("psa").sections[0]
    assert section.header.paragraphs[0].text == f"{document.running_title}\t{document.mark}"
    assert section.footer.paragraphs[0].text == f"{document.control_line}\tPage 1 of 1"
    footer = docx_part(made(NAME, "psa").docx, "word/footer1.xml")
    assert re.findall(r"<w:instrText[^>]*> (\w+) </w:instrText>", footer) == ["PAGE", "NUMPAGES"]


def test_a_redline_finds_its_round() -> None:
    """Packet, version and round lie in the custom properties; dates are the document's."""
    data = made(NAME, "psa").docx
    custom = etree.fromstring(docx_part(data, "docProps/custom.xml").encode())
    assert {item.get("name"): "".join(item.itertext()) for item in custom} == PROPERTIES
    core = docx.Document(io.BytesIO(data)).core_properties
    assert core.title == made(NAME, "psa").document.title
    assert (core.created, core.modified) == (core.created, core.created)
    assert str(core.created).startswith("2026-11-23 00:00:00")


@pytest.mark.parametrize("slug", SLUGS)
def test_it_refers_to_nothing_and_runs_nothing(slug: str) -> None:
    """No external relationship, macro, embedded object, document type; every date is the same."""
    with zipfile.ZipFile(io.BytesIO(made(NAME, slug).docx)) as archive:
        names = archive.namelist()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        whole = b"".join(archive.read(name) for name in names)
        assert archive.testzip() is None
    assert len(names) == len(set(names))
    for trace in (
        b'TargetMode="External"',
        b"<!DOCTYPE",
        b"{{",
        b"{%",
        b"file:",
        b"attachedTemplate",
    ):
        assert trace not in whole
    assert not [name for name in names if name.endswith((".bin", ".vml", ".emf"))]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_released_shells_are_what_the_program_makes(slug: str) -> None:
    """`python -m docgen.render.shell` makes the released shells, byte for byte."""
    assert (TEMPLATES / slug / "1.0.0" / "shell.docx").read_bytes() == build_shell()


LITERAL = st.text(
    alphabet=st.characters(
        categories=("L", "M", "N", "P", "S"), include_characters=" <>&\"'{}%#*_[]\\|~$^"
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(LITERAL, LITERAL)
def test_any_text_comes_back_as_it_went_in(text: str, cell: str) -> None:
    """Whatever a run or a cell holds is in the file, whole, and the file is well-formed."""
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, runs=(Run(text=text, bold=True),)),
        Block(
            kind=BlockKind.TABLE,
            table=Table(caption="", columns=(Column(heading="A", width=1),), rows=((cell,),)),
        ),
    )
    tiny = filled("preamble: [{id: tiny.a, text: a}]")
    document = Document(
        **{
            **{name: getattr(tiny, name) for name in tiny.__dataclass_fields__},
            "blocks": blocks,
            "running_title": text,
            "control_line": cell,
        }
    )
    data = render_docx(document, real("psa").shell, properties={"packet": text})
    found = _texts(data)
    assert text in found
    assert cell in found
    assert text in "".join(
        etree.fromstring(docx_part(data, "word/header1.xml").encode()).itertext()
    )
    assert text in "".join(
        etree.fromstring(docx_part(data, "docProps/custom.xml").encode()).itertext()
    )


def _shell(change_from: str, change_to: str) -> bytes:
    return edit_docx(real("psa").shell, lambda xml: xml.replace(change_from, change_to, 1))


@pytest.mark.parametrize(
    "shell",
    [
        b"",
        b"PK\x03\x04 no",
        add_part(real("psa").shell, "word/vbaProject.bin", b"x"),
        add_part(real("psa").shell, "word/embeddings/a.bin", b"x"),
        add_part(real("psa").shell, "word/_rels/x.rels", b'<a TargetMode="External"/>'),
        _shell("<w:body>", "<!DOCTYPE a><w:body>"),
        _shell("{{ block.number }}", "{{ block.__class__ }}"),
        _shell("{{ block.number }}", "{{ ''.__class__.__mro__ }}"),
        _shell("{{ block.number }}", "{{ cycler.__init__.__globals__ }}"),
        _shell("{{ block.number }}", "{{ document.attachment.data }}"),
        _shell("{{ block.number }}", "{{ block.nothing }}"),
        _shell("{{ block.number }}", "{{ unknown }}"),
        _shell("{{ block.number }}", "{{ block.number | attr('x') }}"),
        _shell("{{ block.number }}", "{{ block.number | safe }}"),
        _shell("{{ block.number }}", "{{ block['number'] }}"),
        _shell("{{ block.number }}", "{% include 'x' %}"),
        _shell("{{ block.number }}", "{{ 9 ** 9 ** 9 }}{% if %}"),
    ],
    ids=range(17),
)
def test_a_hostile_shell_is_refused(shell: bytes) -> None:
    """A shell is a template too: one that is broken, or reads more than a document's fields, is refused."""
    with pytest.raises(TemplateInvalid, match=r"shell\.docx"):
        render_docx(made(NAME, "psa").document, shell, properties={})


@pytest.mark.parametrize("at", [0, 1, 40, 900])
def test_a_shell_with_one_byte_damaged_is_refused(at: int) -> None:
    """In the packed bytes of its text, where the unpacker stumbles before any check sum is compared."""
    shell = bytearray(real("psa").shell)
    with zipfile.ZipFile(io.BytesIO(shell)) as archive:
        part = archive.getinfo("word/document.xml")
    begins = part.header_offset + 30 + len(part.filename)
    shell[begins + at] ^= 0xFF
    with pytest.raises(TemplateInvalid, match=r"shell\.docx, is not a Word file"):
        render_docx(made(NAME, "psa").document, bytes(shell), properties={})
