"""The one way to speak HTTP: certificates, proxies, redirects, repetitions, size and time."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from itertools import count
from time import sleep
from typing import TYPE_CHECKING, ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from docgen.errors import ServiceRejected, ServiceUnavailable
from integrations.system.clock import StandingClock
from integrations.vendor.session import LARGEST_ANSWER, LARGEST_FILE, ServiceSession, Words
from tests.contracts.esign import AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TRICKLED = 400  # bytes, one at a time


class _Handler(BaseHTTPRequestHandler):
    """Answers by path, and remembers what was asked over which connections."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]]
    connections: ClassVar[set[tuple[str, int]]]

    def _take(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append(f"{self.command} {self.path}")
        self.connections.add(self.client_address)
        name = self.path.strip("/").partition("/")[0]
        if name == "away":
            body = bytes(int(self.path.rpartition("/")[2]))
            self._say(302, body, Location="/there")
        elif name == "broken":
            self._say(500, b"{}")
        elif name == "large":
            self._say(200, bytes(int(self.path.rpartition("/")[2])))
        elif name == "trickle":
            self._trickle()
        elif name == "short":
            self._say(200, b"{}", promised=10)
            self.close_connection = True
        else:
            self._say(200, b"{}")

    do_GET = do_POST = _take  # noqa: N815  # names the library asks for

    def _say(self, status: int, body: bytes, *, promised: int = 0, **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(promised or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(TRICKLED))
        self.end_headers()
        for _ in range(TRICKLED):
            self.wfile.write(b" ")
            sleep(0.01)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """Says nothing when somebody hangs up."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Go on with the next."""


@contextmanager
def served(context: ssl.SSLContext | None = None) -> Iterator[tuple[str, type[_Handler]]]:
    """Run a server; give its address and what remembers."""
    handler = type("Bound", (_Handler,), {"asked": [], "connections": set()})
    server = _Server(("127.0.0.1", 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    scheme = "http" if context is None else "https"
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}", handler
    finally:
        server.shutdown()
        server.server_close()


def session(
    pauses: list[float] | None = None, monotonic: Callable[[], float] = lambda: 0.0
) -> ServiceSession:
    """Make a session that waits for nobody."""
    made = [] if pauses is None else pauses
    now = StandingClock(AT).now
    return ServiceSession("any", Words(code_at=()), now, pause=made.append, monotonic=monotonic)


# Certificates and proxies --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for this machine that nobody vouches for; give the server's side and it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begin = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    certificate = (
        begin.public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=3650))
        .not_valid_after(AT + timedelta(days=3650))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


def test_a_certificate_that_nobody_vouches_for_ends_it(
    own_certificate: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked, whatever the environment says of certificates."""
    context, public = own_certificate
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(variable, str(public))
    with served(context) as (url, handler):
        with pytest.raises(ServiceUnavailable, match="certificate is not to be trusted"):
            session().ask("GET", f"{url}/", {"Authorization": "s3cret"})
        assert handler.asked == []


def test_over_a_certificate_that_holds_requests_share_a_connection(
    own_certificate: tuple[ssl.SSLContext, Path],
) -> None:
    """The control, and the pool: three requests, one handshake."""
    context, public = own_certificate
    one = session()
    one._session.verify = str(public)  # as if a known authority had made it
    with served(context) as (url, handler):
        for number in range(3):
            assert one.ask("GET", f"{url}/{number}", {}).status == 200
        assert handler.asked == ["GET /0", "GET /1", "GET /2"]
        assert len(handler.connections) == 1


def test_a_proxy_of_the_environment_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens go to the service alone."""
    with served() as (proxy, seen), served() as (url, handler):
        for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy)
        session().ask("GET", f"{url}/x", {"Authorization": "s3cret"})
        assert (seen.asked, handler.asked) == ([], ["GET /x"])


# Redirects and repetitions -------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_is_not_followed(method: str) -> None:
    """Not even to where an answer would be."""
    with served() as (url, handler):
        with pytest.raises(ServiceRejected, match="302"):
            session().ask(method, f"{url}/away/9", {"Authorization": "s3cret"})
        assert handler.asked == [f"{method} /away/9"]


def test_nor_is_its_body_taken_in_without_end() -> None:
    """The attack on the limit: `requests` reads what stands beside a redirect by itself."""
    with served() as (url, _), pytest.raises(ServiceRejected, match="KiB"):
        session().ask("GET", f"{url}/away/{LARGEST_ANSWER + 1}", {})


def test_what_only_reads_is_asked_three_times_with_growing_pauses() -> None:
    """One bad moment is not noticed; a bad minute is."""
    pauses: list[float] = []
    with served() as (url, handler):
        with pytest.raises(ServiceUnavailable):
            session(pauses).ask("GET", f"{url}/broken", {})
        assert handler.asked == ["GET /broken"] * 3
    assert pauses == [0.5, 1.0]


def test_what_changes_something_is_asked_once() -> None:
    """Its outcome is unknown: whoever asks looks first, then decides."""
    pauses: list[float] = []
    with served() as (url, handler):
        with pytest.raises(ServiceUnavailable):
            session(pauses).ask("POST", f"{url}/broken", {}, body={})
        assert handler.asked == ["POST /broken"]
    assert pauses == []


# Size and time -------------------------------------------------------------------------------------


@pytest.mark.parametrize("largest", [LARGEST_ANSWER, LARGEST_FILE])
def test_no_answer_is_larger_than_it_may_be(largest: int) -> None:
    """One byte more is refused for good; the control: exactly as much is taken."""
    with served() as (url, _):
        assert (
            len(session().ask("GET", f"{url}/large/{largest}", {}, largest=largest).body) == largest
        )
        with pytest.raises(ServiceRejected, match="KiB"):
            session().ask("GET", f"{url}/large/{largest + 1}", {}, largest=largest)


def test_an_answer_that_trickles_in_is_not_waited_for() -> None:
    """Each byte comes in time, the whole would not; the control beside it is taken."""
    hours = count(step=100.0)
    with served() as (url, handler):
        with pytest.raises(ServiceUnavailable, match="in time"):
            session(monotonic=lambda: next(hours)).ask("POST", f"{url}/trickle", {})
        assert len(session().ask("POST", f"{url}/trickle", {}).body) == TRICKLED
        assert handler.asked == ["POST /trickle"] * 2


def test_an_answer_that_breaks_off_is_none() -> None:
    """The connection ends before as much came as was promised."""
    with served() as (url, handler):
        with pytest.raises(ServiceUnavailable, match="broke off"):
            session().ask("POST", f"{url}/short", {})
        assert handler.asked == ["POST /short"]
