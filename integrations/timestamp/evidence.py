"""What proves a foreign time stamping authority's certificates: its chain and published lists.

A development authority gives this itself. For any other, the operator stores the chain (root first,
as PEM) and the lists are fetched from where the certificates say, each time a file is sealed. Such
lists speak for days or weeks: once they are out of date, a verifier that stays offline asks for the
archive time stamp to be renewed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

from docgen.errors import ConfigurationError, ServiceUnavailable
from integrations.sign.pades.authority import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_LIMIT = 4 * 1024 * 1024
_CHUNK = 64 * 1024


class PublishedEvidence:
    """Fetches revocation lists for a stored chain of certificates."""

    def __init__(self, chain_pem: bytes, *, timeout_s: float = 10.0) -> None:
        """Take the chain: the root first, the time-stamp certificate last.

        Raises:
            ConfigurationError: it is no chain, or a certificate names no list to fetch.
        """
        try:
            self._chain = tuple(x509.load_pem_x509_certificates(chain_pem))
            root, *others = self._chain
            root.verify_directly_issued_by(root)
            self._lists = tuple(
                (_list_address(certificate), _issuer(certificate, self._chain))
                for certificate in others
            )
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
            raise ConfigurationError(
                "[timestamp] chain must be a PEM file with the authority's certificates, the root "
                "first, and each below it must name where its revocation list is."
            ) from error
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def roots(self) -> tuple[bytes, ...]:
        """Give the root, as PEM."""
        return (self._chain[0].public_bytes(serialization.Encoding.PEM),)

    def evidence(self, *, at: datetime) -> Evidence:
        """Give the chain and its lists of this moment.

        Raises:
            ServiceUnavailable: a list cannot be had, is out of date, or is not its issuer's.
        """
        lists = dict.fromkeys(self._fetch(address, issuer, at) for address, issuer in self._lists)
        chain = (one.public_bytes(serialization.Encoding.DER) for one in self._chain)
        return Evidence(certificates=tuple(chain), crls=tuple(lists))

    def _fetch(self, address: str, issuer: x509.Certificate, at: datetime) -> bytes:
        try:
            with self._session.get(
                address, timeout=self._timeout_s, allow_redirects=False, stream=True
            ) as answer:
                if answer.status_code != requests.codes.ok:
                    raise _unavailable()
                data = b"".join(_limited(answer))
            found = x509.load_der_x509_crl(data)
        except (requests.RequestException, ValueError) as error:
            raise _unavailable() from error
        fresh = found.next_update_utc is not None and found.next_update_utc > at
        public = issuer.public_key()
        if found.issuer != issuer.subject or not fresh or not _signed_by(found, public):
            raise _unavailable()
        return data


def _signed_by(found: x509.CertificateRevocationList, public: object) -> bool:
    try:
        return found.is_signature_valid(public)  # type: ignore[arg-type]  # refuses other kinds
    except TypeError:
        return False


def _list_address(certificate: x509.Certificate) -> str:
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    names = [str(name.value) for point in points for name in point.full_name or ()]
    usable = [name for name in names if urlsplit(name).scheme in {"http", "https"}]
    if not usable:
        raise ValueError
    return usable[0]


def _issuer(certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> x509.Certificate:
    issuers = [other for other in chain if other.subject == certificate.issuer]
    if not issuers:
        raise ValueError
    return issuers[0]


def _limited(answer: requests.Response) -> Iterator[bytes]:
    length = 0
    for chunk in answer.iter_content(_CHUNK):
        length += len(chunk)
        if length > _LIMIT:
            raise _unavailable()
        yield chunk


def _unavailable() -> ServiceUnavailable:
    return ServiceUnavailable(
        "The time stamping authority's revocation list cannot be had now, so the file is sealed "
        "later.",
        service="timestamp",
    )
