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


def count_pages(data: bytes, what: str) -> int:
    """Count a PDF's pages in a child process with little memory and time.

    Raises:
        InputError: `what` is too large, encrypted, active, or no PDF; the message says which.
    """
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
    return int(answer["pages"])
