"""What each operation may answer besides what was asked for, for the API's description."""

from __future__ import annotations

from typing import Any

from docgen.web.api.schemas import Problem

ALWAYS = (400, 401, 403, 422)
# An operation that gives a file, which the description cannot tell from its Python type.
FILE = {
    "responses": {
        200: {
            "description": "The file",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}


def refusals(*also: int) -> dict[Any, Any]:
    """Give the refusals of an operation by status; those of every operation are among them."""
    return dict.fromkeys(sorted({*ALWAYS, *also}), Problem)
