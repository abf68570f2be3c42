"""Cut the Docgen Serif fonts from Source Serif 4: `python cut.py SOURCE_FOLDER TARGET_FOLDER`.

Source Serif 4 keeps its kerning in up to twenty subtables, and every pair of letters is looked
up in each: a fifth of the time of a page. Here the same pairs stand in at most three subtables,
and every pair has the value it had. The no-break space has a glyph of its own, as wide and kerned
as the space: where both share one, a PDF file must say at each of them which of the two it means.
Features that agreements do not use are left out. The licence reserves the name "Source" for
Adobe's files, so the cut fonts have names of their own. The product never runs this.
"""

from __future__ import annotations

import copy
import sys
from pathlib import Path

from fontTools import subset
from fontTools.otlLib.builder import buildCoverage
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables.otBase import ValueRecord

FACES = {
    "SourceSerif4SmText-Regular": ("Docgen Serif", "Regular"),
    "SourceSerif4SmText-It": ("Docgen Serif", "Italic"),
    "SourceSerif4SmText-Bold": ("Docgen Serif", "Bold"),
    "SourceSerif4SmText-BoldIt": ("Docgen Serif", "Bold Italic"),
    "SourceSerif4Caption-Regular": ("Docgen Serif Small", "Regular"),
    "SourceSerif4Caption-It": ("Docgen Serif Small", "Italic"),
    "SourceSerif4Subhead-Semibold": ("Docgen Serif Large", "Semibold"),
}
FEATURES = ("ccmp", "liga", "locl", "kern", "mark", "mkmk", "lnum", "pnum", "tnum", "case")
SUBTABLE_BYTES = 58_000  # offsets inside a subtable have 16 bits
SPACE, NO_BREAK_SPACE = "space", "uni00A0"
NO_BREAK_LETTER = 0xA0

Row = tuple[tuple[str, int], ...]
Group = tuple[Row, list[str]]


def cut(source: Path, target: Path) -> None:
    """Write one face without unused features, with flat kerning and its own name."""
    family, style = FACES[source.stem]
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = list(FEATURES)
    options.name_IDs = ["*"]
    options.notdef_outline = options.glyph_names = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap().keys())
    subsetter.subset(font)
    _part_spaces(font)
    for lookup in font["GPOS"].table.LookupList.Lookup:
        tables = [getattr(table, "ExtSubTable", table) for table in lookup.SubTable]
        if all(isinstance(table, otTables.PairPos) for table in tables):
            lookup.LookupType = 2
            lookup.SubTable = _flat(font, tables)
            lookup.SubTableCount = len(lookup.SubTable)
    _rename(font, family, style)
    font.save(target / f"{family.replace(' ', '')}-{style.replace(' ', '')}.ttf")


def _part_spaces(font: TTFont) -> None:
    """Give the no-break space a glyph of its own."""
    font.setGlyphOrder([*font.getGlyphOrder(), NO_BREAK_SPACE])
    font["glyf"][NO_BREAK_SPACE] = copy.copy(font["glyf"][SPACE])
    font["hmtx"][NO_BREAK_SPACE] = font["hmtx"][SPACE]
    for table in font["cmap"].tables:
        if table.isUnicode() and NO_BREAK_LETTER in table.cmap:
            table.cmap[NO_BREAK_LETTER] = NO_BREAK_SPACE


def _flat(font: TTFont, tables: list[otTables.PairPos]) -> list[otTables.PairPos]:
    """Return few subtables that give each pair the value the many gave."""
    groups: dict[Row, list[str]] = {}
    for glyph in font.getGlyphOrder():
        row = tuple(sorted(_row(font, tables, SPACE if glyph == NO_BREAK_SPACE else glyph).items()))
        if row:
            groups.setdefault(row, []).append(glyph)
    # The subtable with the plain letters comes first: most pairs are found there.
    waiting = sorted(
        groups.items(),
        key=lambda group: not any(name in "abcdefghijklmnopqrstuvwxyz" for name in group[1]),
    )
    flat = []
    while waiting:
        size = len(waiting)
        while size > 1 and 2 * size * (len(_columns(waiting[:size])) + 1) > SUBTABLE_BYTES:
            size = size * 3 // 4
        flat.append(_subtable(font, waiting[:size]))
        waiting = waiting[size:]
    return flat


