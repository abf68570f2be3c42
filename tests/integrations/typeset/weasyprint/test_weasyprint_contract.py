"""The contract of typesetters, kept by WeasyprintTypesetter."""

from __future__ import annotations

from functools import cache

from docgen.resources import fonts_dir
from integrations.typeset.weasyprint.typesetter import WeasyprintTypesetter
from tests.contracts.typesetter import TypesetterContract


@cache
def _adapter() -> WeasyprintTypesetter:
    return WeasyprintTypesetter(fonts_dir())


class TestWeasyprintTypesetter(TypesetterContract):
    """One adapter for all tests: a worker keeps its own for its whole life."""

    factory = "integrations.typeset.weasyprint.typesetter.WeasyprintTypesetter"

    def typesetter(self) -> WeasyprintTypesetter:
        """Return the one adapter."""
        return _adapter()
