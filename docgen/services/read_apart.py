"""Run one of our readers on a stranger's file, in a process that can do no harm."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from docgen.errors import InputError

LIMIT_S = 60
_FOLDER = Path(__file__).parent


def read_apart(reader: str, data: bytes, what: str) -> dict[str, Any]:
    """Return what the reader found in the file.

    Raises:
        InputError: `what` cannot be used; the sentence says why and what to do.
    """
    try:
        ran = subprocess.run(  # noqa: S603  # our own program; the file is only its input
            [sys.executable, "-I", "-B", str(_FOLDER / f"{reader}.py")],
            input=data,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
            env={},
        )
        answer = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise InputError(
            f"The {what} cannot be used: reading it took too much time or memory."
        ) from error
    if not isinstance(answer, dict) or "problem" in answer:
        problem = answer["problem"] if isinstance(answer, dict) else "it cannot be read"
        raise InputError(f"The {what} cannot be used: {problem}.")
    return answer
