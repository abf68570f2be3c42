"""The archive in a bucket, against a real server: contract, locks, marks, refusals."""

from __future__ import annotations

import base64
import hashlib
import random
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from docgen.errors import (
    ArchiveConflict,
    ConfigurationError,
    DigestMismatch,
    DocgenError,
    Gone,
    NotFound,
    Refused,
    ServiceUnavailable,
    Unauthorized,
)
from integrations.archive.s3.client import connect
from integrations.archive.s3.place import parse_bucket
from integrations.archive.s3.store import S3Archive
from integrations.system.clock import SystemClock
from tests.contracts.archive import HOSTILE_KEYS, ArchiveContract
from tests.s3 import ACCESS_KEY, SECRET_KEY

if TYPE_CHECKING:
    from tests.s3 import S3Server

DISPOSAL = {"disposal_access_key": ACCESS_KEY, "disposal_secret_key": SECRET_KEY}
LOCK = timedelta(days=40)
DATA = b"agreement"
SHA256 = hashlib.sha256(DATA).hexdigest()
KEY = f"site/{SHA256}"


def opened(s3: S3Server, bucket: str, lock: timedelta = LOCK, /, **instead: str) -> S3Archive:
    """Open a bucket of the server, with keys for disposal too."""
    place = s3.place(bucket, **{**DISPOSAL, **instead})
    return S3Archive.at(place, now=SystemClock().now, lock=lock)


def over(until: datetime) -> datetime:
    """Wait until a lock is over by the server's own clock, which is this machine's; give the time."""
    while (now := datetime.now(UTC)) <= until + timedelta(seconds=1):
        time.sleep(0.2)
    return now


class TestS3Archive(ArchiveContract):
    @pytest.fixture
    def archive(self, s3: S3Server, bucket: str) -> S3Archive:
        """Give an empty bucket with Object Lock."""
        return opened(s3, bucket)

    @pytest.fixture
    def brief(self, s3: S3Server, bucket: str) -> S3Archive:
        """Lock for a second, as this server can be asked to."""
        return opened(s3, bucket, timedelta(seconds=2))

    def soon(self) -> datetime:
        """Give a moment in a few seconds."""
        return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)

    def after(self, until: datetime) -> datetime:
        """Wait for it."""
        return over(until)

    def damage(self, archive: S3Archive, sha256: str, data: bytes) -> None:  # type: ignore[override]  # the fixture above decides the type
        """Lay other bytes over the object, as anybody who may write to the bucket can."""
        archive._client.put_object(**archive._named(sha256), Body=data)

    def lose(self, archive: S3Archive, sha256: str) -> None:  # type: ignore[override]  # the fixture above decides the type
        """Delete it without naming its version, which leaves a delete marker."""
        archive._client.delete_object(**archive._named(sha256))


def test_an_object_lies_locked_under_its_digest(s3: S3Server, bucket: str) -> None:
    """Key is prefix and digest; the receipt names the version; the lock is COMPLIANCE and as long as asked."""
    before = datetime.now(UTC)
    receipt = opened(s3, bucket).put(DATA)
    found = s3.client.head_object(
        Bucket=bucket, Key=KEY, VersionId=receipt.version, ChecksumMode="ENABLED"
    )
    assert receipt.location == f"s3://{bucket}/{KEY}"
    assert found["ObjectLockMode"] == "COMPLIANCE"
    assert found["ObjectLockRetainUntilDate"] >= before + LOCK - timedelta(seconds=1)
    assert base64.b64decode(found["ChecksumSHA256"]).hex() == SHA256
    listed = s3.client.list_object_versions(Bucket=bucket)
    assert [item["Key"] for item in listed["Versions"]] == [KEY]


