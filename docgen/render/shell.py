"""Build the Word shell of a template: styles, header, footer, and one example of each block.

The shell is an ordinary docxtpl template: counsel may open it in Word and restyle it. It is built once
per template version (`python -m docgen.render.shell FILE`) and then lies in the version's folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document as new_document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

from docgen.domain.document import PANEL_LABELS

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph

FACE = "Georgia"
BODY_PT = 10.5


def build_shell(target: Path) -> None:
    """Write the shell as a `.docx` file."""
    word = new_document()
    _page(word)
    _styles(word)
    _header_and_footer(word)
    _body(word)
    word.save(str(target))


def _page(word: WordDocument) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(1.15)
    section.top_margin = section.bottom_margin = Inches(1)


def _styles(word: WordDocument) -> None:
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = FACE, Pt(BODY_PT)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    normal.paragraph_format.widow_control = True
    for name, size, before in (("Title", 18, 0), ("Heading 1", 12.5, 16), ("Heading 2", 11, 10)):
        style = word.styles[name]
        style.font.name, style.font.size, style.font.bold = FACE, Pt(size), True
        style.font.color.rgb = RGBColor(0x1B, 0x1F, 0x24)
        style.element.rPr.rFonts.set(qn("w:asciiTheme"), "")
        style.element.rPr.rFonts.attrib.pop(qn("w:asciiTheme"), None)
        style.element.rPr.rFonts.attrib.pop(qn("w:hAnsiTheme"), None)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = True
    for name, left, hang in (
        ("Clause", 0.5, 0.5),
        ("Recital", 0.5, 0.5),
        ("Item 1", 0.9, 0.4),
        ("Item 2", 1.3, 0.4),
        ("Item 3", 1.7, 0.4),
        ("Continuation", 0.5, 0),
    ):
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.paragraph_format.left_indent = Inches(left)
        style.paragraph_format.first_line_indent = Inches(-hang)
        if hang:
            style.paragraph_format.tab_stops.add_tab_stop(Inches(left))
    exhibit = word.styles.add_style("Exhibit", WD_STYLE_TYPE.PARAGRAPH)
    exhibit.base_style = word.styles["Heading 1"]
    exhibit.paragraph_format.page_break_before = True
    exhibit.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    small = word.styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH)
    small.base_style = normal
    small.font.size = Pt(8.5)
    small.paragraph_format.space_after = Pt(2)


def _header_and_footer(word: WordDocument) -> None:
    section = word.sections[0]
    header = section.header.paragraphs[0]
    header.style = word.styles["Small"]
    header.text = "{{ document.running_title }}\t{{ document.mark }}"
    footer = section.footer.paragraphs[0]
    footer.style = word.styles["Small"]
    for paragraph in (header, footer):
        paragraph.paragraph_format.tab_stops.add_tab_stop(Inches(6.2), WD_TAB_ALIGNMENT.RIGHT)
    footer.add_run("{{ document.control_line }}\tPage ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)  # noqa: SLF001  # python-docx has no fields
        else:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)  # noqa: SLF001  # python-docx has no fields


def _tag(word: WordDocument, tag: str) -> None:
    word.add_paragraph("{%p " + tag + " %}")


def _words(paragraph: Paragraph) -> None:
    """Add the loop over a block's runs, each in its own style."""
    for tag, bold, italic in (
        ("for run in block.runs", False, False),
        ("if run.bold", True, False),
        ("elif run.italic", False, True),
        ("else", False, False),
    ):
        paragraph.add_run("{%r " + tag + " %}")
        if not tag.startswith("for"):
            run = paragraph.add_run("{{ run.text }}")
            run.bold, run.italic = bold or None, italic or None
    paragraph.add_run("{%r endif %}")
    paragraph.add_run("{%r endfor %}")


