"""The archive in memory keeps the archive's contract."""

from __future__ import annotations

import pytest

from integrations.archive.fake import FakeArchive
from tests.contracts.archive import ArchiveContract


class TestFakeArchive(ArchiveContract):
    @pytest.fixture
    def archive(self) -> FakeArchive:
        """Give an empty archive in memory."""
        return FakeArchive()

    def damage(self, archive: FakeArchive, sha256: str, data: bytes) -> None:  # type: ignore[override]  # the fixture above decides the type
        """Overwrite the object in memory."""
        archive.objects[sha256] = data

    def lose(self, archive: FakeArchive, sha256: str) -> None:  # type: ignore[override]  # the fixture above decides the type
        """Drop the object from memory."""
        del archive.objects[sha256]
