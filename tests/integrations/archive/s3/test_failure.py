"""The table of failures: total, and without a word of the store's own."""

from __future__ import annotations

import inspect
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from botocore import exceptions as said

from docgen.errors import (
    ConfigurationError,
    DigestMismatch,
    DocgenError,
    ServiceUnavailable,
)
from docgen.ports.archive import ArchivePlace
from integrations.archive.s3.client import connect
from integrations.archive.s3.failure import CODES, MISUSED, REFUSED, SILENT, refusal_of, told_apart
from integrations.archive.s3.place import parse_bucket
from integrations.archive.s3.store import S3Archive
from integrations.system.clock import SystemClock
from tests.contracts.archive import ABSENT
from tests.integrations.archive.s3.test_s3_archive import DATA, LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "canary-3f9a"
LIBRARY = sorted(
    (
        item
        for _, item in inspect.getmembers(said, inspect.isclass)
        if issubclass(item, Exception) and not issubclass(item, (Warning, said.ClientError))
    ),
    key=lambda item: item.__name__,
)


class Anything(dict[str, str]):
    """Whatever a message of the library wants to name."""

    def __missing__(self, key: str) -> str:
        """Name it by the canary."""
        return CANARY


def made(kind: type[Exception]) -> Exception:
    """Make an exception of the library, whatever it wants told."""
    error = kind.__new__(kind)
    error.args = (CANARY,)
    return error


def client_error(code: str, status: int) -> said.ClientError:
    """Make what an answer of the store turns into, with a canary wherever the store has words."""
    response: Any = {
        "Error": {"Code": code, "Message": CANARY, "Resource": CANARY},
        "ResponseMetadata": {"RequestId": "req-1", "HTTPStatusCode": status, "HTTPHeaders": {}},
    }
    return said.ClientError(response, "GetObject")


def test_the_library_has_exceptions() -> None:
    """The list is not empty, so the next test can fail."""
    assert len(LIBRARY) > 60


@pytest.mark.parametrize("kind", LIBRARY, ids=lambda item: item.__name__)
def test_every_exception_of_the_library_is_one_of_ours(kind: type[Exception]) -> None:
    """What the network does is tried again, the rest is not; nothing of it stands in the message."""
    with pytest.raises((DocgenError, ConfigurationError)) as caught, told_apart():
        raise made(kind)
    assert CANARY not in str(caught.value)
    network = (said.HTTPClientError, said.ConnectionError, said.IncompleteReadError)
    if issubclass(kind, network):
        assert isinstance(caught.value, ServiceUnavailable)
    elif issubclass(kind, (said.ChecksumError, said.FlexibleChecksumError)):
        assert isinstance(caught.value, DigestMismatch)
    else:
        again = refusal_of(made(kind)) is SILENT
        assert again is (kind is said.CapacityNotAvailableError)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_one_of_ours(code: str) -> None:
    """Each code of the table gives its error, with the request's id and none of the store's words."""
    with pytest.raises((DocgenError, ConfigurationError)) as caught, told_apart():
        raise client_error(code, 400)
    assert isinstance(caught.value, CODES[code].kind)
    assert CANARY not in str(caught.value)
    assert getattr(caught.value, "request_id", "req-1") == "req-1"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, "service-unavailable"), (502, "service-unavailable"), (503, "service-unavailable"),
     (429, "service-unavailable"), (507, "storage"), (400, "service-rejected"),
     (418, "service-rejected"), (301, "configuration"), (307, "configuration"), (0, "service-rejected")],
)  # fmt: skip
def test_an_unknown_code_goes_by_its_status(status: int, kind: str) -> None:
    """What no table knows is still told apart by what HTTP says."""
    with pytest.raises((DocgenError, ConfigurationError)) as caught, told_apart():
        raise client_error("NeverHeardOf", status)
    assert isinstance(caught.value, (DocgenError, ConfigurationError))
    assert caught.value.code == kind
    assert REFUSED.kind is not MISUSED.kind


def test_what_is_not_the_librarys_passes() -> None:
    """The control: an error of our own is not renamed."""
    with pytest.raises(KeyError), told_apart():
        raise KeyError(CANARY)


