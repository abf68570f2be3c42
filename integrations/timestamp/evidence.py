"""What proves a foreign time stamping authority's certificates: its chain and published lists.

A development authority gives this itself. For any other, the operator stores the chain (root first,
as PEM) and the lists are fetched from where the certificates say, each time a file is sealed. Such
lists speak for days or weeks: once they are out of date, a verifier that stays offline asks for the
archive time stamp to be renewed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

from docgen.errors import ConfigurationError
from docgen.ports.signer import Ending
from integrations.sign.pades.authority import Evidence
from integrations.sign.published import PublishedLists, list_address

if TYPE_CHECKING:
    from datetime import datetime

_REMEDY = "put the authority's new chain into the file that [timestamp] chain names"


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
                (list_address(certificate), _issuer(certificate, self._chain))
                for certificate in others
            )
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
            raise ConfigurationError(
                "[timestamp] chain must be a PEM file with the authority's certificates, the root "
                "first, and each below it must name where its revocation list is."
            ) from error
        self._published = PublishedLists(
            "The time stamping authority's revocation list cannot be had now, so the file is "
            "sealed later.",
            service="timestamp",
            timeout_s=timeout_s,
        )

    @property
    def roots(self) -> tuple[bytes, ...]:
        """Give the root, as PEM."""
        return (self._chain[0].public_bytes(serialization.Encoding.PEM),)

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Say when the certificates below the root end."""
        return tuple(
            Ending(
                what="a certificate of the time stamping authority",
                ends=one.not_valid_after_utc,
                remedy=_REMEDY,
            )
            for one in self._chain[1:]
        )

    def evidence(self, *, at: datetime) -> Evidence:
        """Give the chain and its lists of this moment.

        Raises:
            ServiceUnavailable: a list cannot be had, is out of date, or is not its issuer's.
        """
        lists = dict.fromkeys(
            self._published.fetch(address, issuer, at) for address, issuer in self._lists
        )
        chain = (one.public_bytes(serialization.Encoding.DER) for one in self._chain)
        return Evidence(certificates=tuple(chain), crls=tuple(lists))


def _issuer(certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> x509.Certificate:
    issuers = [other for other in chain if other.subject == certificate.issuer]
    if not issuers:
        raise ValueError
    return issuers[0]
