"""An archive in memory, for tests; it keeps the same contract."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from docgen.errors import ArchiveConflict, DigestMismatch, InputError, NotFound, Refused
from docgen.ports.archive import Keeping, Receipt

if TYPE_CHECKING:
    from datetime import datetime


class FakeArchive:
    """Keeps objects in a dictionary; `objects` may be damaged by tests.

    `set_aside` holds what lay in the place of mended objects, `kept` what keeps each.
    """

    key: ClassVar[str] = "fake"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.set_aside: list[bytes] = []
        self.kept: dict[str, Keeping] = {}

    def put(self, data: bytes) -> Receipt:
        """Store once."""
        sha256 = hashlib.sha256(data).hexdigest()
        if self.objects.setdefault(sha256, data) != data:
            raise ArchiveConflict(
                "Other bytes already lie under this digest: the archive is damaged."
            )
        return self._receipt(sha256)

    def open(self, sha256: str, *, version: str = "") -> bytes:  # noqa: ARG002  # has none
        """Read and re-hash."""
        data = self.objects.get(_checked(sha256))
        if data is None:
            raise NotFound("The archive holds nothing under this digest.")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DigestMismatch("The stored bytes are not those that were put.")
        return data

    def stat(self, sha256: str, *, version: str = "") -> Receipt | None:  # noqa: ARG002  # has none
        """Say what is stored."""
        return self._receipt(sha256) if _checked(sha256) in self.objects else None

    def mend(self, data: bytes) -> Receipt:
        """Put bytes back."""
        sha256 = hashlib.sha256(data).hexdigest()
        found = self.objects.get(sha256, data)
        if found != data:
            self.set_aside.append(found)
        self.objects[sha256] = data
        return self._receipt(sha256)

    def keep(self, sha256: str, until: datetime, *, version: str = "") -> None:
        """Remember the later date."""
        kept = self.keeping(sha256, version=version)
        if kept.until is None or kept.until < until:
            self.kept[sha256] = replace(kept, until=until)

    def hold(self, sha256: str, *, held: bool, version: str = "") -> None:
        """Remember the hold."""
        self.kept[sha256] = replace(self.keeping(sha256, version=version), held=held)

    def keeping(self, sha256: str, *, version: str = "") -> Keeping:  # noqa: ARG002  # has none
        """Say what is remembered."""
        if _checked(sha256) not in self.objects:
            raise NotFound("The archive holds nothing under this digest.")
        return self.kept.get(sha256, Keeping())

    def keeping_all(self, sha256: str) -> Keeping | None:
        """Say what is remembered, or None."""
        return self.keeping(sha256) if _checked(sha256) in self.objects else None

    def dispose(self, sha256: str, *, at: datetime) -> None:
        """Drop it from memory."""
        kept = self.keeping_all(sha256) or Keeping()
        if kept.held or (kept.until is not None and kept.until > at):
            raise Refused("A lock or a legal hold lies on this object; nothing was deleted.")
        self.objects.pop(sha256, None)
        self.kept.pop(sha256, None)

    def disposal_faults(self) -> list[str]:
        """Name none."""
        return []

    def faults(self) -> list[str]:
        """Name none."""
        return []

    def _receipt(self, sha256: str) -> Receipt:
        size = len(self.objects[sha256])
        return Receipt(sha256=sha256, size=size, location=f"memory:{sha256}")


def _checked(sha256: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise InputError("An archive key is 64 lower-case hexadecimal digits, nothing else.")
    return sha256
