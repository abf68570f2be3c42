"""The child process that looks into a scan: a program of its own, with little memory and time.

It reads one PDF from standard input and answers one line of JSON: `{"pages": N}` or
`{"problem": "..."}`. It imports nothing of the product, and whatever a hostile file does to it ends
with it.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
MOST_PAGES = 1_000
ENCRYPTED = "it is encrypted"
ACTIVE = "it holds scripts, forms or attached files, which a scan does not"
MALFORMED = "it cannot be read as a PDF"
TOO_MANY = f"it has more than {MOST_PAGES} pages"


def limit() -> None:
    """Give up the means to do harm before anything hostile is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(data: bytes) -> dict[str, object]:
    """Count the pages, or say what is wrong with the file."""
    from pypdf import PdfReader

    if not data.startswith(b"%PDF-"):
        return {"problem": MALFORMED}
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        return {"problem": ENCRYPTED}
    if _is_active(reader.root_object):
        return {"problem": ACTIVE}
    pages = sum(1 for _ in zip(reader.pages, range(MOST_PAGES + 1), strict=False))
    if pages > MOST_PAGES:
        return {"problem": TOO_MANY}
    return {"pages": pages} if pages else {"problem": MALFORMED}


def _is_active(catalog: dict[Any, Any]) -> bool:
    """Say whether the document does anything but show pages."""
    names = _dictionary(catalog.get("/Names"))
    opening = _dictionary(catalog.get("/OpenAction"))  # a mere place to open at is a list
    return bool(
        opening
        or {"/AA", "/AcroForm"} & set(catalog)
        or {"/JavaScript", "/EmbeddedFiles"} & set(names)
    )


def _dictionary(value: Any) -> dict[str, Any]:
    """Follow a reference; what is no dictionary counts as an empty one."""
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, dict) else {}


def main() -> None:
    """Answer for the file on standard input."""
    import logging

    logging.disable()
    data = sys.stdin.buffer.read()
    limit()
    try:
        answer = look(data)
    except Exception:  # noqa: BLE001  # a hostile file may provoke anything
        answer = {"problem": MALFORMED}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
