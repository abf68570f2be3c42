"""Pages with fields a person can fill in: WeasyPrint lays them out, the fields are finished here.

WeasyPrint writes flat names, radio groups of its own making and fonts that viewers cannot type in.
Here every dotted name becomes a tree of fields (a partial name must not hold a dot), answers are
set in a simple embedded font, and each field gets an appearance, so that viewers which draw none
still show what stands in it.
"""

from __future__ import annotations

from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import pydyf
from fontTools import subset
from fontTools.ttLib import TTFont

from docgen.errors import RenderRefused
from integrations.typeset.weasyprint.press import FAMILIES, Press, every_warning_refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import weasyprint
    from weasyprint.document import Document as Laid

ANSWER_FACE = "DocgenSerifSmall-Regular.ttf"
ANSWER_SIZE = 9.5
_VARIANT = "pdf/ua-1"
MARK_CLASS = "mark"  # a field nobody sees
_CODES = "cp1252"  # what a simple font can hold; viewers bring their own font for all else
_TEXT, _MULTI_LINE, _READ_ONLY, _HIDDEN, _PRINTED = "/Tx", 1 << 12, 1, 2, 4


class FormPress(Press):
    """Lays out pages with fields and writes them as a form that any viewer can fill in."""

    def __init__(self, fonts: Path) -> None:
        """Load the fonts."""
        super().__init__(fonts)
        self._answer_face = (fonts / ANSWER_FACE).read_bytes()

    @cached_property
    def _face(self) -> AnswerFace:
        return AnswerFace(self._answer_face)

    def print_form(self, html: str, title: str, *styles: weasyprint.CSS) -> bytes:
        """Lay a page out and write it as a tagged form.

        Raises:
            RenderRefused: the page refers to anything outside itself, or WeasyPrint had to guess.
        """
        laid = self.lay_out(html, *styles, variant=_VARIANT, fields=True)
        laid.metadata.title = title
        with self._lock, every_warning_refused():
            pdf = laid.write_pdf(
                pdf_variant=_VARIANT,
                pdf_version="1.7",
                pdf_identifier=True,
                pdf_tags=True,
                pdf_forms=True,
                finisher=self._finish,
            )
        return cast("bytes", pdf)

    def _finish(self, laid: Laid, pdf: Any) -> None:
        if not {font.family for font in laid.fonts.values()} <= set(FAMILIES.values()):
            message = "The form asks for a font that is not shipped; use the shipped families."
            raise RenderRefused(message)
        form = pdf.catalog.get("AcroForm")
        if form is None:
            return  # a page without a field
        form["DR"] = self._resources(pdf)
        form["DA"] = pydyf.String(_appearance_string())
        form["Fields"] = pydyf.Array()
        tree = _Tree(pdf=pdf, form=form)
        for page in laid.pages:
            for box in _boxes(page):
                widget = box.widget_annotation
                self._finish_widget(pdf, box.element, widget, form["DR"])
                tree.add(box.element.get("name"), widget)

    def _resources(self, pdf: Any) -> Any:
        dingbats = pydyf.Dictionary(
            {"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/ZapfDingbats"}
        )
        pdf.add_object(dingbats)
        fonts = {"Answer": self._face.write(pdf), "ZaDb": dingbats.reference}
        resources = pydyf.Dictionary({"Font": pydyf.Dictionary(fonts)})
        pdf.add_object(resources)
        return resources.reference

    def _finish_widget(self, pdf: Any, element: Any, widget: Any, resources: Any) -> None:
        """Give a field its font, its look and its flags."""
        left, top, right, bottom = widget["Rect"]
        widget["Rect"] = pydyf.Array([left, min(top, bottom), right, max(top, bottom)])
        if element.get("type") == "checkbox":
            self._finish_tick(pdf, widget)
            return
        widget["DA"] = pydyf.String(_appearance_string())
        if MARK_CLASS in element.get("class", "").split():
            widget["F"], widget["Ff"] = _HIDDEN, _READ_ONLY
        value = widget["V"].string if isinstance(widget["V"], pydyf.String) else ""
        shown = _shown(element, value)
        many = bool(widget["FT"] == _TEXT and widget.get("Ff", 0) & _MULTI_LINE)
        look = self._face.look(shown, *_size(widget), many_lines=many)
        stream = _drawing(pdf, widget, look, {"Resources": resources})
        widget["AP"] = pydyf.Dictionary({"N": stream.reference})

    def _finish_tick(self, pdf: Any, widget: Any) -> None:
        width, height = _size(widget)
        mark = b"q 1.4 w 1 J 1 j 0.043 0.353 0.431 RG %.2f %.2f m %.2f %.2f l %.2f %.2f l S Q" % (
            0.2 * width, 0.5 * height, 0.42 * width, 0.24 * height, 0.84 * width, 0.8 * height,
        )  # fmt: skip
        looks = {"on": _drawing(pdf, widget, mark, {}), "Off": _drawing(pdf, widget, b"", {})}
        normal = pydyf.Dictionary({name: look.reference for name, look in looks.items()})
        widget["AP"] = pydyf.Dictionary({"N": normal})
        widget["DA"] = pydyf.String("/ZaDb 8 Tf 0.043 0.353 0.431 rg")
        widget["MK"] = pydyf.Dictionary({"CA": pydyf.String("4")})