def _body(word: WordDocument) -> None:
    _tag(word, "for block in document.blocks")
    for number, (kind, style) in enumerate(_SIMPLE):
        _tag(word, f'{"elif" if number else "if"} block.kind == "{kind}"')
        _words(word.add_paragraph(style=style))
    _numbered(word, 'elif block.kind == "recital"', "Recital")
    for level in (1, 2, 3):
        _numbered(word, f'elif block.kind == "item" and block.level == {level}', f"Item {level}")
    _tag(word, 'elif block.kind == "article"')
    word.add_paragraph("{{ block.number }} {{ block.heading }}", style="Heading 1")
    _tag(word, "if block.runs")
    _words(word.add_paragraph())
    _tag(word, "endif")
    _tag(word, 'elif block.kind == "exhibit"')
    word.add_paragraph("{{ block.number }} {{ block.heading }}", style="Exhibit")
    _tag(word, 'elif block.kind == "clause"')
    clause = word.add_paragraph(style="Clause")
    clause.add_run("{{ block.number }}\t")
    clause.add_run("{%r if block.heading %}")
    clause.add_run("{{ block.heading }}. ").bold = True
    clause.add_run("{%r endif %}")
    _words(clause)
    _tag(word, 'elif block.kind == "table"')
    _table(word)
    _tag(word, 'elif block.kind == "signatures"')
    _panels(word)
    _tag(word, "endif")
    _tag(word, "endfor")


_SIMPLE = (
    ("title", "Title"),
    ("subtitle", "Normal"),
    ("paragraph", "Normal"),
    ("continuation", "Continuation"),
    ("subheading", "Heading 2"),
)


def _numbered(word: WordDocument, tag: str, style: str) -> None:
    _tag(word, tag)
    paragraph = word.add_paragraph(style=style)
    paragraph.add_run("{{ block.number }}\t")
    _words(paragraph)


def _table(word: WordDocument) -> None:
    """Add one table whose columns and rows docxtpl repeats; its widths are set when rendered."""
    caption = word.add_paragraph(style="Normal")
    caption.add_run("{{ block.table.caption }}").bold = True
    caption.paragraph_format.keep_with_next = True
    table = word.add_table(rows=4, cols=3, style="Table Grid")
    head, loop, row, end = table.rows
    for line, values in (
        (head, ("{%tc for column in block.table.columns %}", "{{ column.heading }}", "")),
        (row, ("{%tc for cell in row %}", "{{ cell }}", "")),
    ):
        for cell, text in zip(line.cells, (*values[:2], "{%tc endfor %}"), strict=True):
            cell.paragraphs[0].text = text
            cell.paragraphs[0].style = word.styles["Small"]
    head.cells[1].paragraphs[0].runs[0].bold = True
    loop.cells[0].text = "{%tr for row in block.table.rows %}"
    end.cells[0].text = "{%tr endfor %}"
    _mark(head, "w:tblHeader")
    for line in (head, row):
        _mark(line, "w:cantSplit")
    word.add_paragraph(style="Small")


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001  # python-docx has no such API


def _panels(word: WordDocument) -> None:
    _tag(word, "for panel in block.panels")
    party = word.add_paragraph()
    party.add_run("{{ panel.party }}").bold = True
    party.paragraph_format.keep_with_next = True
    party.paragraph_format.space_before = Pt(18)
    for text in ("{{ panel.capacity }}", "{{ panel.meaning }}"):
        word.add_paragraph(text, style="Small").paragraph_format.keep_with_next = True
    table = word.add_table(rows=len(PANEL_LABELS), cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    for row, label in zip(table.rows, PANEL_LABELS, strict=True):
        _mark(row, "w:cantSplit")
        row.cells[0].paragraphs[0].text = label
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        _underline(row.cells[1])
        row.cells[0].width, row.cells[1].width = Inches(1.3), Inches(3.4)
    _tag(word, "endfor")


def _underline(cell: Any) -> None:
    borders = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "555F6B")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001  # python-docx has no borders


if __name__ == "__main__":
    build_shell(Path(sys.argv[1]))
