"""Look into a PDF from outside without letting it near this process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from docgen.errors import InputError

MOST_BYTES = 50 * 1024 * 1024
LIMIT_S = 60
_READER = Path(__file__).with_name("scan_reader.py")


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
    try:
        ran = subprocess.run(  # noqa: S603  # our own program; the file is only its input
            [sys.executable, "-I", str(_READER)],
            input=data,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
            env={},
        )
        answer = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise InputError(f"The {what} cannot be used: it could not be read in time.") from error
    if "problem" in answer:
        raise InputError(f"The {what} cannot be used: {answer['problem']}.")
    return int(answer["pages"]), bool(answer["printed"])
