"""The press within this process, and the one that most tests use, which remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docgen.resources import fonts_dir
from docgen.services.press import PressHere
from integrations.typeset.typst.typesetter import TypstTypesetter
from tests.contracts.press import PressContract, order
from tests.contracts.sample_agreement import agreement
from tests.remembering_press import RememberingPress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.ports.press import Forms, Order


class TestPressHere(PressContract):
    """It makes them with the typesetter it was given."""

    def press(self) -> PressHere:
        """Open one with Typst."""
        return PressHere(TypstTypesetter(fonts_dir()))


class CountingPress:
    """Counts what it is to make."""

    key: ClassVar[str] = "counting"

    def __init__(self) -> None:
        self.made: list[str] = []
        self._press = PressHere(TypstTypesetter(fonts_dir()))

    def press(self, orders: Iterable[Order]) -> tuple[Forms, ...]:
        """Make them, and count."""
        asked = list(orders)
        self.made += [item.document.slug for item in asked]
        return self._press.press(asked)


class TestRememberingPress(PressContract):
    """It keeps the same promises."""

    def press(self) -> RememberingPress:
        """Open one over the real press."""
        return RememberingPress(PressHere(TypstTypesetter(fonts_dir())))

    def test_what_was_made_is_not_made_again(self) -> None:
        """Neither in the same order nor in a later one; a change is."""
        inner = CountingPress()
        press, one = RememberingPress(inner), order(agreement())
        first, second = press.press([one, one])
        assert (press.press([one]), first) == ((second,), second)
        assert len(inner.made) == 1
        press.press([order(agreement(mark=""))])
        assert len(inner.made) == 2
