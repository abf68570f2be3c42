"""One PAdES baseline signature, time-stamped within its certificate's life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn1crypto import x509

from docgen.errors import SignatureInvalid
from integrations.sign.cms import sign_detached

if TYPE_CHECKING:
    from integrations.sign.pades.authority import Credential
    from integrations.sign.pades.stamping import Stamps


def sign_baseline(digest: bytes, credential: Credential, stamps: Stamps) -> bytes:
    """Sign a SHA-256 digest to PAdES B-T (ETSI EN 319 142-1).

    The signing time and the reason stand in the PDF's signature dictionary, not here.

    Raises:
        SignatureInvalid: the time stamp's moment lies outside the certificate's life.
    """
    certificate = x509.Certificate.load(credential.certificate)

    def stamp_within_life(imprint: bytes) -> bytes:
        token = stamps.stamp(imprint)
        if not certificate.not_valid_before <= token.at <= certificate.not_valid_after:
            raise SignatureInvalid(
                "The time stamp lies outside the lifetime of the signing certificate; "
                "check the clocks and sign again with the present time."
            )
        return token.der

    certificates = (credential.certificate, *credential.chain)
    return sign_detached(digest, credential, certificates, stamp_within_life)
