"""Whoever answers in the bucket's place: lists without end or sense, sizes and dates that are none."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.errors import DigestMismatch, DocgenError, Gone, NotFound, ServiceUnavailable
from docgen.ports.archive import ArchivePlace, Keeping
from integrations.archive.s3.client import connect
from integrations.archive.s3.listing import A_PAGE, PAGES
from integrations.archive.s3.place import parse_bucket
from integrations.archive.s3.store import S3Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 11, 30, tzinfo=UTC)
DATA = b"agreement"
SHA256 = hashlib.sha256(DATA).hexdigest()
KEY = f"site/{SHA256}"
VERSION, MARK = "Version", "DeleteMarker"
SAID = {"Content-Length": str(len(DATA)), "x-amz-version-id": "v1"}


def entry(key: str | None = KEY, version: str | None = "v1", tag: str = VERSION) -> str:
    """Write one entry of a list; None leaves the element out."""
    told = "" if key is None else f"<Key>{key}</Key>"
    told += "" if version is None else f"<VersionId>{version}</VersionId>"
    return f"<{tag}>{told}<IsLatest>true</IsLatest></{tag}>"


def page(entries: str, *, bucket: str = "bucket", onward: str | None = None) -> bytes:
    """Write a list as S3 does; `onward` says that it goes on, and by which markers."""
    told = f"<Name>{bucket}</Name><IsTruncated>{str(onward is not None).lower()}</IsTruncated>"
    return f"<ListVersionsResult>{told}{onward or ''}{entries}</ListVersionsResult>".encode()


def markers(key: str, version: str) -> str:
    """Write the markers by which a list goes on."""
    told = f"<NextKeyMarker>{key}</NextKeyMarker>"
    return f"{told}<NextVersionIdMarker>{version}</NextVersionIdMarker>"


@dataclass(slots=True, kw_only=True)
class Bucket:
    """What the server answers, and what it was asked."""

    lists: Callable[[int], bytes] = lambda _: page("")
    said: dict[str, str] = field(default_factory=lambda: dict(SAID))
    body: bytes = DATA
    status: int = 200
    listed: int = 0
    deleted: list[str] = field(default_factory=list)


class Answering(BaseHTTPRequestHandler):
    """A server that answers for one bucket, as it is told to."""

    bucket: ClassVar[Bucket]

    def do_GET(self) -> None:
        """Answer with a list, or with an object."""
        bucket = self.bucket
        if "versions" not in self.path:
            self._answer(bucket.status, bucket.said, bucket.body)
            return
        bucket.listed += 1
        listed = bucket.lists(bucket.listed)
        self._answer(200, {"Content-Length": str(len(listed))}, listed)

    def do_HEAD(self) -> None:
        """Answer with what is told of an object."""
        self._answer(self.bucket.status, self.bucket.said, b"")

    def do_DELETE(self) -> None:
        """Remember it."""
        self.bucket.deleted.append(self.path)
        self._answer(204, {}, b"")

    def _answer(self, status: int, said: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in said.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """Answer for an empty bucket on loopback."""
    Answering.bucket = Bucket()
    yield Answering.bucket


@pytest.fixture
def archive(bucket: Bucket) -> Iterator[S3Archive]:
    """Open the bucket, with keys for disposal."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    url = f"s3://bucket/site?endpoint=http://127.0.0.1:{server.server_address[1]}"
    place = ArchivePlace(kind="s3", url=url, access_key="key", secret_key="secret")  # noqa: S106  # invented
    client = connect(place, parse_bucket(url), read_s=5, tries=1)
    lock = timedelta(days=1)
    yield S3Archive(client, "bucket", "site/", now=lambda: NOW, lock=lock, disposer=client)
    server.shutdown()
    server.server_close()
    thread.join()
    del bucket


def deleted(bucket: Bucket) -> list[str]:
    """Give the versions that were deleted, "" for a deletion that named none."""
    return [path.partition("versionId=")[2] for path in bucket.deleted]


# -- lists ----------------------------------------------------------------------------------------

