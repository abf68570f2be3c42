"""Adapters by their entry points: the one way from the core to them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any, cast

from docgen.errors import ConfigurationError


def adapter(group: str, key: str) -> Any:
    """Load an adapter by its entry point.

    Raises:
        ConfigurationError: no such adapter is installed.
    """
    found = {entry.name: entry for entry in installed(group)}
    if key not in found:
        known = ", ".join(sorted(found)) or "none"
        raise ConfigurationError(f"No {group} adapter {key!r} is installed; installed: {known}.")
    try:
        return found[key].load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"The {group} adapter {key!r} is installed but cannot be loaded: its package is "
            "damaged, or another one stands in its place. `docgen check` says which; install again."
        ) from error


def installed(group: str) -> EntryPoints:
    """Give the entry points of a group, none of them loaded."""
    return cast("EntryPoints", _all().select(group=group))


@cache
def _all() -> Any:
    # Reading what every installed package says takes longer than loading a light adapter.
    return entry_points()
