"""The sandbox of page and Word templates: they may read a document's own fields, nothing else."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docgen.domain.document import Block, Column, Document, Run, SignaturePanel, Table

_READABLE = {
    kind: frozenset(field.name for field in fields(kind))
    for kind in (Document, Block, Run, Table, Column, SignaturePanel)
}


class DocumentEnvironment(ImmutableSandboxedEnvironment):
    """Escapes every value, knows no globals and reads declared fields only."""

    def __init__(self, *, trim: bool = False) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=trim,
            lstrip_blocks=trim,
            cache_size=0,
        )
        self.globals = {}
        self.filters = {}
        self.tests = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a field of a document's values; anything else is refused."""
        if attribute in _READABLE.get(type(obj), ()):
            return getattr(obj, attribute)
        raise SecurityError(f"a template may not read {attribute!r} here")

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ARG002 - Jinja's signature
        """Refuse subscripts."""
        raise SecurityError(f"a template may not read {argument!r} here")
