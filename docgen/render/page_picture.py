"""Pages drawn as a person sees them, and where two pictures of one page may differ.

A service prints a line of its own at a page's edge and draws what people filled in. Anywhere else
the page must look as it was sent: nothing covered, painted out, pasted over or moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pypdfium2 import PdfPage

    from docgen.domain.document import PanelPlace

EDGE = 54  # points from each side of a sheet; the text of our documents begins further in
AROUND_PANEL = 6  # points by which what a person draws may stand out of its panel
# Blurred by one dot, a single dot drawn otherwise stays below this; a covered digit does not.
_BLUR, _LEAST = 1, 40
_ONE_DOT_MORE = 1.0


def same_size(sent: PdfPage, returned: PdfPage) -> bool:
    """Tell whether both pages are one sheet, upright and uncut."""
    pairs = zip(_sheet(sent), _sheet(returned), strict=True)
    return all(abs(ours - theirs) < _ONE_DOT_MORE for ours, theirs in pairs)


def _sheet(page: PdfPage) -> tuple[float, ...]:
    return (*page.get_size(), page.get_rotation(), *page.get_cropbox())


def looks_changed(sent: PdfPage, returned: PdfPage, panels: Sequence[PanelPlace]) -> bool:
    """Tell whether the page looks other than it was sent, outside its panels.

    At the edge ink may have come, none may have gone. Both pages must be of the same size.
    """
    before, after = _picture(sent), _picture(returned)
    changed = ImageChops.difference(before, after)
    gone = ImageChops.subtract(after, before)  # lighter than it was
    edge = _edge(before.size)
    changed.paste(gone, mask=edge)
    draw = ImageDraw.Draw(changed)
    for place in panels:
        draw.rectangle(_box(place, before.height), fill=0)
    lightest = changed.getextrema()[1]
    return isinstance(lightest, int | float) and lightest > _LEAST


def _picture(page: PdfPage) -> Image.Image:
    """Draw a page, a dot for each point, with its notes and filled-in fields."""
    drawn: Image.Image = page.render(scale=1, grayscale=True).to_pil()
    return drawn.convert("L").filter(ImageFilter.BoxBlur(_BLUR))


def _edge(size: tuple[int, int]) -> Image.Image:
    width, height = size
    mask = Image.new("L", size, 255)
    ImageDraw.Draw(mask).rectangle((EDGE, EDGE, width - EDGE, height - EDGE), fill=0)
    return mask


def _box(place: PanelPlace, height: int) -> tuple[float, float, float, float]:
    """Turn a panel, measured from the lower left corner, into dots from the upper left."""
    return (
        place.x - AROUND_PANEL,
        height - place.y - place.height - AROUND_PANEL,
        place.x + place.width + AROUND_PANEL,
        height - place.y + AROUND_PANEL,
    )
