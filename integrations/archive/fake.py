"""An archive in memory, for tests; it keeps the same contract."""

from __future__ import annotations

import hashlib
import re
from typing import ClassVar

from docgen.errors import ArchiveConflict, DigestMismatch, InputError, NotFound
from docgen.ports.archive import Receipt


class FakeArchive:
    """Keeps objects in a dictionary; `objects` may be damaged by tests."""

    key: ClassVar[str] = "fake"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, data: bytes) -> Receipt:
        """Store once."""
        sha256 = hashlib.sha256(data).hexdigest()
        if self.objects.setdefault(sha256, data) != data:
            raise ArchiveConflict(
                "Other bytes already lie under this digest: the archive is damaged."
            )
        return self._receipt(sha256)

    def open(self, sha256: str) -> bytes:
        """Read and re-hash."""
        data = self.objects.get(_checked(sha256))
        if data is None:
            raise NotFound("The archive holds nothing under this digest.")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DigestMismatch("The stored bytes are not those that were put.")
        return data

    def stat(self, sha256: str) -> Receipt | None:
        """Say what is stored."""
        return self._receipt(sha256) if _checked(sha256) in self.objects else None

    def _receipt(self, sha256: str) -> Receipt:
        size = len(self.objects[sha256])
        return Receipt(sha256=sha256, size=size, location=f"memory:{sha256}")


def _checked(sha256: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise InputError("An archive key is 64 lower-case hexadecimal digits, nothing else.")
    return sha256
