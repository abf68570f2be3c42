"""Look into a PDF from outside without letting it near this process."""

from __future__ import annotations

from docgen.errors import InputError
from docgen.services.read_apart import read_apart

MOST_BYTES = 50 * 1024 * 1024
PRINTED = (
    "The scan cannot be used: no page of it is a picture, so it is the file that was printed and "
    "not a scan of what was signed. Scan the signed paper."
)


def count_pages(data: bytes, what: str) -> int:
    """Count a PDF's pages in a child process with little memory and time.

    Raises:
        InputError: `what` is too large, encrypted, active, or no PDF; the message says which.
    """
    return _looked_at(data, what)[0]


def count_scanned(data: bytes) -> int:
    """Count the pages of a scan of signed paper.

    Raises:
        InputError: as `count_pages`; or every page is type alone, with no picture and no ink on it.
    """
    pages, is_printed = _looked_at(data, "scan")
    if is_printed:
        raise InputError(PRINTED)
    return pages


def _looked_at(data: bytes, what: str) -> tuple[int, bool]:
    if len(data) > MOST_BYTES:
        raise InputError(
            f"The {what} is larger than {MOST_BYTES // 1024 // 1024} MB; scan coarser."
        )
    answer = read_apart("scan_reader", data, what)
    return int(answer["pages"]), bool(answer["printed"])
