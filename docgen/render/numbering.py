"""Numbers of lists: letters, Roman numerals, capitals."""

from __future__ import annotations

_ALPHABET = 26
_ROMAN = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def alphabetic(number: int) -> str:
    """Count A, B ... Z, AA, AB ... for 1, 2 ..."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, _ALPHABET)
        letters = chr(ord("A") + rest) + letters
    return letters


def roman(number: int) -> str:
    """Write a number below 90 in small Roman numerals."""
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text += letters
            number -= value
    return text


def item_number(position: int, level: int) -> str:
    """Number an item: (a) at level 1, (i) at level 2, (A) at level 3 and below."""
    if level == 1:
        return f"({alphabetic(position).lower()})"
    if level == 2:  # noqa: PLR2004  # the second level, as the docstring says
        return f"({roman(position)})"
    return f"({alphabetic(position)})"
