"""Revocation lists that somebody else publishes, fetched from where certificates say."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from cryptography import x509

from docgen.errors import ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_LIMIT = 4 * 1024 * 1024
_CHUNK = 64 * 1024


class PublishedLists:
    """Fetches lists; one that is out of date or another issuer's is as good as none."""

    def __init__(self, unavailable: str, *, service: str, timeout_s: float = 10.0) -> None:
        """Take the sentence that tells an operator what a missing list means."""
        self._unavailable = unavailable
        self._service = service
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False

    def fetch(self, address: str, issuer: x509.Certificate, at: datetime) -> bytes:
        """Fetch the list that this issuer publishes here.

        Raises:
            ServiceUnavailable: it cannot be had, is out of date, or is not its issuer's.
        """
        try:
            with self._session.get(
                address, timeout=self._timeout_s, allow_redirects=False, stream=True
            ) as answer:
                if answer.status_code != requests.codes.ok:
                    raise self._told()
                data = b"".join(self._limited(answer))
            found = x509.load_der_x509_crl(data)
        except (requests.RequestException, ValueError) as error:
            raise self._told() from error
        if not speaks_for(found, issuer, at):
            raise self._told()
        return data

    def _limited(self, answer: requests.Response) -> Iterator[bytes]:
        length = 0
        for chunk in answer.iter_content(_CHUNK):
            length += len(chunk)
            if length > _LIMIT:
                raise self._told()
            yield chunk

    def _told(self) -> ServiceUnavailable:
        return ServiceUnavailable(self._unavailable, service=self._service)


def speaks_for(
    found: x509.CertificateRevocationList, issuer: x509.Certificate, at: datetime
) -> bool:
    """Say whether this is the issuer's own list, in force at this moment."""
    fresh = found.next_update_utc is not None and found.next_update_utc > at
    return fresh and is_list_of(found, issuer)


def is_list_of(found: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Say whether the issuer signed this list."""
    public: object = issuer.public_key()
    try:
        signed = found.is_signature_valid(public)  # type: ignore[arg-type]  # refuses other kinds
    except TypeError:
        return False
    return signed and found.issuer == issuer.subject


def list_address(certificate: x509.Certificate) -> str:
    """Say where the list that speaks for this certificate is published.

    Raises:
        ValueError, ExtensionNotFound: the certificate names no address that can be fetched.
    """
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    names = [str(name.value) for point in points for name in point.full_name or ()]
    usable = [name for name in names if urlsplit(name).scheme in {"http", "https"}]
    if not usable:
        raise ValueError
    return usable[0]
