"""An archive with a second copy: what is stored lies in two places, to be mended from the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docgen.errors import ServiceUnavailable, StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from docgen.ports.archive import ArchiveStore, Keeping, Receipt

FIRST, COPY = "archive", "copy"  # what history calls the two places
UNREACHED = (ServiceUnavailable, StorageError)


class CopiedArchive:
    """Stores in both places before it says that anything is stored; reads from the first.

    It never reads from the copy by itself: what is amiss with the first place must be seen.
    """

    key: ClassVar[str] = "copied"

    def __init__(self, first: ArchiveStore, copy: ArchiveStore) -> None:
        self.first = first
        self.copy = copy

    def put(self, data: bytes) -> Receipt:
        """Store in both; give the first place's receipt."""
        receipt = self.first.put(data)
        self.copy.put(data)
        return receipt

    def open(self, sha256: str, *, version: str = "") -> bytes:
        """Read from the first."""
        return self.first.open(sha256, version=version)

    def stat(self, sha256: str, *, version: str = "") -> Receipt | None:
        """Say what is stored in the first."""
        return self.first.stat(sha256, version=version)

    def mend(self, data: bytes) -> Receipt:
        """Put bytes back in both."""
        receipt = self.first.mend(data)
        self.copy.mend(data)
        return receipt

    def keep(self, sha256: str, until: datetime, *, version: str = "") -> None:
        """Keep in both; the version is the first place's own."""
        self.first.keep(sha256, until, version=version)
        self.copy.keep(sha256, until)

    def hold(self, sha256: str, *, held: bool, version: str = "") -> None:
        """Hold in both."""
        self.first.hold(sha256, held=held, version=version)
        self.copy.hold(sha256, held=held)

    def keeping(self, sha256: str, *, version: str = "") -> Keeping:
        """Say what keeps it in the first."""
        return self.first.keeping(sha256, version=version)

    def keeping_all(self, sha256: str) -> Keeping | None:
        """Say what keeps it in the first."""
        return self.first.keeping_all(sha256)

    def dispose(self, sha256: str, *, at: datetime) -> None:
        """Delete it from both."""
        self.first.dispose(sha256, at=at)
        self.copy.dispose(sha256, at=at)

    def disposal_faults(self) -> list[str]:
        """Name what keeps either from disposing."""
        return [
            *self.first.disposal_faults(),
            *(f"of the archive's second copy, {fault}" for fault in self.copy.disposal_faults()),
        ]

    def faults(self) -> list[str]:
        """Name what is amiss with either."""
        return [
            *self.first.faults(),
            *(f"of the archive's second copy, {fault}" for fault in self.copy.faults()),
        ]


def places_of(archive: ArchiveStore) -> Mapping[str, ArchiveStore]:
    """Give each place of an archive by its name."""
    if isinstance(archive, CopiedArchive):
        return {FIRST: archive.first, COPY: archive.copy}
    return {FIRST: archive}