def test_the_same_bytes_twice_make_one_version(s3: S3Server, bucket: str) -> None:
    """The second put stores nothing, and moves a lock that ends sooner."""
    S3Archive.at(s3.place(bucket), now=SystemClock().now, lock=timedelta(days=1)).put(DATA)
    archive = opened(s3, bucket)
    archive.put(DATA)
    assert len(s3.client.list_object_versions(Bucket=bucket)["Versions"]) == 1
    until = archive.keeping(SHA256).until
    assert until is not None
    assert until > datetime.now(UTC) + LOCK - timedelta(minutes=5)


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("bypass", [False, True])
def test_the_bucket_refuses_to_destroy_what_is_locked(
    s3: S3Server, bucket: str, *, held: bool, bypass: bool
) -> None:
    """With all rights and by version, deleting, shortening and downgrading are refused."""
    archive = opened(s3, bucket)
    receipt = archive.put(DATA)
    archive.hold(SHA256, held=held)
    named: dict[str, Any] = {"Bucket": bucket, "Key": KEY, "VersionId": receipt.version}
    soon = datetime.now(UTC) + timedelta(days=1)
    late = datetime.now(UTC) + timedelta(days=400)
    for act, asked in (
        ("delete_object", {}),
        (
            "put_object_retention",
            {"Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": soon}},
        ),
        (
            "put_object_retention",
            {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": late}},
        ),
    ):
        with pytest.raises(ClientError) as caught:
            getattr(s3.client, act)(**named, **asked, BypassGovernanceRetention=bypass)
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert archive.open(SHA256, version=receipt.version) == DATA


def test_what_is_not_locked_can_be_destroyed(s3: S3Server, bucket: str) -> None:
    """The control: this very server deletes a version that was put without a lock."""
    version = s3.client.put_object(Bucket=bucket, Key=KEY, Body=DATA)["VersionId"]
    s3.client.delete_object(Bucket=bucket, Key=KEY, VersionId=version)
    with pytest.raises(NotFound):
        opened(s3, bucket).open(SHA256)


def test_a_delete_marker_is_named_and_hides_nothing_from_its_version(
    s3: S3Server, bucket: str
) -> None:
    """Reading without a version says that it is hidden; with it, the bytes are there."""
    archive = opened(s3, bucket)
    receipt = archive.put(DATA)
    s3.client.delete_object(Bucket=bucket, Key=KEY)
    with pytest.raises(Gone, match="delete marker"):
        archive.open(SHA256)
    with pytest.raises(Gone):
        archive.keep(SHA256, datetime.now(UTC))
    assert archive.open(SHA256, version=receipt.version) == DATA
    assert archive.stat(SHA256) is None
    assert archive.stat(SHA256, version=receipt.version) == receipt
    archive.hold(SHA256, held=True, version=receipt.version)
    assert archive.keeping(SHA256, version=receipt.version).held


def test_a_version_laid_over_it_hides_nothing_from_its_version(s3: S3Server, bucket: str) -> None:
    """The bytes that were put are read by their version, and mending makes them the newest again."""
    archive = opened(s3, bucket)
    receipt = archive.put(DATA)
    s3.client.put_object(Bucket=bucket, Key=KEY, Body=b"Agreement")
    assert archive.open(SHA256, version=receipt.version) == DATA
    mended = archive.mend(DATA)
    assert mended.version != receipt.version
    assert archive.open(SHA256) == DATA
    assert len(s3.client.list_object_versions(Bucket=bucket)["Versions"]) == 3


def test_a_version_that_never_was_is_not_found(s3: S3Server, bucket: str) -> None:
    """Naming the wrong version gives nothing, not the newest."""
    archive = opened(s3, bucket)
    archive.put(DATA)
    with pytest.raises(NotFound):
        archive.open(SHA256, version="0" * 32)


def test_bytes_that_changed_on_the_way_are_refused(s3: S3Server, bucket: str) -> None:
    """The bucket hashes what arrives; with another digest than announced nothing is stored."""
    archive = opened(s3, bucket)
    with pytest.raises(DigestMismatch, match="Nothing was stored"):
        archive._store(SHA256, b"Agreement")
    assert archive.stat(SHA256) is None


def test_a_bit_that_flips_on_the_servers_disk_is_never_handed_out(
    s3: S3Server, bucket: str
) -> None:
    """This server then does not answer at all: not readable now, never wrong; and mending helps."""
    data = random.Random(7).randbytes(5000)  # noqa: S311  # no secret; what compresses would not be found
    receipt = opened(s3, bucket).put(data)
    assert s3.flip(bucket, data, 1234) == 1
    place = s3.place(bucket)
    client = connect(place, parse_bucket(place.url), read_s=3, tries=1)
    archive = S3Archive(client, bucket, "site/", now=SystemClock().now, lock=LOCK)
    with pytest.raises((ServiceUnavailable, DigestMismatch)):
        archive.open(receipt.sha256)
    assert archive.faults() == []
    assert archive.mend(data).version != receipt.version
    assert archive.open(receipt.sha256) == data


