"""The archive in a bucket: keys are digests, every version is locked, and reading is by version."""

from __future__ import annotations

import base64
import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from docgen.errors import (
    ArchiveConflict,
    ConfigurationError,
    DigestMismatch,
    DocgenError,
    InputError,
    NotFound,
    Refused,
)
from docgen.ports.archive import Keeping, Receipt
from integrations.archive.s3.client import connect
from integrations.archive.s3.failure import (
    ABSENT,
    ALTERED,
    GARBLED,
    HIDDEN,
    LEFT,
    PRESENT,
    UNFIT,
    told_apart,
)
from integrations.archive.s3.listing import Listing
from integrations.archive.s3.place import parse_bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Self

    from docgen.ports.archive import ArchivePlace

LARGEST = 1024 * 1024 * 1024
MODE = "COMPLIANCE"
_KEY = re.compile(r"[0-9a-f]{64}")
_SECOND = timedelta(seconds=1)  # locks are kept in whole seconds
_NO_KEYS = (
    "the archive's bucket lets nothing be deleted with the site's everyday keys: write keys that "
    "may do nothing but s3:DeleteObjectVersion to a file and name it as [archive] "
    "disposal_credentials_file (for the second copy: copy_disposal_credentials_file)"
)
_NO_LOCK = (
    "the archive's bucket has no Object Lock: make a bucket with Object Lock (it can only be "
    "switched on fully when a bucket is made) and name it in [archive] url"
)


