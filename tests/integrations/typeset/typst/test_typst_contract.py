"""The contract of typesetters, kept by TypstTypesetter."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO

import pypdf

from docgen.resources import fonts_dir
from integrations.typeset.typst.typesetter import TypstTypesetter
from tests.contracts.pdf_reading import printed_text
from tests.contracts.sample_agreement import agreement, clause, paragraph
from tests.contracts.typesetter import TypesetterContract

# What a file says that letters mean, beside what their glyphs say: UTF-16 or plain.
_INSTEAD = re.compile(rb"/ActualText ?(?:<([0-9A-Fa-f]+)>|\(([^)]*)\))")


@cache
def _adapter() -> TypstTypesetter:
    return TypstTypesetter(fonts_dir())


class TestTypstTypesetter(TypesetterContract):
    """One adapter for all tests: a worker keeps its own for its whole life."""

    factory = "integrations.typeset.typst.typesetter.TypstTypesetter"

    def typesetter(self) -> TypstTypesetter:
        """Return the one adapter."""
        return _adapter()

    def test_a_value_that_ends_a_passage_of_code_is_printed_and_read_no_further(self) -> None:
        """The data begins with marks that keep Typst from parsing it; a value may hold them too."""
        hostile = "``` #panic() ``` #image(1) $x$ [y"
        made = self.typesetter().typeset(agreement(more=(paragraph(hostile),)))
        assert hostile.replace(" ", "") in printed_text(made.pdf).replace(" ", "")

    def test_a_space_is_read_from_its_glyph(self) -> None:
        """No space, breaking or not, in text or bold, needs a word beside it that says what it is.

        Each such word parts a line: files grow, and everybody who reads them takes longer.
        """
        words = "as Section\u00a04.2 and 45\u00a0CFR say of a number"
        spaced = clause("77.1", "No break in Section\u00a04.1 of it", words, words)
        made = self.typesetter().typeset(agreement(more=(spaced,)))
        said = {
            bytes.fromhex(wide.decode()).decode("utf-16") if wide else plain.decode("latin-1")
            for page in pypdf.PdfReader(BytesIO(made.pdf)).pages
            if (drawn := page.get_contents()) is not None
            for wide, plain in _INSTEAD.findall(drawn.get_data())
        }
        assert " \u2060" in said  # what follows would see the others
        assert not said & {" ", "\u00a0"}
        assert "77.1 No break in Section 4.1 of it." in printed_text(made.pdf)