@pytest.mark.parametrize("versions", [False, True])
def test_a_bucket_without_object_lock_is_refused(
    s3: S3Server, bucket: str, *, versions: bool
) -> None:
    """Nothing is stored there, and the faults name what is amiss; a proper bucket has none."""
    plain = f"plain-{bucket[-16:]}"
    s3.client.create_bucket(Bucket=plain)
    if versions:
        s3.client.put_bucket_versioning(Bucket=plain, VersioningConfiguration={"Status": "Enabled"})
    archive = opened(s3, plain)
    faults = archive.faults()
    assert ["no versions" in item for item in faults] == ([False] if versions else [True, False])
    assert "no Object Lock" in faults[-1]
    with pytest.raises(ConfigurationError):
        archive.put(DATA)
    assert "Versions" not in s3.client.list_object_versions(Bucket=plain)
    assert opened(s3, bucket).faults() == []


def test_a_bucket_that_does_not_exist_is_a_fault(s3: S3Server) -> None:
    """Checking and writing say so, in our words."""
    archive = opened(s3, "no-such-bucket")
    assert archive.faults()
    with pytest.raises(ConfigurationError):
        archive.put(DATA)


@pytest.mark.parametrize("wrong", ["access_key", "secret_key"])
def test_wrong_keys_are_refused_and_not_repeated(s3: S3Server, bucket: str, wrong: str) -> None:
    """The error is no retry, and names neither keys nor what the server answered."""
    archive = opened(s3, bucket, LOCK, **{wrong: "canary-of-a-key"})
    for use in (
        lambda: archive.put(DATA),
        lambda: archive.open(SHA256),
        lambda: archive.stat(SHA256),
    ):
        with pytest.raises(Unauthorized) as caught:
            use()
        assert "canary" not in str(caught.value)
        assert SHA256 not in str(caught.value)
    assert len(archive.faults()) == 1
    assert "canary" not in repr(s3.place(bucket, **{wrong: "canary-of-a-key"}))


def test_an_unreachable_server_is_tried_again() -> None:
    """Every use says that the step can be repeated, and the check names it."""
    url = "s3://bucket/site?endpoint=http://127.0.0.1:9"
    place = parse_bucket(url)
    from docgen.ports.archive import ArchivePlace

    keys = ArchivePlace(kind="s3", url=url, access_key="key", secret_key="secret")  # noqa: S106  # invented
    client = connect(keys, place, tries=1)
    archive = S3Archive(client, "bucket", "site/", now=SystemClock().now, lock=LOCK)
    for use in (
        lambda: archive.put(DATA),
        lambda: archive.open(SHA256),
        lambda: archive.stat(SHA256),
        lambda: archive.mend(DATA),
        lambda: archive.keep(SHA256, datetime.now(UTC)),
        lambda: archive.hold(SHA256, held=True),
    ):
        with pytest.raises(ServiceUnavailable):
            use()
    assert "did not answer" in archive.faults()[0]


def test_hostile_keys_leave_nothing_in_the_bucket(s3: S3Server, bucket: str) -> None:
    """No request leaves at all: the bucket stays empty, and its neighbor's object unread."""
    s3.client.put_object(Bucket=bucket, Key="secret", Body=b"a neighbor's")
    archive = opened(s3, bucket)
    for key in (*HOSTILE_KEYS, "../secret", f"{SHA256}/../../secret", f"{SHA256}?versionId=1"):
        for use in (archive.open, archive.stat, archive.keeping):
            with pytest.raises(DocgenError):
                use(key)
    listed = s3.client.list_object_versions(Bucket=bucket)
    assert [item["Key"] for item in listed["Versions"]] == ["secret"]


def test_what_lies_there_already_without_a_lock_is_locked(s3: S3Server, bucket: str) -> None:
    """Somebody put the right bytes without a lock: putting gives them ours."""
    s3.client.put_object(Bucket=bucket, Key=KEY, Body=DATA)
    archive = opened(s3, bucket)
    assert archive.keeping(SHA256).until is None
    archive.put(DATA)
    assert archive.keeping(SHA256).until is not None


