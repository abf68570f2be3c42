"""Build the Word shell of a template: styles, header, footer, and one example of each block.

The shell is an ordinary docxtpl template: counsel may open it in Word and restyle it. It is made
once per template version (`python -m docgen.render.shell FILE`) and then lies in its folder.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
from docx.oxml.ns import qn
from docx.shared import Inches, Pt

from docgen.domain.document import PANEL_LABELS
from docgen.render.shell_styles import (
    element,
    rule,
    set_compatibility,
    set_page,
    set_styles,
)

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph

LABEL_IN, BLANK_IN = 1.3, 3.6
_FIXED = (1980, 1, 1, 0, 0, 0)

# The kinds whose blocks are their words in one style. The commonest kinds stand first, because a
# block is asked for its kind in this order.
_NUMBERED = (
    ('if block.kind == "item" and block.level == 1', "Item 1"),
    ('elif block.kind == "item" and block.level == 2', "Item 2"),
    ('elif block.kind == "item"', "Item 3"),
    ('elif block.kind == "recital"', "Recital"),
)
_PLAIN = (
    ("paragraph", "Normal"),
    ("continuation", "Continuation"),
    ("subheading", "Heading 2"),
    ("title", "Title"),
    ("subtitle", "Subtitle"),
)


def build_shell() -> bytes:
    """Write the shell; the same bytes each time."""
    word = docx.Document()
    set_page(word)
    set_styles(word)
    set_compatibility(word)
    _header_and_footer(word)
    _body(word)
    buffer = io.BytesIO()
    word.save(buffer)
    return _without_dates(buffer)


def _without_dates(package: io.BytesIO) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=_FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, source.read(name))
    return target.getvalue()


def _header_and_footer(word: WordDocument) -> None:
    section = word.sections[0]
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    header.style, footer.style = word.styles["Header"], word.styles["Footer"]
    header.add_run("{{ document.running_title }}\t")
    header.add_run("{{ document.mark }}").italic = True
    border = element("w:pBdr", {})
    border.append(rule("bottom", eighths=4))
    header._p.get_or_add_pPr().append(border)  # noqa: SLF001  # python-docx has no borders
    footer.add_run("{{ document.control_line }}\tPage ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Paragraph, code: str) -> None:
    """Add a field that Word works out for each page; it shows 1 until then."""
    for kind in ("begin", code, "separate", "1", "end"):
        run = paragraph.add_run("1" if kind == "1" else "")
        if kind == code:
            instruction = element("w:instrText", {"xml:space": "preserve"})
            instruction.text = f" {code} "
            run._r.append(instruction)  # noqa: SLF001  # python-docx has no fields
        elif kind != "1":
            run._r.append(element("w:fldChar", {"fldCharType": kind}))  # noqa: SLF001  # the same


def _tag(word: WordDocument, tag: str) -> None:
    word.add_paragraph("{%p " + tag + " %}")


def _words(paragraph: Paragraph) -> None:
    """Add the loop over a block's runs, each in its own style."""
    paragraph.add_run("{%r for run in block.runs %}")
    for tag, bold, italic in (
        ("if run.bold", True, None),
        ("elif run.italic", None, True),
        ("else", None, None),
    ):
        paragraph.add_run("{%r " + tag + " %}")
        run = paragraph.add_run("{{ run.text }}")
        run.bold, run.italic = bold, italic
    paragraph.add_run("{%r endif %}")
    paragraph.add_run("{%r endfor %}")


def _body(word: WordDocument) -> None:
    _tag(word, "for block in document.blocks")
    _tag(word, 'if block.kind == "clause"')
    clause = word.add_paragraph(style="Clause")
    clause.add_run("{{ block.number }}\t")
    clause.add_run("{%r if block.heading %}")
    clause.add_run("{{ block.heading }}. ").bold = True
    clause.add_run("{%r endif %}")
    _words(clause)
    for tag, style in _NUMBERED:
        _tag(word, tag if tag.startswith("elif") else f"el{tag}")
        paragraph = word.add_paragraph(style=style)
        paragraph.add_run("{{ block.number }}\t")
        _words(paragraph)
    # The words above the signatures stay on their page; the ids of such texts say so.
    _tag(word, 'elif block.kind == "paragraph" and ".closing." in block.id')
    _words(word.add_paragraph(style="Lead"))
    for kind, style in _PLAIN:
        _tag(word, f'elif block.kind == "{kind}"')
        _words(word.add_paragraph(style=style))
    _tag(word, 'elif block.kind == "article"')
    word.add_paragraph("{{ block.number }}\t{{ block.heading }}", style="Heading 1")
    _intro(word)
    _tag(word, 'elif block.kind == "exhibit"')
    word.add_paragraph("{{ block.number }}\t{{ block.heading }}", style="Exhibit")
    _intro(word)
    _tag(word, 'elif block.kind == "table"')
    _table(word)
    _tag(word, 'elif block.kind == "signatures"')
    _panels(word)
    _tag(word, "endif")
    _tag(word, "endfor")