class _Tree:
    """The fields by name: a widget hangs under one field for each piece of its name."""

    def __init__(self, *, pdf: Any, form: Any) -> None:
        self._pdf = pdf
        self._top = form["Fields"]
        self._nodes: dict[tuple[str, ...], Any] = {}

    def add(self, name: str, widget: Any) -> None:
        """Hang a widget at its place.

        Raises:
            RenderRefused: two fields have one name.
        """
        *above, last = name.split(".")
        path = (*above, last)
        if path in self._nodes:
            raise RenderRefused(f"The form has two fields named {name}; give each its own name.")
        self._nodes[path] = widget
        widget["T"] = pydyf.String(last)
        parent = self._parent(tuple(above))
        if parent is None:
            self._top.append(widget.reference)
        else:
            widget["Parent"] = parent.reference
            parent["Kids"].append(widget.reference)

    def _parent(self, path: tuple[str, ...]) -> Any:
        if not path:
            return None
        if path not in self._nodes:
            node = pydyf.Dictionary({"T": pydyf.String(path[-1]), "Kids": pydyf.Array()})
            self._pdf.add_object(node)
            self._nodes[path] = node
            above = self._parent(path[:-1])
            if above is None:
                self._top.append(node.reference)
            else:
                node["Parent"] = above.reference
                above["Kids"].append(node.reference)
        return self._nodes[path]


