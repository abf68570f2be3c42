"""The archive: content-addressed, write-once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof of storage: the object's digest, size in bytes, and where a person finds it."""

    sha256: str
    size: int
    location: str


class ArchiveStore(Protocol):
    """Stores bytes under their SHA-256; no delete, no overwrite."""

    key: ClassVar[str]

    def put(self, data: bytes) -> Receipt:
        """Store durably, read back and compare; the same bytes again are fine.

        Raises:
            ArchiveConflict: other bytes lie under this digest (the store is damaged).
            StorageError: the store could not write; nothing is left half-written.
        """
        ...

    def open(self, sha256: str) -> bytes:
        """Read and re-hash.

        Raises:
            NotFound: nothing lies under this digest.
            DigestMismatch: the stored bytes are not what was put.
        """
        ...

    def stat(self, sha256: str) -> Receipt | None:
        """Say what is stored under this digest without reading it all, or None."""
        ...
