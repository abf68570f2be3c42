"""What was read last of a fully executed envelope, which handing it over need not read again."""

from __future__ import annotations

from typing import Generic, TypeVar

Found = TypeVar("Found")


class LastExecuted(Generic[Found]):
    """Remembers one envelope: whoever files it fetches it first, then its documents and records.

    That everybody signed and what was sent changes no more; addresses of files do, and are asked
    for anew.
    """

    def __init__(self) -> None:
        self._last: tuple[str, Found] | None = None

    def keep(self, envelope_id: str, found: Found) -> Found:
        """Remember an envelope that was just read as fully executed; give it back."""
        self._last = (envelope_id, found)
        return found

    def find(self, envelope_id: str) -> Found | None:
        """Give what was read of this envelope, if it was the last."""
        last = self._last
        return last[1] if last is not None and last[0] == envelope_id else None