class AnswerFace:
    """The font answers are typed in: simple, embedded, with the letters of Western Europe."""

    def __init__(self, face: bytes) -> None:
        """Cut the font down to the letters a simple font can name."""
        characters = [bytes([code]).decode(_CODES, "ignore") for code in range(32, 256)]
        font = TTFont(BytesIO(face), recalcTimestamp=False)
        options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(characters))
        cutter.subset(font)
        target = BytesIO()
        font.save(target, reorderTables=True)
        self.program = target.getvalue()
        unit = 1000 / font["head"].unitsPerEm
        names, widths = font.getBestCmap(), font["hmtx"]
        self.widths = [
            round(widths[names[ord(one)]][0] * unit) if one and ord(one) in names else 0
            for one in characters
        ]
        box = font["head"]
        self.metrics: Mapping[str, Any] = {
            "FontBBox": [round(one * unit) for one in (box.xMin, box.yMin, box.xMax, box.yMax)],
            "Ascent": round(font["hhea"].ascent * unit),
            "Descent": round(font["hhea"].descent * unit),
            "CapHeight": round(font["OS/2"].sCapHeight * unit),
        }

    def write(self, pdf: Any) -> Any:
        """Add the font to a file."""
        program = pydyf.Stream([self.program], {"Length1": len(self.program)}, compress=True)
        pdf.add_object(program)
        descriptor = pydyf.Dictionary(
            {
                "Type": "/FontDescriptor", "FontName": "/DocgenAnswer", "Flags": 32,
                "ItalicAngle": 0, "StemV": 80, "FontFile2": program.reference,
                **{
                    name: pydyf.Array(value) if isinstance(value, list) else value
                    for name, value in self.metrics.items()
                },
            }
        )  # fmt: skip
        pdf.add_object(descriptor)
        font = pydyf.Dictionary(
            {
                "Type": "/Font", "Subtype": "/TrueType", "BaseFont": "/DocgenAnswer",
                "FirstChar": 32, "LastChar": 255, "Widths": pydyf.Array(self.widths),
                "Encoding": "/WinAnsiEncoding", "FontDescriptor": descriptor.reference,
            }
        )  # fmt: skip
        pdf.add_object(font)
        return font.reference

    def look(self, text: str, width: float, height: float, *, many_lines: bool) -> bytes:
        """Draw a field's value; nothing where the font lacks a letter, viewers then draw it."""
        try:
            lines = [one.encode(_CODES) for one in text.splitlines()]
        except UnicodeEncodeError:
            lines = []
        drawn = []
        if many_lines:
            wrapped = [piece for line in lines for piece in self._wrapped(line, width - 4)]
            leading = ANSWER_SIZE * 1.15
            top = height - ANSWER_SIZE - 2
            drawn = [(top - row * leading, one) for row, one in enumerate(wrapped)]
        elif lines:
            drawn = [((height - ANSWER_SIZE) / 2 + 2.3, b" ".join(lines))]
        marks = b"".join(
            b"BT %s 1 0 0 1 2 %.2f Tm (%s) Tj ET\n" % (_appearance_string().encode(), y, _safe(one))
            for y, one in drawn
            if y > -ANSWER_SIZE
        )
        frame = b"0 0 %.2f %.2f re W n\n" % (width, height)
        return b"/Tx BMC\nq\n" + frame + marks + b"Q\nEMC"

    def _wrapped(self, line: bytes, width: float) -> Iterator[bytes]:
        held = b""
        for word in line.split(b" "):
            longer = held + b" " + word if held else word
            if held and self._width(longer) > width:
                yield held
                held = word
            else:
                held = longer
        yield held

    def _width(self, text: bytes) -> float:
        return sum(self.widths[code - 32] for code in text if code >= 32) * ANSWER_SIZE / 1000  # noqa: PLR2004 - the font starts at the space


def _appearance_string() -> str:
    return f"/Answer {ANSWER_SIZE} Tf 0.063 0.094 0.11 rg"


def _boxes(page: Any) -> Iterator[Any]:
    for inputs in page.forms.values():
        for box, _ in inputs:
            yield box


def _shown(element: Any, value: str) -> str:
    """Return what a viewer shows: of a list, the line for people."""
    if element.tag != "select":
        return value
    return next((one.text or "" for one in element if one.get("value") == value), "")


def _size(widget: Any) -> tuple[float, float]:
    left, top, right, bottom = widget["Rect"]
    return abs(right - left), abs(top - bottom)


def _drawing(pdf: Any, widget: Any, content: bytes, extra: dict[str, Any]) -> Any:
    width, height = _size(widget)
    box = pydyf.Array([0, 0, round(width, 2), round(height, 2)])
    stream = pydyf.Stream([content], {"Type": "/XObject", "Subtype": "/Form", "BBox": box, **extra})
    pdf.add_object(stream)
    return stream


def _safe(text: bytes) -> bytes:
    for mark in (b"\\", b"(", b")"):
        text = text.replace(mark, b"\\" + mark)
    return text