class Answering(BaseHTTPRequestHandler):
    """A server that answers every request with one status, header and body, and counts them."""

    answers: ClassVar[dict[int, tuple[int, dict[str, str], bytes]]] = {}
    asked: ClassVar[dict[int, int]] = {}

    def _answer(self) -> None:
        port = int(self.connection.getsockname()[1])
        type(self).asked[port] = type(self).asked.get(port, 0) + 1
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, body = self.answers[port]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_HEAD = _answer  # noqa: N815  # the library's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def two_servers() -> Iterator[tuple[int, int]]:
    """Start two servers on loopback; give their ports."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Answering) for _ in range(2)]
    threads = [threading.Thread(target=item.serve_forever, args=(0.02,)) for item in servers]
    for thread in threads:
        thread.start()
    yield servers[0].server_address[1], servers[1].server_address[1]
    for item in servers:
        item.shutdown()
        item.server_close()
    for thread in threads:
        thread.join()


def _at(port: int, tries: int = 1) -> S3Archive:
    url = f"s3://bucket/site?endpoint=http://127.0.0.1:{port}"
    place = ArchivePlace(kind="s3", url=url, access_key="key", secret_key="secret")  # noqa: S106  # invented
    client = connect(place, parse_bucket(url), read_s=5, tries=tries)
    return S3Archive(client, "bucket", "site/", now=SystemClock().now, lock=LOCK)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400])
def test_no_redirect_is_followed(two_servers: tuple[int, int], status: int) -> None:
    """Neither by the answer's address nor by the region it names do bytes go to another host."""
    here, elsewhere = two_servers
    code = "AuthorizationHeaderMalformed" if status == 400 else "PermanentRedirect"
    place = f"127.0.0.1:{elsewhere}"
    body = (
        f"<Error><Code>{code}</Code><Endpoint>{place}</Endpoint><Region>eu-far-1</Region></Error>"
    )
    headers = {"Location": f"http://{place}/", "x-amz-bucket-region": "eu-far-1"}
    Answering.answers[here] = (status, headers, body.encode())
    Answering.answers[elsewhere] = (200, {}, DATA)
    archive = _at(here)
    before = Answering.asked.get(elsewhere, 0)
    for use in (lambda: archive.put(DATA), lambda: archive.open(ABSENT)):
        asked = Answering.asked.get(here, 0)
        with pytest.raises(ConfigurationError):
            use()
        assert Answering.asked[here] == asked + 1
    with pytest.raises((DocgenError, ConfigurationError)):
        archive.stat(ABSENT)
    assert Answering.asked.get(elsewhere, 0) == before


def test_tries_are_bounded(two_servers: tuple[int, int]) -> None:
    """A server that is out of order is asked three times and not more."""
    here, _ = two_servers
    Answering.answers[here] = (503, {}, b"<Error><Code>SlowDown</Code></Error>")
    with pytest.raises(ServiceUnavailable):
        _at(here, tries=3).open(ABSENT)
    assert Answering.asked[here] == 3


@pytest.mark.parametrize("body", [b"", b"<Error>", b"\x00\xff"])
@pytest.mark.parametrize("status", [200, 404, 500])
def test_whatever_a_server_answers_is_one_of_our_errors(
    two_servers: tuple[int, int], status: int, body: bytes
) -> None:
    """Half an answer, or one in another language, is refused in our words and never believed."""
    here, _ = two_servers
    Answering.answers[here] = (status, {}, body)
    archive = _at(here)
    for use in (lambda: archive.put(DATA), lambda: archive.open(ABSENT)):
        with pytest.raises((DocgenError, ConfigurationError)):
            use()
    assert archive.faults()


@pytest.mark.parametrize(
    "url",
    ["", "s3://", "s3:///site", "s3://B/site", "https://bucket/site", "s3://bucket/../x",
     "s3://bucket/a b", "s3://bucket/site?endpoint=http://archive.example.org",
     "s3://bucket/site?endpoint=ftp://127.0.0.1", "s3://bucket/site?endpoint=nonsense",
     "s3://bucket/site?endpoint=https://user:word@archive.example.org",
     "s3://bucket/site?endpoint=https://archive.example.org/path", "s3://bucket/site?region=A B",
     "s3://bucket/site?secret=x", "s3://bucket/site?region", "s3://bucket/site#x",
     "s3://bucket/a/b/c/d/e", "s3://user@bucket/site", "s3://bucket:80/site",
     "s3://bucket/site?endpoint=http://127.0.0.1.example.org:9", "s3://[bucket/site"],
)  # fmt: skip
def test_an_address_that_is_not_one_is_refused(url: str) -> None:
    """It is named as a setting, and its words are not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        parse_bucket(url)
    assert "word" not in str(caught.value)


def test_an_address_says_bucket_prefix_region_and_endpoint() -> None:
    """The control: what is written properly is read."""
    found = parse_bucket("s3://bucket/a/b?region=eu-west-1&endpoint=https://s3.example.org/")
    assert (found.name, found.prefix) == ("bucket", "a/b/")
    assert (found.region, found.endpoint) == ("eu-west-1", "https://s3.example.org")
    assert parse_bucket("s3://bucket").prefix == ""
