"""The archive: content-addressed, write-once, and held until a date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof of storage: the object's digest, size in bytes, and where a person finds it.

    `version` is the store's own name for these very bytes; "" where it has none.
    """

    sha256: str
    size: int
    location: str
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What keeps an object: the date until which it stays, and whether a legal hold lies on it."""

    until: datetime | None = None
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePlace:
    """Where an archive is: a folder, or a bucket and what opens it.

    The keys for disposal are others: with the everyday ones nothing can be deleted.
    """

    kind: str
    url: str
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    disposal_access_key: str = field(default="", repr=False)
    disposal_secret_key: str = field(default="", repr=False)
    disposal_session_token: str = field(default="", repr=False)


class ArchiveStore(Protocol):
    """Stores bytes under their SHA-256; no overwrite, no earlier end, no deletion before it.

    `version`, where it is known, names the very bytes that a receipt told of: what somebody laid
    over them, or a mark that hides them, then changes nothing.
    """

    key: ClassVar[str]

    def put(self, data: bytes) -> Receipt:
        """Store durably, read back and compare; the same bytes again are fine.

        Raises:
            ArchiveConflict: other bytes lie under this digest (the store is damaged).
            StorageError: the store could not write; nothing is left half-written.
        """
        ...

    def open(self, sha256: str, *, version: str = "") -> bytes:
        """Read and re-hash.

        Raises:
            NotFound: nothing lies under this digest.
            Gone: something lies there, and a delete marker hides it.
            DigestMismatch: the stored bytes are not what was put.
        """
        ...

    def stat(self, sha256: str, *, version: str = "") -> Receipt | None:
        """Say what is stored under this digest without reading it all, or None."""
        ...

    def mend(self, data: bytes) -> Receipt:
        """Put lost or damaged bytes back, so that `open` finds them; sound ones stay as they are.

        What lay there instead is set aside, never destroyed.
        """
        ...

    def keep(self, sha256: str, until: datetime, *, version: str = "") -> None:
        """See to it that an object stays until then; what stays longer already stays as long.

        Raises:
            NotFound: nothing lies under this digest.
        """
        ...

    def hold(self, sha256: str, *, held: bool, version: str = "") -> None:
        """Place a legal hold on an object, or lift it; twice is once.

        Raises:
            NotFound: nothing lies under this digest.
        """
        ...

    def keeping(self, sha256: str, *, version: str = "") -> Keeping:
        """Say what keeps an object.

        Raises:
            NotFound: nothing lies under this digest.
        """
        ...

    def keeping_all(self, sha256: str) -> Keeping | None:
        """Say what keeps an object with all its versions: the latest end, and whether one is held.

        None where nothing is left of it, not even a mark that hid it.
        """
        ...

    def dispose(self, sha256: str, *, at: datetime) -> None:
        """Delete an object with every version of it, and whatever was set aside or marks it.

        What is gone already stays gone, so it can be repeated.

        Raises:
            Refused: a legal hold, or a lock that has not ended at this moment, lies on a version;
                nothing was deleted.
            ConfigurationError: there are no keys with which this store deletes.
        """
        ...

    def disposal_faults(self) -> list[str]:
        """Name what keeps this store from disposing of anything, each with what to do about it.

        Each is one sentence in two halves, like those of `faults`.
        """
        ...

    def faults(self) -> list[str]:
        """Name what keeps this store from being an archive, each with what to do about it.

        Each is one sentence in two halves, with a colon between; none at all means that the store
        answers and is sound.
        """
        ...