class S3Archive:
    """Keeps objects in one bucket, under `prefix` and their digest; many processes may share it."""

    key: ClassVar[str] = "s3"

    def __init__(
        self,
        client: Any,
        bucket: str,
        prefix: str,
        *,
        now: Callable[[], datetime],
        lock: timedelta,
        disposer: Any = None,
    ) -> None:
        self._client = client
        self._disposer = disposer
        self._bucket = bucket
        self._prefix = prefix
        self._now = now
        self._lock = lock
        self._listing = Listing(client, bucket)

    @classmethod
    def at(cls, place: ArchivePlace, *, now: Callable[[], datetime], lock: timedelta) -> Self:
        """Open the bucket at an address; nothing is asked of it yet.

        Raises:
            ConfigurationError: the address is not written as it must be, or there are no keys.
        """
        bucket = parse_bucket(place.url)
        if not place.access_key or not place.secret_key:
            raise ConfigurationError(
                "The archive's credentials are missing: give AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or a file as [archive] credentials_file."
            )
        client = connect(place, bucket)
        disposer = None
        if place.disposal_access_key and place.disposal_secret_key:
            theirs = replace(
                place,
                access_key=place.disposal_access_key,
                secret_key=place.disposal_secret_key,
                session_token=place.disposal_session_token,
            )
            disposer = connect(theirs, bucket)
        return cls(client, bucket.name, bucket.prefix, now=now, lock=lock, disposer=disposer)

    def put(self, data: bytes) -> Receipt:
        """Store once, locked, and read back what the bucket says of it."""
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            return self._store(sha256, data, IfNoneMatch="*")
        except ArchiveConflict:
            return self._already(sha256)

    def open(self, sha256: str, *, version: str = "") -> bytes:
        """Read and re-hash, the very version where it is known."""
        return self._read(sha256, version)[0]

    def stat(self, sha256: str, *, version: str = "") -> Receipt | None:
        """Say what is stored; without its version, a hidden object is not."""
        try:
            found = self._head(sha256, version)
        except NotFound:
            return None
        return self._receipt(sha256, found)

    def mend(self, data: bytes) -> Receipt:
        """Lay a sound, locked version over whatever is there; all versions below stay."""
        sha256 = hashlib.sha256(data).hexdigest()
        with suppress(DocgenError):
            _, version = self._read(sha256, "")
            return self._receipt(sha256, self._head(sha256, version))
        return self._store(sha256, data)

    def keep(self, sha256: str, until: datetime, *, version: str = "") -> None:
        """Move the lock's end later, never earlier."""
        found = self._head(sha256, version)
        locked = _locked_until(found)
        if locked is not None and locked > until - _SECOND:
            return
        with told_apart():
            self._client.put_object_retention(
                **self._named(sha256, _version(found)),
                Retention={"Mode": MODE, "RetainUntilDate": until},
            )

    def hold(self, sha256: str, *, held: bool, version: str = "") -> None:
        """Place or lift the bucket's own legal hold."""
        found = self._head(sha256, version)
        if _is_held(found) is held:
            return
        with told_apart():
            self._client.put_object_legal_hold(
                **self._named(sha256, _version(found)),
                LegalHold={"Status": "ON" if held else "OFF"},
            )

    def keeping(self, sha256: str, *, version: str = "") -> Keeping:
        """Say until when the bucket refuses to let go, and whether a legal hold lies on it."""
        found = self._head(sha256, version)
        return Keeping(until=_locked_until(found), held=_is_held(found))

    def keeping_all(self, sha256: str) -> Keeping | None:
        """Look at each version's lock and hold."""
        versions, marks = self._listing.everything(self._named(sha256)["Key"])
        if not versions and not marks:
            return None
        found = [self._head(sha256, version) for version in versions]
        ends = [item["ObjectLockRetainUntilDate"] for item in found if _has_end(item)]
        until = max(ends).astimezone(UTC) if ends else None
        return Keeping(until=until, held=any(_is_held(item) for item in found))

    def dispose(self, sha256: str, *, at: datetime) -> None:
        """Delete each version by its name, then the marks, with the keys for disposal alone."""
        kept = self.keeping_all(sha256)
        if kept is None:
            return
        if self._disposer is None:
            raise ConfigurationError(f"{_NO_KEYS[:1].upper()}{_NO_KEYS[1:]}.")
        if kept.held or (kept.until is not None and kept.until > at):
            raise Refused(
                "The archive's bucket keeps this object under a lock or a legal hold; nothing was "
                "deleted."
            )
        key = self._named(sha256)["Key"]
        versions, marks = self._listing.everything(key)
        for version in (*versions, *marks):
            with told_apart():
                self._disposer.delete_object(**self._named(sha256, version))
        if any(self._listing.everything(key)):
            raise LEFT.error()

    def disposal_faults(self) -> list[str]:
        """Name that there are no keys for it."""
        return [] if self._disposer is not None else [_NO_KEYS]

    def faults(self) -> list[str]:
        """Name what the bucket lacks; one that does not answer is a fault too."""
        faults = []
        try:
            with told_apart():
                versions = self._client.get_bucket_versioning(Bucket=self._bucket)
            if versions.get("Status") != "Enabled":
                faults.append(
                    "the archive's bucket keeps no versions: make a bucket with versions and "
                    "Object Lock and name it in [archive] url"
                )
        except (DocgenError, ConfigurationError) as error:
            return [f"the archive's bucket cannot be asked: {_lowered(error)}"]
        try:
            with told_apart():
                answer = self._client.get_object_lock_configuration(Bucket=self._bucket)
            if answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
                faults.append(_NO_LOCK)
        except ConfigurationError:
            faults.append(_NO_LOCK)
        except DocgenError as error:
            faults.append(f"the archive's bucket cannot be asked for its lock: {_lowered(error)}")
        return faults

    def _store(self, sha256: str, data: bytes, **condition: str) -> Receipt:
        until = self._now() + self._lock
        with told_apart():
            answer = self._client.put_object(
                **self._named(sha256),
                **condition,
                Body=data,
                ContentType="application/octet-stream",
                ChecksumSHA256=_checksum(sha256),
                ObjectLockMode=MODE,
                ObjectLockRetainUntilDate=until,
            )
        return self._proven(sha256, data, _version(answer), until)

    def _proven(self, sha256: str, data: bytes, version: str, until: datetime) -> Receipt:
        """Read back what was stored: its size, its digest, its version and its lock."""
        found = self._head(sha256, version)
        if found.get("ContentLength") != len(data):
            raise ALTERED.error()
        if found.get("ChecksumSHA256", _checksum(sha256)) != _checksum(sha256):
            raise ALTERED.error()
        if "ChecksumSHA256" not in found:  # a server that does not tell: then all of it is read
            self.open(sha256, version=version)
        locked = _locked_until(found)
        if version in {"", "null"} or locked is None or locked < until - _SECOND:
            raise UNFIT.error()
        return self._receipt(sha256, found)

    def _already(self, sha256: str) -> Receipt:
        """See to it that what lies there already is the same, and locked as long."""
        try:
            _, version = self._read(sha256, "")
        except DigestMismatch as error:
            raise PRESENT.error() from error
        self.keep(sha256, self._now() + self._lock, version=version)
        return self._receipt(sha256, self._head(sha256, version))

    def _read(self, sha256: str, version: str) -> tuple[bytes, str]:
        """Give the bytes, hashed again, and their version."""
        named = self._named(sha256, version)
        try:
            with told_apart():
                answer = self._client.get_object(**named)
                with answer["Body"] as body:
                    data = body.read() if _told_size(answer) <= LARGEST else b""
        except NotFound:
            if not version:
                self._refuse_hidden(sha256)
            raise
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ALTERED.error()
        return data, _version(answer)

    def _head(self, sha256: str, version: str = "") -> Mapping[str, Any]:
        named = self._named(sha256, version)
        try:
            with told_apart():
                found: Mapping[str, Any] = self._client.head_object(**named, ChecksumMode="ENABLED")
        except NotFound:
            if not version:
                self._refuse_hidden(sha256)
            raise
        _told_size(found)
        return found

    def _refuse_hidden(self, sha256: str) -> None:
        """Raise `Gone` where a delete marker is the newest under this key."""
        if self._listing.is_hidden(self._named(sha256)["Key"]):
            raise HIDDEN.error()
        raise ABSENT.error()

    def _named(self, sha256: str, version: str = "") -> dict[str, str]:
        """Name an object: the key is the digest alone."""
        if not _KEY.fullmatch(sha256):
            raise InputError("An archive key is 64 lower-case hexadecimal digits, nothing else.")
        named = {"Bucket": self._bucket, "Key": f"{self._prefix}{sha256}"}
        return named | ({"VersionId": version} if version else {})

    def _receipt(self, sha256: str, found: Mapping[str, Any]) -> Receipt:
        return Receipt(
            sha256=sha256,
            size=int(found["ContentLength"]),
            location=f"s3://{self._bucket}/{self._prefix}{sha256}",
            version=_version(found),
        )