def _intro(word: WordDocument) -> None:
    _tag(word, "if block.runs")
    _words(word.add_paragraph())
    _tag(word, "endif")


def _table(word: WordDocument) -> None:
    """Add one table whose columns and rows docxtpl repeats; its widths are set when rendered."""
    _tag(word, "if block.table.caption")
    word.add_paragraph("{{ block.table.caption }}", style="Caption")
    _tag(word, "endif")
    table = word.add_table(rows=4, cols=3)
    _dress(table, rules=True)
    head, loop, row, end = table.rows
    for line, values in (
        (head, ("{%tc for column in block.table.columns %}", "{{ column.heading }}")),
        (row, ("{%tc for cell in row %}", "{{ cell }}")),
    ):
        for cell, text in zip(line.cells, (*values, "{%tc endfor %}"), strict=True):
            cell.paragraphs[0].text = text
            cell.paragraphs[0].style = word.styles["Cell"]
        _mark(line, "w:cantSplit")
    head.cells[1].paragraphs[0].runs[0].bold = True
    head.cells[1].paragraphs[0].paragraph_format.keep_with_next = True
    _mark(head, "w:tblHeader")
    loop.cells[0].text = "{%tr for row in block.table.rows %}"
    end.cells[0].text = "{%tr endfor %}"
    word.add_paragraph(style="Cell")


def _panels(word: WordDocument) -> None:
    """Add one signature panel, which no page divides."""
    _tag(word, "for panel in block.panels")
    party = word.add_paragraph()
    party.add_run("{{ panel.party }}").bold = True
    party.paragraph_format.space_before, party.paragraph_format.space_after = Pt(14), Pt(1)
    capacity = word.add_paragraph("{{ panel.capacity }}", style="Cell")
    meaning = word.add_paragraph("{{ panel.meaning }}", style="Cell")
    for paragraph in (party, capacity, meaning):
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.keep_together = True
    table = word.add_table(rows=len(PANEL_LABELS), cols=2)
    _dress(table, rules=False)
    for column, width in zip(table.columns, (LABEL_IN, BLANK_IN), strict=True):
        column.width = Inches(width)
    for row, label in zip(table.rows, PANEL_LABELS, strict=True):
        row.height = Inches(0.29)
        _mark(row, "w:cantSplit")
        for cell, text, width in zip(row.cells, (label, ""), (LABEL_IN, BLANK_IN), strict=True):
            cell.width = Inches(width)
            paragraph = cell.paragraphs[0]
            paragraph.text, paragraph.style = text, word.styles["Cell"]
            paragraph.paragraph_format.space_before = Pt(7)
            paragraph.paragraph_format.keep_with_next = label != PANEL_LABELS[-1]
        borders = element("w:tcBorders", {})
        borders.append(rule("bottom", eighths=4))
        row.cells[1]._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001  # no borders either
    _tag(word, "endfor")


def _dress(table: Any, *, rules: bool) -> None:
    """Give a table its edges: flush with the text, lines between rows or none."""
    properties = table._tbl.tblPr  # noqa: SLF001  # python-docx has no borders and margins
    for name in ("w:tblStyle", "w:tblLook", "w:tblLayout"):
        for child in properties.findall(qn(name)):
            properties.remove(child)
    borders = element("w:tblBorders", {})
    if rules:
        for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 4)):
            borders.append(rule(side, eighths=eighths))
    margins = element("w:tblCellMar", {})
    for side, twips in (("top", "30"), ("left", "0"), ("bottom", "30"), ("right", "115")):
        margins.append(element(f"w:{side}", {"w": twips, "type": "dxa"}))
    layout = element("w:tblLayout", {"type": "fixed"})
    for child in (borders, layout, margins):
        properties.append(child)


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(element(name, {}))  # noqa: SLF001  # no such API


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(build_shell())
