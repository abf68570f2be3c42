"""The lines around the text of each page of a PDF: its header, control line and page number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.errors import RenderRefused
from docgen.render.visible import letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.document import Document


class PageFrame:
    """Header and footer of a PDF's pages; they must be there exactly."""

    def __init__(self, document: Document, pages: int) -> None:
        self._head = letters(document.running_title + document.mark)
        self._control = document.control_line
        self._pages = pages

    def take_off(self, lines: list[str], number: int) -> list[str]:
        """Give a page's lines without its frame, which is read around them or after them.

        Raises:
            RenderRefused: a page lacks its header, its control line or its page number.
        """
        foot = letters(f"{self._control}Page {number} of {self._pages}")
        body = _without_end(lines, self._head + foot)
        if body is not None:
            return body
        top, body = _leading(lines, self._head), _without_end(lines, foot)
        if top is None or body is None:
            raise RenderRefused(
                f"Page {number} of the PDF form lacks its header or footer; nothing was used."
            )
        return body[top:]


def _leading(lines: Sequence[str], wanted: str) -> int | None:
    """Count how many lines from the top make up exactly the wanted letters."""
    found = ""
    for count, line in enumerate(lines, start=1):
        found += "".join(line.split())
        if found == wanted:
            return count
        if not wanted.startswith(found):
            return None
    return None


def _without_end(lines: list[str], wanted: str) -> list[str] | None:
    """Give the lines without those at the bottom that make up exactly the wanted letters.

    Where a long word goes on over the page, its place to break was taken out together with the line
    end; what stands before the wanted letters in that line is the word's beginning, and stays.
    """
    missing = wanted
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        found = "".join(line.split())
        if found == missing:
            return lines[:at]
        if not missing.endswith(found):
            spaced = re.search(r"\s*".join(map(re.escape, missing)) + r"\s*\Z", line)
            word = line[: spaced.start()] if spaced else ""
            return [*lines[:at], word] if word and not word[-1].isspace() else None
        missing = missing[: len(missing) - len(found)]
    return None
