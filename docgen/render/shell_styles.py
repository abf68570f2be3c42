"""The look of the Word shell: its page and its styles, without what python-docx brings besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docx.document import Document as WordDocument

FACE = "Cambria"  # lining figures; on every machine that has Word
BODY_PT = 10.5
SIDE_MARGIN_IN = 1.15
MEASURE_IN = 8.5 - 2 * SIDE_MARGIN_IN
INK = RGBColor(0x1B, 0x1F, 0x24)
GREY = RGBColor(0x55, 0x5F, 0x6B)

# Our styles: what they build on, left edge and hanging number in inches.
_HANGING = (
    ("Clause", 0.5, 0.5),
    ("Recital", 0.5, 0.5),
    ("Item 1", 0.9, 0.4),
    ("Item 2", 1.3, 0.4),
    ("Item 3", 1.7, 0.4),
    ("Continuation", 0.5, 0.0),
)
_KEPT = frozenset(
    {
        *("Normal", "Title", "Subtitle", "Heading1", "Heading2", "Caption", "Header", "Footer"),
        *("DefaultParagraphFont", "TableNormal", "NoList"),
    }
)
_UNUSED_PARTS = ("stylesWithEffects", "customXml", "numbering", "webSettings", "thumbnail")


def set_page(word: WordDocument) -> None:
    """Set a Letter page whose measure is that of the PDF."""
    section = word.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(SIDE_MARGIN_IN)
    section.top_margin = section.bottom_margin = Inches(1)
    section.header_distance = section.footer_distance = Inches(0.5)


def set_compatibility(word: WordDocument) -> None:
    """Let Word treat the file as its own of today, not in compatibility mode."""
    settings = word.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    for unused in (*settings.findall(qn("w:rsids")), *settings.findall(qn("w:savePreviewPicture"))):
        settings.remove(unused)


def set_styles(word: WordDocument) -> None:
    """Leave the styles we use, and give each its look."""
    _prune(word)
    _set_normal(word)
    _set_headings(word)
    for name, left, hang in _HANGING:
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        style.paragraph_format.left_indent = Inches(left)
        if hang:
            style.paragraph_format.first_line_indent = Inches(-hang)
            style.paragraph_format.tab_stops.add_tab_stop(Inches(left))
    cell = word.styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = word.styles["Normal"]
    cell.font.size = Pt(9)
    cell.paragraph_format.space_after = Pt(0)
    cell.paragraph_format.line_spacing = 1.05
    for name in ("Header", "Footer"):
        style = word.styles[name]
        style.font.size, style.font.color.rgb = Pt(8.5), GREY
        style.paragraph_format.space_after = Pt(0)
        _drop(style.element.pPr, "w:tabs")
        style.paragraph_format.tab_stops.add_tab_stop(Inches(MEASURE_IN), WD_TAB_ALIGNMENT.RIGHT)


def _prune(word: WordDocument) -> None:
    styles = word.styles.element
    latent = styles.find(qn("w:latentStyles"))
    if latent is not None:
        styles.remove(latent)
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in _KEPT:
            styles.remove(style)
        else:
            # Partners and successors that went with the others.
            for link in (*style.findall(qn("w:link")), *style.findall(qn("w:next"))):
                style.remove(link)
    for rels in (word.part.rels, word.part.package.rels):
        for key, relation in list(rels.items()):
            if any(name in relation.reltype for name in _UNUSED_PARTS):
                del rels[key]


def _set_normal(word: WordDocument) -> None:
    normal = word.styles["Normal"]
    _set_face(normal, BODY_PT)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.12
    normal.paragraph_format.widow_control = True


def _set_face(style: Any, size: float) -> None:
    style.font.name, style.font.size = FACE, Pt(size)
    fonts = style.element.rPr.rFonts
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FACE)


def _set_headings(word: WordDocument) -> None:
    centred = WD_ALIGN_PARAGRAPH.CENTER
    exhibit = word.styles.add_style("Exhibit", WD_STYLE_TYPE.PARAGRAPH)
    exhibit.base_style = word.styles["Heading 1"]
    for name, size, before, after in (
        ("Title", 17, 0, 6),
        ("Subtitle", BODY_PT, 0, 14),
        ("Heading 1", 12, 14, 6),
        ("Heading 2", 11, 10, 4),
        ("Exhibit", 14, 0, 12),
        ("Caption", 9.5, 6, 3),
    ):
        style = word.styles[name]
        style.element.get_or_add_rPr().clear()
        _set_face(style, size)
        style.font.color.rgb = INK
        style.font.bold = name not in {"Subtitle", "Caption"}
        style.font.italic = not style.font.bold
        style.paragraph_format.space_before, style.paragraph_format.space_after = (
            Pt(before),
            Pt(after),
        )
        style.paragraph_format.keep_with_next = name != "Subtitle"
        if name in {"Title", "Subtitle", "Exhibit"}:
            style.paragraph_format.alignment = centred
        _drop(style.element.pPr, "w:pBdr", "w:contextualSpacing", "w:numPr")
    heading = word.styles["Heading 1"].paragraph_format
    heading.left_indent, heading.first_line_indent = Inches(0.5), Inches(-0.5)
    heading.tab_stops.add_tab_stop(Inches(0.5))
    exhibit.paragraph_format.left_indent = exhibit.paragraph_format.first_line_indent = Inches(0)
    exhibit.paragraph_format.page_break_before = True


def _drop(element: Any, *names: str) -> None:
    for name in names:
        for child in element.findall(qn(name)):
            element.remove(child)


def element(name: str, values: Mapping[str, str]) -> Any:
    """Make an element of WordprocessingML, for what python-docx has no name."""
    made = OxmlElement(name)
    for key, value in values.items():
        made.set(qn(key if ":" in key else f"w:{key}"), value)
    return made


def rule(side: str, *, eighths: int, grey: bool = True) -> Any:
    """Make one border line, so many eighths of a point thick."""
    color = str(GREY) if grey else str(INK)
    return element(f"w:{side}", {"val": "single", "sz": str(eighths), "space": "0", "color": color})
