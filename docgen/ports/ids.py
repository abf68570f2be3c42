"""Identifiers and secrets, injected for the same reason as the clock."""

from __future__ import annotations

from typing import Protocol


class Ids(Protocol):
    """Makes identifiers and secrets."""

    def new(self, prefix: str) -> str:
        """Make a unique id such as `pkt_01hq...`: the prefix, `_`, 26 lower-case characters."""
        ...

    def token(self) -> str:
        """Make an unguessable token of 256 bits, URL-safe."""
        ...

    def salt(self) -> str:
        """Make 128 random bits in hex, to blind a digest."""
        ...
