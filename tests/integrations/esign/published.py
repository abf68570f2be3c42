"""Whether an exchange fits a vendor's published operation, cut to what is used here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft4Validator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from integrations.simulators.wire import Exchange

SPECS = Path(__file__).parents[2] / "simulators" / "specs"


class Published:
    """One vendor's operations below `base`; whatever they do not name is a misfit."""

    def __init__(self, name: str, base: str) -> None:
        self._told = json.loads((SPECS / f"{name}.json").read_text("utf-8"))
        self._base = base
        self.definitions = {
            key: _closed(schema) for key, schema in self._told["definitions"].items()
        }

    def operation(self, exchange: Exchange) -> tuple[str, Mapping[str, Any]] | None:
        """Find the operation an exchange is of."""
        asked = exchange.asked
        for path, operations in self._told["paths"].items():
            pattern = self._base + re.sub(r"\{[^}]+\}", "[^/]+", path)
            if re.fullmatch(pattern, asked.path) and asked.method.lower() in operations:
                return f"{asked.method} {path}", operations[asked.method.lower()]
        return None

    def misfits(self, exchange: Exchange) -> list[str]:
        """Say where an exchange does not fit."""
        found = self.operation(exchange)
        if found is None:
            return [f"{exchange.asked.method} {exchange.asked.path} is not published"]
        name, operation = found
        asked, answered = exchange.asked, exchange.answered
        wrong = [f"query {key}" for key in set(asked.query) - set(operation["query"])]
        if operation.get("mark") and not asked.headers.get("if-match"):
            wrong.append("no If-Match")
        if asked.body and operation["body"] is not None:
            wrong += self.problems(json.loads(asked.body), operation["body"])
        schema = operation["responses"].get(str(answered.status))
        if schema is not None and answered.data() and not isinstance(answered.body, bytes):
            wrong += self.problems(json.loads(answered.data()), schema)
        return [f"{name}: {problem}" for problem in wrong]

    def problems(self, value: object, schema: Mapping[str, Any]) -> list[str]:
        """Say where a value does not fit a schema."""
        whole = {**_closed(schema), "definitions": self.definitions}
        return [
            f"{list(error.absolute_path)}: {error.message[:200]}"
            for error in Draft4Validator(whole).iter_errors(value)
        ]

    def unused(self, exchanges: Iterable[Exchange]) -> set[str]:
        """Name the operations that no exchange was of."""
        used = {found[0] for found in map(self.operation, exchanges) if found is not None}
        return {
            f"{method.upper()} {path}"
            for path, operations in self._told["paths"].items()
            for method in operations
        } - used


def _closed(schema: Any) -> Any:
    """Leave no room in an object for what it does not name."""
    if not isinstance(schema, dict):
        return schema
    inner: dict[str, Any] = {
        name: {key: _closed(item) for key, item in value.items()}
        if name == "properties"
        else _closed(value)
        for name, value in schema.items()
    }
    if "properties" in inner:
        inner["additionalProperties"] = False
    return inner
