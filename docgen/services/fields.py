"""Fields: the single places to fill in a signature panel, for services that place them singly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.signing import FieldKind, SigningField
from docgen.render.pdfium import page_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.ceremony import CeremonyPanel
    from docgen.domain.document import PanelPlace

# The rows of a panel, as its printed labels stand beside them from top to bottom.
ROWS = (FieldKind.SIGNATURE, FieldKind.NAME, FieldKind.TITLE, FieldKind.DATE)


def signing_fields(
    pdf: bytes, panels: Sequence[tuple[CeremonyPanel, PanelPlace]]
) -> tuple[SigningField, ...]:
    """Give every field of a document, panel by panel, from top to bottom."""
    sizes = page_sizes(pdf)
    return tuple(
        _field(panel, place, row, sizes[place.page - 1])
        for panel, place in panels
        for row in range(len(ROWS))
    )


def _field(
    panel: CeremonyPanel, place: PanelPlace, row: int, size: tuple[float, float]
) -> SigningField:
    width, height = size
    tall = place.height / len(ROWS)
    return SigningField(
        kind=ROWS[row],
        slot=panel.slot,
        recipient=panel.recipient,
        page=place.page,
        x=place.x,
        y=height - place.y - place.height + row * tall,
        width=place.width,
        height=tall,
        page_width=width,
        page_height=height,
    )
