"""Blank copies are real documents: they pass the gate in all three forms, marked on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.render.pdf_reading import read_pdf
from docgen.services.sample import MARK, blank_forms

if TYPE_CHECKING:
    from docgen.services.office import Office


def test_blank_copies_of_every_agreement_are_made(office: Office) -> None:
    """Each agreement comes blank in three forms, which the gate has compared, every page marked."""
    forms = blank_forms(office)
    assert sorted(forms) == sorted(
        f"{slug}-1.0.0-blank.{form}"
        for slug in ("baa", "psa", "pses")
        for form in ("pdf", "docx", "html")
    )
    for name, data in forms.items():
        if name.endswith(".pdf"):
            assert all(MARK in page for page in read_pdf(data))
    assert forms == blank_forms(office)
