"""The contract of typesetters, kept by TypstTypesetter."""

from __future__ import annotations

from functools import cache

from docgen.resources import fonts_dir
from integrations.typeset.typst.typesetter import TypstTypesetter
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
