"""The page printer keeps the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.resources import fonts_dir
from integrations.typeset.weasyprint.printer import WeasyprintPrinter
from tests.contracts.printer import PrinterContract

if TYPE_CHECKING:
    from docgen.ports.printer import Printer


class TestWeasyprintPrinter(PrinterContract):
    @pytest.fixture
    def printer(self) -> Printer:
        return WeasyprintPrinter(fonts_dir())