def _row(font: TTFont, tables: list[otTables.PairPos], first: str) -> dict[str, int]:
    """Return the kerning of the pairs that begin with a glyph: the first value found counts."""
    row: dict[str, int] = {}
    for table in tables:
        if first not in table.Coverage.glyphs:
            continue
        if table.Format == 1:
            pairs = table.PairSet[table.Coverage.glyphs.index(first)].PairValueRecord
            for pair in pairs:
                row.setdefault(pair.SecondGlyph, _advance(pair.Value1))
            continue
        # A class table answers for every second glyph, so no later table is asked.
        records = table.Class1Record[table.ClassDef1.classDefs.get(first, 0)].Class2Record
        for second in font.getGlyphOrder():
            value = records[table.ClassDef2.classDefs.get(second, 0)].Value1
            row.setdefault(second, _advance(value))
        break
    row[NO_BREAK_SPACE] = row.get(SPACE, 0)
    return {second: value for second, value in row.items() if value}


def _columns(groups: list[Group]) -> dict[Row, list[str]]:
    """Group second glyphs that kern alike after every first glyph of these groups."""
    columns: dict[str, list[tuple[str, int]]] = {}
    for index, (row, _) in enumerate(groups):
        for second, value in row:
            columns.setdefault(second, []).append((str(index), value))
    alike: dict[Row, list[str]] = {}
    for second, values in columns.items():
        alike.setdefault(tuple(values), []).append(second)
    return alike


def _subtable(font: TTFont, groups: list[Group]) -> otTables.PairPos:
    """Write groups of first glyphs as one class table."""
    columns = list(_columns(groups).items())
    table = otTables.PairPos()
    table.Format, table.ValueFormat1, table.ValueFormat2 = 2, 4, 0
    firsts = sorted((glyph for _, glyphs in groups for glyph in glyphs), key=font.getGlyphID)
    table.Coverage = buildCoverage(firsts, font.getReverseGlyphMap())
    table.ClassDef1, table.ClassDef2 = otTables.ClassDef(), otTables.ClassDef()
    table.ClassDef1.classDefs = {
        glyph: index for index, (_, glyphs) in enumerate(groups) for glyph in glyphs if index
    }
    table.ClassDef2.classDefs = {
        glyph: index for index, (_, glyphs) in enumerate(columns, start=1) for glyph in glyphs
    }
    table.Class1Count, table.Class2Count = len(groups), len(columns) + 1
    values = [dict(column) for column, _ in columns]
    table.Class1Record = [
        _record([0, *(value.get(str(index), 0) for value in values)])
        for index in range(len(groups))
    ]
    return table


def _record(advances: list[int]) -> otTables.Class1Record:
    """Write one row of a class table."""
    record = otTables.Class1Record()
    record.Class2Record = []
    for advance in advances:
        cell = otTables.Class2Record()
        cell.Value1, cell.Value2 = ValueRecord(4), None
        cell.Value1.XAdvance = advance
        record.Class2Record.append(cell)
    return record


def _advance(value: ValueRecord | None) -> int:
    """Return the kerning of a record that holds nothing else."""
    return getattr(value, "XAdvance", 0) or 0


def _rename(font: TTFont, family: str, style: str) -> None:
    """Give the face its own name; copyright, licence and designer stay."""
    linked = style if style in {"Regular", "Italic", "Bold", "Bold Italic"} else "Regular"
    names = font["name"]
    file_name = f"{family.replace(' ', '')}-{style.replace(' ', '')}"
    texts = {
        1: family if linked == style else f"{family} {style}",
        2: linked,
        3: f"4.005;docgen;{file_name}",
        4: f"{family} {style}",
        5: "Version 4.005; cut from Source Serif 4",
        6: file_name,
    }
    if linked != style:
        texts |= {16: family, 17: style}
    names.names = [
        record for record in names.names if record.nameID in {0, 8, 9, 10, 11, 12, 13, 14}
    ]
    for number, text in texts.items():
        names.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    for face in FACES:
        cut(Path(sys.argv[1]) / f"{face}.ttf", Path(sys.argv[2]))
