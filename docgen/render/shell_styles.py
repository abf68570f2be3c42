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
SIDE_MARGIN_IN = 1.03
MEASURE_IN = 8.5 - 2 * SIDE_MARGIN_IN
INK = RGBColor(0x1B, 0x1F, 0x24)
GREY = RGBColor(0x55, 0x5F, 0x6B)

# Our styles: what they build on, left edge and hanging number in inches.
_HANGING = (
    ("Clause", 0.42, 0.42),
    ("Recital", 0.42, 0.42),
    ("Item 1", 0.76, 0.34),
    ("Item 2", 1.1, 0.34),
    ("Item 3", 1.44, 0.34),
    ("Continuation", 0.42, 0.0),
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
    section.top_margin, section.bottom_margin = Inches(0.97), Inches(0.83)
    section.header_distance = section.footer_distance = Inches(0.45)


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
        if name.startswith("Item"):
            style.paragraph_format.space_after = Pt(2.5)
        if hang:
            style.paragraph_format.first_line_indent = Inches(-hang)
            style.paragraph_format.tab_stops.add_tab_stop(Inches(left))
    lead = word.styles.add_style("Lead", WD_STYLE_TYPE.PARAGRAPH)
    lead.base_style = word.styles["Normal"]
    lead.paragraph_format.keep_with_next = True
    lead.paragraph_format.space_before = Pt(10)
    cell = word.styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = word.styles["Normal"]
    cell.font.size = Pt(9)
    cell.paragraph_format.space_after = Pt(0)
    cell.paragraph_format.line_spacing = 1.03
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
    normal.paragraph_format.space_after = Pt(3.5)
    normal.paragraph_format.line_spacing = 1.02
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
        ("Title", 16, 0, 4),
        ("Subtitle", BODY_PT, 0, 10),
        ("Heading 1", 11.5, 10, 4),
        ("Heading 2", BODY_PT, 8, 3),
        ("Exhibit", 13, 18, 6),
        ("Caption", BODY_PT, 4, 3),
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
        if name in {"Title", "Subtitle"}:
            style.paragraph_format.alignment = centred
        _drop(style.element.pPr, "w:pBdr", "w:contextualSpacing", "w:numPr")
    heading = word.styles["Heading 1"].paragraph_format
    heading.left_indent, heading.first_line_indent = Inches(0.42), Inches(-0.42)
    heading.tab_stops.add_tab_stop(Inches(0.42))
    # Exhibits run on: a line above and the larger size set them off.
    exhibit.paragraph_format.left_indent = exhibit.paragraph_format.first_line_indent = Inches(0)
    exhibit.paragraph_format.tab_stops.add_tab_stop(Inches(1.2))
    border = element("w:pBdr", {})
    border.append(rule("top", eighths=6, space=6))
    exhibit.element.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc"
    )


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


def rule(side: str, *, eighths: int, space: int = 0) -> Any:
    """Make one border line, so many eighths of a point thick, so many points from the text."""
    values = {"val": "single", "sz": str(eighths), "space": str(space), "color": str(GREY)}
    return element(f"w:{side}", values)
