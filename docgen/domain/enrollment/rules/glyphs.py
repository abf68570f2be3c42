"""Whether the documents' fonts can print what is to be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.kinds import Text

if TYPE_CHECKING:
    from docgen.domain.enrollment.rules.context import Context

_SHOWN = 8


def printable(context: Context) -> None:
    """Refuse a text that holds a character no font can print, while the practice can change it."""
    if context.unprintable is None:
        return
    for leaf in context.leaves():
        if not (isinstance(leaf.spec, Text) and isinstance(leaf.value, str)):
            continue
        signs = context.unprintable(leaf.value)
        if signs and context.readable(*leaf.steps):
            points = ", ".join(f"U+{ord(sign):04X}" for sign in signs[:_SHOWN])
            context.refuse(
                Rule.GLYPH,
                f"the documents cannot print {points}; write it with others, such as Latin letters",
                *leaf.steps,
            )
