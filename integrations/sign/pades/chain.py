"""Whether a certificate leads to a trusted root, by signatures alone, whatever the date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 6


class Roots:
    """Trusted roots, parsed once."""

    def __init__(self, pems: Iterable[bytes]) -> None:
        self._roots = tuple(x509.load_pem_x509_certificate(pem) for pem in pems)

    def reach(self, certificate: bytes, pool: Iterable[bytes]) -> bool:
        """Say whether the certificate leads to a root through certificates of the pool."""
        current = x509.load_der_x509_certificate(certificate)
        others = [x509.load_der_x509_certificate(der) for der in pool]
        for _ in range(_LONGEST):
            if any(_issued(current, root) for root in self._roots):
                return True
            issuer = next((other for other in others if _issued(current, other)), None)
            if issuer is None or issuer == current:
                return False
            current = issuer
        return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return constraints.value.ca