def _told_size(answer: Mapping[str, Any]) -> int:
    """Give the size that an answer tells of, which bounds what is read of it.

    Raises:
        ServiceUnavailable: it tells of none, or comes in pieces, which have no end of their own.
    """
    size = answer.get("ContentLength")
    pieces = "transfer-encoding" in answer["ResponseMetadata"]["HTTPHeaders"]
    if not isinstance(size, int) or size < 0 or pieces:
        raise GARBLED.error()
    return size


def _version(found: Mapping[str, Any]) -> str:
    return str(found.get("VersionId") or "")


def _checksum(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _locked_until(found: Mapping[str, Any]) -> datetime | None:
    """Give the end of a lock that nobody can lift; any other mode is no lock of ours."""
    until: datetime | None = found.get("ObjectLockRetainUntilDate")
    if until is None or found.get("ObjectLockMode") != MODE:
        return None
    return until.astimezone(UTC)


def _has_end(found: Mapping[str, Any]) -> bool:
    """Say whether a lock of any mode lies on a version; deleting is refused by each."""
    return found.get("ObjectLockRetainUntilDate") is not None


def _is_held(found: Mapping[str, Any]) -> bool:
    return found.get("ObjectLockLegalHoldStatus") == "ON"


def _lowered(error: Exception) -> str:
    text = str(error).rstrip(".")
    return text[:1].lower() + text[1:]
