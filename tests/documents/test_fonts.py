"""The shipped text faces: what `docgen/fonts/cut.py` changed, and what it must not have changed."""

from __future__ import annotations

from typing import Any

from fontTools.ttLib import TTFont

from docgen.resources import fonts_dir

FACES = sorted(fonts_dir().glob("DocgenSerif*.ttf"))


def test_a_no_break_space_is_a_space_with_a_glyph_of_its_own() -> None:
    """It is as wide as the space, and stands as near to every letter on either side."""
    kerned = 0
    for path in FACES:
        font = TTFont(path)
        names = font.getBestCmap()
        space, no_break = names[0x20], names[0xA0]
        assert space != no_break
        assert font["hmtx"][space] == font["hmtx"][no_break]
        for table in _pairs(font):
            first, second = table.ClassDef1.classDefs, table.ClassDef2.classDefs
            assert (space in table.Coverage.glyphs) == (no_break in table.Coverage.glyphs)
            assert first.get(space, 0) == first.get(no_break, 0)
            assert second.get(space, 0) == second.get(no_break, 0)
            kerned += second.get(space, 0) > 0
    assert kerned  # some faces set letters nearer to a space, so that equal means something


def _pairs(font: TTFont) -> list[Any]:
    lookups = font["GPOS"].table.LookupList.Lookup
    return [table for lookup in lookups if lookup.LookupType == 2 for table in lookup.SubTable]
