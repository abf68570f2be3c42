"""One part of settings.toml, asked for its values by key; what is of another type is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from docgen.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Part:
    """The part `[name]`; a key that is left out has its default.

    Each question raises `ConfigurationError` where the value is of the wrong type or out of bounds.
    """

    name: str
    values: Mapping[str, object]

    def __bool__(self) -> bool:
        """Say whether anything is set."""
        return bool(self.values)

    def text(self, key: str, default: str = "") -> str:
        """Read a text."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise ConfigurationError(f"[{self.name}] {key} must be text in quotes.")
        return value

    def whole(self, key: str, default: int, *, low: int, most: int) -> int:
        """Read a whole number within bounds."""
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= most:
            raise ConfigurationError(
                f"[{self.name}] {key} must be a whole number, {low} to {most}."
            )
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Read a yes or no."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise ConfigurationError(f"[{self.name}] {key} must be true or false.")
        return value
