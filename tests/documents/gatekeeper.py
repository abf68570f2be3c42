"""The gate, given one changed form beside two good ones."""

from __future__ import annotations

import pytest

from docgen.errors import RenderRefused
from docgen.render.gate import check
from tests.documents.rendered import made, pdf_of

NAME, SLUG = "freestanding-pllc", "baa"


def refusal(
    *, docx: bytes | None = None, html: bytes | None = None, pdf: bytes | None = None
) -> str:
    """Give the gate one changed form beside two good ones; return what it says."""
    good = made(NAME, SLUG)
    with pytest.raises(RenderRefused) as refused:
        check(
            good.document,
            docx=docx if docx is not None else good.docx,
            html=html if html is not None else good.html,
            pdf=pdf if pdf is not None else pdf_of(NAME, SLUG),
        )
    message = str(refused.value)
    assert message.endswith(".")
    return message
