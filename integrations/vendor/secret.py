"""Secrets that never show, in whatever is printed of what holds them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secrets:
    """Every secret that holds now, the newest first."""

    texts: tuple[str, ...] = field(repr=False)
