"""A foreign authority's lists are fetched, checked, and enough to seal with."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from docgen.errors import ConfigurationError, ServiceUnavailable
from integrations.sign.authority.certificate import new_key
from integrations.timestamp.evidence import PublishedEvidence
from tests.contracts.timestamper import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

ROOT = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody's root")])
LEAF = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody's stamps")])
KEY = new_key()
SHA256 = hashes.SHA256()


@contextmanager
def publishing(status: int, body: bytes) -> Iterator[str]:
    """Serve one list on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/root.crl"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(name: x509.Name, address: str | None) -> x509.Certificate:
    """Certify the one key under a name, with or without a place for its list."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(ROOT)
        .public_key(KEY.public_key())
        .serial_number(1 if name == ROOT else 2)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1000))
        .add_extension(x509.BasicConstraints(ca=name == ROOT, path_length=None), critical=True)
    )
    if name == LEAF:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    if address is not None:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return builder.sign(KEY, SHA256)


def revocation_list(
    key: EllipticCurvePrivateKey = KEY, name: x509.Name = ROOT, *, days: int = 30
) -> bytes:
    """Make a list that speaks for some days."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(name)
        .last_update(NOW - timedelta(days=40))
        .next_update(NOW + timedelta(days=days))
    )
    return builder.sign(key, SHA256).public_bytes(serialization.Encoding.DER)


def chain(address: str | None) -> bytes:
    """Give root and leaf as PEM."""
    both = (certificate(ROOT, None), certificate(LEAF, address))
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in both)


def test_chain_and_list_are_handed_over() -> None:
    """Both certificates and the published list come as they are."""
    published = revocation_list()
    with publishing(200, published) as address:
        source = PublishedEvidence(chain(address))
        evidence = source.evidence(at=NOW)
    assert evidence.crls == (published,)
    assert [x509.load_der_x509_certificate(der).subject for der in evidence.certificates] == [
        ROOT,
        LEAF,
    ]
    assert x509.load_pem_x509_certificate(source.roots[0]).subject == ROOT


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, revocation_list()),
        (302, b""),
        (200, b""),
        (200, b"<html>not found</html>"),
        (200, revocation_list(days=-1)),
        (200, revocation_list(new_key())),
        (200, revocation_list(name=LEAF)),
        (200, bytes(5_000_000)),
    ],
    ids=["missing", "moved", "empty", "page", "old", "forged", "another's", "endless"],
)
def test_a_list_that_proves_nothing_is_not_taken(status: int, body: bytes) -> None:
    """The file is sealed later, rather than with a list that no verifier accepts."""
    with publishing(status, body) as address, pytest.raises(ServiceUnavailable):
        PublishedEvidence(chain(address)).evidence(at=NOW)


@pytest.mark.parametrize(
    "pem",
    [b"", b"junk", chain(None), chain("ldap://example.org/cn=root"), chain("http://x.example")[9:]],
    ids=["empty", "junk", "no address", "ldap only", "cut"],
)
def test_what_is_no_chain_is_a_setting_to_correct(pem: bytes) -> None:
    """The operator is told what the file must hold."""
    with pytest.raises(ConfigurationError, match="chain"):
        PublishedEvidence(pem)