def test_other_bytes_already_there_are_a_conflict(s3: S3Server, bucket: str) -> None:
    """What somebody put first under this digest is not taken over, and not laid over."""
    s3.client.put_object(Bucket=bucket, Key=KEY, Body=b"Agreement")
    with pytest.raises(ArchiveConflict):
        opened(s3, bucket).put(DATA)
    assert len(s3.client.list_object_versions(Bucket=bucket)["Versions"]) == 1


def test_the_bucket_itself_refuses_what_its_lock_forbids(s3: S3Server, bucket: str) -> None:
    """Attack: an adapter that is told a wrong time gets no further; the store has its own clock."""
    archive = opened(s3, bucket)
    receipt = archive.put(DATA)
    with pytest.raises(Unauthorized):
        archive.dispose(SHA256, at=datetime.now(UTC) + LOCK + timedelta(days=1))
    assert archive.open(SHA256, version=receipt.version) == DATA


def test_every_version_and_every_mark_goes(s3: S3Server, bucket: str) -> None:
    """What was laid over it, delete markers and the version underneath: nothing is listed after."""
    archive = opened(s3, bucket, timedelta(seconds=2))
    archive.put(DATA)
    s3.client.delete_object(Bucket=bucket, Key=KEY)
    s3.client.put_object(Bucket=bucket, Key=KEY, Body=b"Agreement")
    archive.mend(DATA)
    s3.client.delete_object(Bucket=bucket, Key=KEY)
    beside = s3.client.put_object(Bucket=bucket, Key=f"{KEY}.more", Body=b"a neighbor's")
    kept = archive.keeping_all(SHA256)
    assert kept is not None
    assert kept.until is not None
    archive.dispose(SHA256, at=over(kept.until))
    listed = s3.client.list_object_versions(Bucket=bucket)
    assert [item["VersionId"] for item in listed["Versions"]] == [beside["VersionId"]]
    assert "DeleteMarkers" not in listed


def test_one_locked_version_keeps_all_of_them(s3: S3Server, bucket: str) -> None:
    """Attack: a newer version without a lock, or with a hold, lets nobody at the one underneath."""
    archive = opened(s3, bucket)
    receipt = archive.put(DATA)
    newer = s3.client.put_object(Bucket=bucket, Key=KEY, Body=b"Agreement")["VersionId"]
    assert archive.keeping(SHA256).until is None
    with pytest.raises(Refused):
        archive.dispose(SHA256, at=datetime.now(UTC))
    versions = s3.client.list_object_versions(Bucket=bucket)["Versions"]
    assert {item["VersionId"] for item in versions} == {receipt.version, newer}


def test_the_everyday_keys_delete_nothing(s3: S3Server, bucket: str) -> None:
    """Without keys for disposal it is refused with what to do; with them no other keys are used."""
    none = opened(s3, bucket, timedelta(seconds=1), disposal_access_key="", disposal_secret_key="")
    kept = none.keeping_all(none.put(DATA).sha256)
    assert kept is not None
    assert kept.until is not None
    now = over(kept.until)
    with pytest.raises(ConfigurationError, match="disposal_credentials_file"):
        none.dispose(SHA256, at=now)
    assert "disposal_credentials_file" in none.disposal_faults()[0]
    assert none.open(SHA256) == DATA
    archive = opened(s3, bucket)
    deleted: list[str] = []
    archive._client.meta.events.register(
        "before-call.s3.DeleteObject", lambda **_: deleted.append(KEY)
    )
    archive.dispose(SHA256, at=now)
    assert deleted == []
    assert archive.keeping_all(SHA256) is None


def test_wrong_keys_for_disposal_delete_nothing(s3: S3Server, bucket: str) -> None:
    """The bucket refuses them, and they are not repeated."""
    archive = opened(s3, bucket, timedelta(seconds=1), disposal_secret_key="canary-of-a-key")  # noqa: S106  # invented
    kept = archive.keeping_all(archive.put(DATA).sha256)
    assert kept is not None
    assert kept.until is not None
    with pytest.raises(Unauthorized) as caught:
        archive.dispose(SHA256, at=over(kept.until))
    assert "canary" not in str(caught.value)
    assert archive.open(SHA256) == DATA
