"""The contract of typesetters, kept by TypstTypesetter."""

from __future__ import annotations

from functools import cache

from docgen.resources import fonts_dir
from integrations.typeset.typst.typesetter import TypstTypesetter
from tests.contracts.pdf_reading import printed_text
from tests.contracts.sample_agreement import agreement, paragraph
from tests.contracts.typesetter import TypesetterContract


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
