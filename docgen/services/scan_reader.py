"""The child process that looks into a scan: a program of its own, with little memory and time.

It reads one PDF from standard input and answers one line of JSON: `{"pages": N, "printed": B}`,
where printed means that no page shows anything but type, or `{"problem": "..."}`. It imports
nothing of the product, and whatever a hostile file does to it ends with it.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
MOST_PAGES = 1_000
ENCRYPTED = "it is encrypted"
ACTIVE = "it holds scripts, forms or attached files, which a scan does not"
MALFORMED = "it cannot be read as a PDF"
MOST_DEPTH = 8
TOO_MANY = f"it has more than {MOST_PAGES} pages"
_INLINE = re.compile(rb"\bBI\b.{1,400}?\bID\b", re.DOTALL)


def limit() -> None:
    """Give up the means to do harm before anything hostile is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(data: bytes) -> dict[str, object]:
    """Count the pages and say whether they are all mere print, or what is wrong with the file."""
    from pypdf import PdfReader

    if not data.startswith(b"%PDF-"):
        return {"problem": MALFORMED}
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        return {"problem": ENCRYPTED}
    if _is_active(reader.root_object):
        return {"problem": ACTIVE}
    pages, printed = 0, 0
    for page in reader.pages:
        pages += 1
        if pages > MOST_PAGES:
            return {"problem": TOO_MANY}
        printed += _is_printed(page)
    if not pages:
        return {"problem": MALFORMED}
    return {"pages": pages, "printed": printed == pages}


def _is_printed(page: Any) -> bool:
    """Say whether a page is set in type with nothing on it that a pen or a scanner left."""
    resources = _dictionary(page.get("/Resources"))
    if not _dictionary(resources.get("/Font")) or _has_picture(resources, 0):
        return False
    notes = page.get("/Annots")
    notes = notes.get_object() if hasattr(notes, "get_object") else notes
    kinds = {_dictionary(note).get("/Subtype") for note in notes or ()}
    return not kinds & {"/Ink", "/Stamp"} and not _INLINE.search(_content(page))


def _has_picture(resources: dict[str, Any], depth: int) -> bool:
    """Look for an image among what a page draws, and in what that draws."""
    for one in _dictionary(resources.get("/XObject")).values():
        drawn = _dictionary(one)
        if drawn.get("/Subtype") == "/Image":
            return True
        inner = _dictionary(drawn.get("/Resources"))
        if inner and depth < MOST_DEPTH and _has_picture(inner, depth + 1):
            return True
    return False


def _content(page: Any) -> bytes:
    content = page.get_contents()
    return bytes(content.get_data()) if content is not None else b""


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
