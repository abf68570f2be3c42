"""A shipped font: shapes text, and embeds just the glyphs that were used (PDF/A-3, 6.2.11)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uharfbuzz as hb
from fontTools.ttLib import TTFont, TTLibError

from docgen.errors import ConfigurationError
from integrations.sign.pades.objects import array, dictionary, name, number, stream, string

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from integrations.sign.pades.objects import Pdf
    from integrations.sign.pades.revision import Revision

_EM = 1000
_SYMBOLIC = 4
_STEM = 80  # a guess, as the font does not say; nothing is drawn from it
_BLOCK = 100  # a CMap block holds at most 100 entries
# What a viewer needs to draw glyphs by number; everything else is for shaping, which is done.
_DROPPED = ("GSUB", "GPOS", "GDEF", "kern", "name", "post", "OS/2", "cmap", "DSIG", "STAT", "meta")
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{blocks}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """One placed glyph; measures in thousandths of the font size, `text` is what it stands for."""

    face: Typeface
    number: int
    advance: float
    right: float
    up: float
    text: str


class Typeface:
    """One font file, loaded once."""

    def __init__(self, path: Path) -> None:
        """Load the font.

        Raises:
            ConfigurationError: it is missing or no TrueType font.
        """
        try:
            data = path.read_bytes()
            with TTFont(path, lazy=True) as font:
                head, metrics, style = font["head"], font["hhea"], font["OS/2"]
                self._name = str(font["name"].getDebugName(6))
                self._italic_angle = float(font["post"].italicAngle)
                self._box = (head.xMin, head.yMin, head.xMax, head.yMax)
                self._rises = (metrics.ascent, metrics.descent)
                self._capitals = getattr(style, "sCapHeight", 0) or metrics.ascent
                self._outlines = "glyf" in font
        except (OSError, TTLibError, KeyError, AttributeError) as error:
            raise _unusable(path) from error
        if not self._outlines:
            raise _unusable(path)
        self._face = hb.Face(data)
        self._font = hb.Font(self._face)
        self._scale = _EM / self._face.upem
        self._points = frozenset(self._face.unicodes)

    def covers(self, character: str) -> bool:
        """Say whether there is a glyph for this character."""
        return ord(character) in self._points

    def width(self, glyph: int) -> float:
        """Give a glyph's own width."""
        advance: float = self._font.get_glyph_h_advance(glyph)
        return float(round(advance * self._scale, 3))

    def shape(self, text: str, *, leftwards: bool) -> tuple[Glyph, ...]:
        """Shape text of one direction into glyphs in the order they are drawn."""
        buffer = hb.Buffer()
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if leftwards else "ltr"
        hb.shape(self._font, buffer)
        infos = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
        ends = _cluster_ends([info.cluster for info, _ in infos], len(text))
        seen: set[int] = set()
        glyphs = []
        for info, position in infos:
            part = text[info.cluster : ends[info.cluster]]
            glyphs.append(
                Glyph(
                    face=self,
                    number=info.codepoint,
                    advance=position.x_advance * self._scale,
                    right=position.x_offset * self._scale,
                    up=position.y_offset * self._scale,
                    # A second glyph of a cluster repeats its last character: PDF/A wants one.
                    text=part[-1:] if info.cluster in seen else part,
                )
            )
            seen.add(info.cluster)
        return tuple(glyphs)

    def embed(self, revision: Revision, used: Mapping[int, str]) -> tuple[Pdf, Mapping[int, int]]:
        """Embed these glyphs with the text each stands for; give the font and its new numbers."""
        data, numbers = self._subset(used)
        texts = {numbers[old]: text for old, text in used.items()}
        widths = {numbers[old]: self.width(old) for old in used}
        named = name(f"{_tag(data)}+{self._name}")
        program = revision.add_object(stream(data, Length1=number(len(data))))
        descendant = dictionary(
            Type=name("Font"),
            Subtype=name("CIDFontType2"),
            BaseFont=named,
            CIDSystemInfo=dictionary(
                Registry=string("Adobe"), Ordering=string("Identity"), Supplement=number(0)
            ),
            CIDToGIDMap=name("Identity"),
            DW=number(_EM),
            W=_widths(widths),
            FontDescriptor=revision.add_object(self._descriptor(named, program)),
        )
        font = dictionary(
            Type=name("Font"),
            Subtype=name("Type0"),
            BaseFont=named,
            Encoding=name("Identity-H"),
            DescendantFonts=array(revision.add_object(descendant)),
            ToUnicode=revision.add_object(stream(_to_unicode(texts))),
        )
        return revision.add_object(font), numbers

    def _subset(self, used: Iterable[int]) -> tuple[bytes, Mapping[int, int]]:
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(used)
        for table in _DROPPED:
            wanted.drop_table_tag_set.add(int.from_bytes(table.ljust(4).encode(), "big"))
        plan = hb.SubsetPlan(self._face, wanted)
        return plan.execute().blob.data, dict(plan.old_to_new_glyph_mapping)

    def _descriptor(self, named: Pdf, program: Pdf) -> Pdf:
        ascent, descent = self._rises
        return dictionary(
            Type=name("FontDescriptor"),
            FontName=named,
            Flags=number(_SYMBOLIC),
            FontBBox=array(*map(self._measure, self._box)),
            ItalicAngle=number(self._italic_angle),
            Ascent=self._measure(ascent),
            Descent=self._measure(descent),
            CapHeight=self._measure(self._capitals),
            StemV=number(_STEM),
            FontFile2=program,
        )

    def _measure(self, units: float) -> Pdf:
        return number(round(units * self._scale))


def _cluster_ends(clusters: list[int], length: int) -> Mapping[int, int]:
    starts = sorted(set(clusters))
    return dict(zip(starts, [*starts[1:], length], strict=True))


def _tag(data: bytes) -> str:
    """Name the subset by its bytes, in six capital letters."""
    digest = hashlib.sha256(data).digest()[:6]
    return "".join(chr(ord("A") + byte % 26) for byte in digest)


def _widths(widths: Mapping[int, float]) -> Pdf:
    entries = array()
    for glyph, width in sorted(widths.items()):
        entries.extend([number(glyph), array(number(float(width)))])
    return entries


def _to_unicode(texts: Mapping[int, str]) -> bytes:
    lines = [
        f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>"
        for glyph, text in sorted(texts.items())
    ]
    blocks = [lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK)]
    body = "\n".join(
        "\n".join([f"{len(block)} beginbfchar", *block, "endbfchar"]) for block in blocks
    )
    return _CMAP.replace("{blocks}", body).encode("ascii")


def _unusable(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"The font {path.name} is missing or no TrueType font; install the product's fonts again."
    )
