"""What every archive keeps to; inherited by each adapter's tests and by the fake's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from docgen.errors import ArchiveConflict, DigestMismatch, InputError, NotFound

if TYPE_CHECKING:
    from docgen.ports.archive import ArchiveStore

ABSENT = hashlib.sha256(b"never put").hexdigest()
HOSTILE_KEYS = (
    "",
    ".",
    "..",
    "/",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "/etc/passwd",
    "a" * 63,
    "a" * 65,
    "A" * 64,
    "g" * 64,
    "a" * 64 + "\n",
    "a" * 63 + "\x00",
    "a" * 62 + "/.",
    "٠" * 64,
    "ａ" * 64,
    " " + "a" * 63,
    "ab/cd/" + "a" * 58,
    "%2e%2e%2f" + "a" * 55,
    "CON",
    "NUL",
    "a" * 4096,
)


class ArchiveContract:
    """One suite for all; subclasses give `archive` and `damage`."""

    @pytest.fixture
    def archive(self) -> ArchiveStore:
        """Give an empty archive."""
        raise NotImplementedError

    def damage(self, archive: ArchiveStore, sha256: str, data: bytes) -> None:
        """Put other bytes under a key behind the archive's back."""
        raise NotImplementedError

    @pytest.mark.parametrize("data", [b"", b"x", b"\x00" * 70_000, bytes(range(256)) * 999])
    def test_what_was_put_is_what_is_opened(self, archive: ArchiveStore, data: bytes) -> None:
        """Bytes come back as they were put, under their SHA-256."""
        receipt = archive.put(data)
        assert receipt.sha256 == hashlib.sha256(data).hexdigest()
        assert receipt.size == len(data)
        assert receipt.location
        assert archive.open(receipt.sha256) == data
        assert archive.stat(receipt.sha256) == receipt

    def test_the_same_bytes_again_give_the_same_receipt(self, archive: ArchiveStore) -> None:
        """Putting twice is putting once."""
        assert archive.put(b"same") == archive.put(b"same")

    def test_nothing_is_found_under_an_unknown_digest(self, archive: ArchiveStore) -> None:
        """An unknown digest is not found, and `stat` says None."""
        archive.put(b"something else")
        with pytest.raises(NotFound):
            archive.open(ABSENT)
        assert archive.stat(ABSENT) is None

    def test_damaged_bytes_are_not_handed_out(self, archive: ArchiveStore) -> None:
        """Opening re-hashes and refuses bytes that are not those that were put."""
        receipt = archive.put(b"agreement")
        self.damage(archive, receipt.sha256, b"Agreement")
        with pytest.raises(DigestMismatch):
            archive.open(receipt.sha256)

    def test_other_bytes_under_a_key_are_a_conflict_and_stay(self, archive: ArchiveStore) -> None:
        """Putting never overwrites what lies under the key, even when that is damaged."""
        receipt = archive.put(b"agreement")
        self.damage(archive, receipt.sha256, b"Agreement")
        with pytest.raises(ArchiveConflict):
            archive.put(b"agreement")
        with pytest.raises(DigestMismatch):
            archive.open(receipt.sha256)

    @pytest.mark.parametrize("key", HOSTILE_KEYS)
    def test_a_hostile_key_is_refused(self, archive: ArchiveStore, key: str) -> None:
        """Only 64 lower-case hex digits are a key; the rest is refused before any look-up."""
        with pytest.raises(InputError):
            archive.open(key)
        with pytest.raises(InputError):
            archive.stat(key)
