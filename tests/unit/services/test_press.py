"""The press within this process."""

from __future__ import annotations

from docgen.resources import fonts_dir
from docgen.services.press import PressHere
from integrations.typeset.typst.typesetter import TypstTypesetter
from tests.contracts.press import PressContract


class TestPressHere(PressContract):
    """It makes them with the typesetter it was given."""

    def press(self) -> PressHere:
        """Open one with Typst."""
        return PressHere(TypstTypesetter(fonts_dir()))
