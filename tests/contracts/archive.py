"""What every archive keeps to; inherited by each adapter's tests and by the fake's."""

from __future__ import annotations

import abc
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.errors import ArchiveConflict, DigestMismatch, InputError, NotFound, Refused
from docgen.ports.archive import Keeping

if TYPE_CHECKING:
    from docgen.ports.archive import ArchiveStore

ABSENT = hashlib.sha256(b"never put").hexdigest()
FAR = datetime(2041, 5, 6, 7, 8, 9, tzinfo=UTC)
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


class ArchiveContract(abc.ABC):
    """One suite for all; subclasses give `archive`, `damage` and `lose`."""

    @pytest.fixture
    @abc.abstractmethod
    def archive(self) -> ArchiveStore:
        """Give an empty archive."""

    @pytest.fixture
    def brief(self, archive: ArchiveStore) -> ArchiveStore:
        """Give an empty archive whose own locks are over within seconds."""
        return archive

    def soon(self) -> datetime:
        """Give an end of a lock that `after` can come after."""
        return FAR

    def after(self, until: datetime) -> datetime:
        """Give a moment after the end of a lock, once the store itself counts it as over."""
        return until + timedelta(seconds=1)

    @abc.abstractmethod
    def damage(self, archive: ArchiveStore, sha256: str, data: bytes) -> None:
        """Put other bytes under a key behind the archive's back."""

    @abc.abstractmethod
    def lose(self, archive: ArchiveStore, sha256: str) -> None:
        """Take an object away behind the archive's back, as far as the store lets anybody."""

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
        with pytest.raises(InputError):
            archive.keep(key, FAR)
        with pytest.raises(InputError):
            archive.hold(key, held=True)
        with pytest.raises(InputError):
            archive.keeping(key)
        with pytest.raises(InputError):
            archive.keeping_all(key)
        with pytest.raises(InputError):
            archive.dispose(key, at=FAR)

    def test_a_lost_object_is_not_found_and_can_be_mended(self, archive: ArchiveStore) -> None:
        """What is gone is not found; put back, it is read like before."""
        receipt = archive.put(b"agreement")
        self.lose(archive, receipt.sha256)
        with pytest.raises(NotFound):
            archive.open(receipt.sha256)
        assert archive.stat(receipt.sha256) is None
        assert archive.mend(b"agreement") == archive.stat(receipt.sha256)
        assert archive.open(receipt.sha256) == b"agreement"

    def test_a_damaged_object_can_be_mended(self, archive: ArchiveStore) -> None:
        """Sound bytes take the place of damaged ones, and the version told is the one read."""
        receipt = archive.put(b"agreement")
        self.damage(archive, receipt.sha256, b"Agreement")
        mended = archive.mend(b"agreement")
        assert archive.open(receipt.sha256) == b"agreement"
        assert archive.open(receipt.sha256, version=mended.version) == b"agreement"
        assert archive.put(b"agreement") == mended

    def test_mending_what_is_sound_changes_nothing(self, archive: ArchiveStore) -> None:
        """The control: a sound object keeps its version."""
        assert archive.mend(b"never put before").sha256
        receipt = archive.put(b"agreement")
        assert archive.mend(b"agreement") == receipt

    def test_what_is_kept_longer_stays_longer(self, archive: ArchiveStore) -> None:
        """A later date moves the end, an earlier one changes nothing."""
        sha256 = archive.put(b"agreement").sha256
        for until in (FAR, FAR - timedelta(days=90), FAR):
            archive.keep(sha256, until)
            assert archive.keeping(sha256).until == FAR
        archive.keep(sha256, FAR + timedelta(days=1))
        assert archive.keeping(sha256).until == FAR + timedelta(days=1)
        assert archive.open(sha256) == b"agreement"

    def test_a_legal_hold_is_placed_and_lifted(self, archive: ArchiveStore) -> None:
        """Twice is once, and the date stays what it was."""
        sha256 = archive.put(b"agreement").sha256
        archive.keep(sha256, FAR)
        assert not archive.keeping(sha256).held
        for held in (True, True, False, False):
            archive.hold(sha256, held=held)
            assert archive.keeping(sha256).held is held
            assert archive.keeping(sha256).until == FAR

    def test_what_is_not_there_cannot_be_kept(self, archive: ArchiveStore) -> None:
        """An unknown digest is refused by each."""
        for asked in (
            lambda: archive.keep(ABSENT, FAR),
            lambda: archive.hold(ABSENT, held=True),
            lambda: archive.keeping(ABSENT),
        ):
            with pytest.raises(NotFound):
                asked()

    def test_what_is_locked_is_not_disposed_of(self, archive: ArchiveStore) -> None:
        """Attack: before the lock's end the adapter refuses, and everything stays readable."""
        sha256 = archive.put(b"agreement").sha256
        archive.keep(sha256, FAR)
        for early in (FAR - timedelta(seconds=1), FAR - timedelta(days=4000)):
            with pytest.raises(Refused, match="nothing was deleted"):
                archive.dispose(sha256, at=early)
        assert archive.open(sha256) == b"agreement"
        assert archive.keeping_all(sha256) == Keeping(until=FAR)

    def test_what_is_held_is_not_disposed_of(self, archive: ArchiveStore) -> None:
        """Attack: under a legal hold it stays, however long its lock is over."""
        sha256 = archive.put(b"agreement").sha256
        archive.hold(sha256, held=True)
        with pytest.raises(Refused, match="nothing was deleted"):
            archive.dispose(sha256, at=FAR + timedelta(days=4000))
        assert archive.open(sha256) == b"agreement"
        archive.hold(sha256, held=False)

    def test_what_is_locked_no_more_is_disposed_of(self, brief: ArchiveStore) -> None:
        """The control: once its lock is over it is gone for good; twice is once; others stay."""
        sha256, other = brief.put(b"agreement").sha256, brief.put(b"another").sha256
        until = self.soon()
        brief.keep(sha256, until)
        brief.dispose(sha256, at=self.after(until))
        assert brief.stat(sha256) is None
        assert brief.keeping_all(sha256) is None
        with pytest.raises(NotFound):
            brief.open(sha256)
        brief.dispose(sha256, at=self.after(until))
        brief.dispose(ABSENT, at=self.after(until))
        assert brief.open(other) == b"another"

    def test_what_was_damaged_and_mended_is_disposed_of_whole(self, brief: ArchiveStore) -> None:
        """Whatever lay in its place goes too, and so does what is left of a lost object."""
        sha256 = brief.put(b"agreement").sha256
        self.damage(brief, sha256, b"Agreement")
        brief.mend(b"agreement")
        until = self.soon()
        brief.keep(sha256, until)
        self.lose(brief, sha256)
        brief.dispose(sha256, at=self.after(until))
        assert brief.keeping_all(sha256) is None
        with pytest.raises(NotFound):
            brief.open(sha256)

    def test_what_was_disposed_of_can_be_put_again(self, brief: ArchiveStore) -> None:
        """Nothing of the old lock is left for the same bytes put anew."""
        sha256 = brief.put(b"agreement").sha256
        until = self.soon()
        brief.keep(sha256, until)
        brief.dispose(sha256, at=self.after(until))
        assert brief.put(b"agreement").sha256 == sha256
        assert brief.open(sha256) == b"agreement"

    def test_a_store_that_can_dispose_names_no_fault(self, archive: ArchiveStore) -> None:
        """Nothing is named."""
        assert archive.disposal_faults() == []

    def test_a_sound_store_has_no_faults(self, archive: ArchiveStore) -> None:
        """Nothing is named."""
        assert archive.faults() == []
