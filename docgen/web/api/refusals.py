"""What each operation may answer besides what was asked for, for the API's description."""

from __future__ import annotations

from typing import Any

from docgen.web.api.schemas import Problem

ALWAYS = (400, 401, 403, 422, 429)
PDF, ZIP = "application/pdf", "application/zip"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def gives(*media: str) -> dict[str, Any]:
    """Describe an operation that gives a file, which its Python type does not tell."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {
        "responses": {200: {"description": "The file", "content": dict.fromkeys(media, binary)}}
    }


def refusals(*also: int) -> dict[Any, Any]:
    """Give the refusals of an operation by status; those of every operation are among them."""
    return dict.fromkeys(sorted({*ALWAYS, *also}), Problem)