BOMB = (
    b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><ListVersionsResult><Name>&j;</Name></ListVersionsResult>"
)
ABSURD: dict[str, Callable[[int], bytes]] = {
    "without end": lambda n: page(entry(version=f"v{n}"), onward=markers(KEY, f"v{n}")),
    "the same marker again": lambda _: page(entry(), onward=markers(KEY, "v1")),
    "goes on from nowhere": lambda _: page(entry(), onward=""),
    "goes on from an empty place": lambda _: page(entry(), onward=markers("", "")),
    "another bucket's": lambda _: page(entry(), bucket="elsewhere"),
    "outside the prefix": lambda _: page(entry("other/key") + entry()),
    "above the prefix": lambda _: page(entry(f"../{KEY}")),
    "an entry without a key": lambda _: page(entry(None)),
    "an entry without a version": lambda _: page(entry(version=None)),
    "an entry of no version": lambda _: page(entry(version="")),
    "a mark without a version": lambda _: page(entry(version=None, tag=MARK)),
    "more than a page": lambda _: page("".join(entry(version=f"v{n}") for n in range(A_PAGE + 1))),
    "a count in words": lambda _: page("<MaxKeys>many</MaxKeys>" + entry()),
    "a day that is none": lambda _: page("<Version><LastModified>soon</LastModified></Version>"),
    "half of it": lambda _: page(entry())[:-30],
    "a page for people": lambda _: b"<html><body>Sign in</body></html>",
    "another language": lambda _: b'{"Versions": []}',
    "nothing": lambda _: b"",
    "no text": lambda _: b"\x00\xff",
    "nested without end": lambda _: b"<a>" * 50_000,
    "entities upon entities": lambda _: BOMB,
}


@pytest.mark.parametrize("name", ABSURD)
def test_of_an_absurd_list_nothing_is_believed(
    archive: S3Archive, bucket: Bucket, name: str
) -> None:
    """Neither that nothing is there nor what is; nothing is deleted, and asking comes to an end."""
    bucket.lists = ABSURD[name]
    uses: tuple[Callable[[], object], ...] = (
        lambda: archive.keeping_all(SHA256),
        lambda: archive.dispose(SHA256, at=NOW),
    )
    for use in uses:
        bucket.listed = 0
        with pytest.raises(ServiceUnavailable) as caught:
            use()
        assert str(caught.value).endswith(".")
        assert bucket.listed <= PAGES
    assert bucket.deleted == []


def test_a_list_over_several_pages_is_read_to_its_end(archive: S3Archive, bucket: Bucket) -> None:
    """The control: versions and marks of this key alone go, each by its name."""
    shown = [
        page(entry(version="v3") + entry(version="m1", tag=MARK), onward=markers(KEY, "v3")),
        page(entry(version="v2"), onward=markers(KEY, "v2")),
        page(entry(version="v1") + entry(f"{KEY}x", "theirs")),
    ]
    bucket.lists = lambda n: shown[n - 1] if n <= len(shown) else page("")
    assert archive.keeping_all(SHA256) == Keeping()
    bucket.lists = lambda n: shown[(n - 4) % 3] if n <= 9 else page(entry(f"{KEY}x", "theirs"))
    archive.dispose(SHA256, at=NOW)
    assert deleted(bucket) == ["v1", "v2", "v3", "m1"]


def test_what_is_still_listed_was_not_disposed_of(archive: S3Archive, bucket: Bucket) -> None:
    """A bucket that says yes to a deletion and does nothing is found."""
    bucket.lists = lambda _: page(entry())
    with pytest.raises(ServiceUnavailable, match="still lists"):
        archive.dispose(SHA256, at=NOW)
    assert deleted(bucket) == ["v1"]


# -- objects --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"Content-Length": "none"},
        {"Content-Length": "-5"},
        {},
        {"Transfer-Encoding": "chunked"},
        {**SAID, "x-amz-object-lock-retain-until-date": "soon"},
        {**SAID, "Last-Modified": "99 Smarch"},
    ],
)
def test_what_is_told_of_an_object_must_make_sense(
    archive: S3Archive, bucket: Bucket, said: dict[str, str]
) -> None:
    """A size or a day that is none ends in a sentence; a body without an end is not read."""
    bucket.said, bucket.body = said, b"" if "Transfer-Encoding" in said else DATA
    uses: tuple[Callable[[], object], ...] = (
        lambda: archive.open(SHA256),
        lambda: archive.stat(SHA256),
        lambda: archive.keeping(SHA256),
        lambda: archive.put(DATA),
    )
    for use in uses:
        with pytest.raises(DocgenError):
            use()


def test_what_makes_sense_is_read(archive: S3Archive, bucket: Bucket) -> None:
    """The control; and a size beyond anything of ours is not read at all."""
    assert archive.open(SHA256) == DATA
    assert archive.keeping(SHA256) == Keeping()
    bucket.said = {**SAID, "Content-Length": str(10**15)}
    with pytest.raises(DigestMismatch):
        archive.open(SHA256)


@pytest.mark.parametrize(
    ("listed", "kind"),
    [(entry(tag=MARK), Gone), (entry(f"{KEY}x", tag=MARK), NotFound), (entry(), NotFound)],
)
def test_only_a_mark_on_this_very_key_hides_it(
    archive: S3Archive, bucket: Bucket, listed: str, kind: type[DocgenError]
) -> None:
    """One on a longer key says nothing of ours."""
    bucket.status, bucket.lists = 404, lambda _: page(listed)
    with pytest.raises(kind):
        archive.open(SHA256)
