"""The client's half of RFC 3161: ask for a token, and believe it only after checking it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from asn1crypto import tsp
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from docgen.errors import ServiceRejected
from integrations.sign.cms import SHA256
from integrations.sign.der import integer, octets, sequence

if TYPE_CHECKING:
    from asn1crypto import cms

    from docgen.ports.timestamper import TimeStamper
    from integrations.sign.pades.chain import Roots

_NONCE_BITS = 62
_CERTIFICATE_PLEASE = bytes.fromhex("0101ff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A checked time stamp token and its moment."""

    der: bytes
    at: datetime


class Stamps:
    """Gets tokens from one authority."""

    def __init__(self, stamper: TimeStamper, roots: Roots) -> None:
        self._stamper = stamper
        self._roots = roots

    def stamp(self, digest: bytes) -> Token:
        """Get a token over this SHA-256 digest.

        Raises:
            ServiceUnavailable: the authority did not answer.
            ServiceRejected: it answered with something else than a token for this digest, or its
                certificate leads to no root that we would hand to a verifier.
        """
        nonce = (1 << _NONCE_BITS) | secrets.randbits(_NONCE_BITS)
        request = sequence(
            integer(1), sequence(SHA256, octets(digest)), integer(nonce), _CERTIFICATE_PLEASE
        )
        try:
            response = tsp.TimeStampResp.load(self._stamper.respond(request), strict=True)
            token = response["time_stamp_token"]
            info = token["content"]["encap_content_info"]["content"].parsed
            granted = response["status"]["status"].native in {"granted", "granted_with_mods"}
            imprint = info["message_imprint"]
            ours = (
                info["nonce"].native == nonce
                and imprint["hash_algorithm"]["algorithm"].native == "sha256"
                and imprint["hashed_message"].native == digest
            )
            whole = granted and ours and self._holds(token)
            at = info["gen_time"].native
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _refused() from error
        if not whole:
            raise _refused()
        return Token(der=token.dump(), at=at)

    def _holds(self, token: cms.ContentInfo) -> bool:
        """Check the token's own signature against the certificate it names."""
        data = token["content"]
        (signer,) = data["signer_infos"]
        # No signature covers these two, and a strict verifier wants them right.
        kind = data["encap_content_info"]["content_type"].native
        (hashing,) = (found["algorithm"].native for found in data["digest_algorithms"])
        if kind != "tst_info" or hashing != signer["digest_algorithm"]["algorithm"].native:
            return False
        named = signer["sid"].chosen
        content = data["encap_content_info"]["content"]
        pool = [choice.chosen for choice in data["certificates"]]
        for certificate in pool:
            if (
                named["serial_number"].native == certificate.serial_number
                and named["issuer"].dump() == certificate.issuer.dump()
            ):
                hashed = hashlib.new(signer["digest_algorithm"]["algorithm"].native, bytes(content))
                usage = certificate.extended_key_usage_value
                intact, valid = validate_sig_integrity(
                    signer,
                    certificate,
                    expected_content_type="tst_info",
                    actual_digest=hashed.digest(),
                )
                stamping = usage is not None and usage.native == ["time_stamping"]
                known = self._roots.reach(certificate.dump(), [other.dump() for other in pool])
                return bool(intact and valid and stamping and known)
        return False


def _refused() -> ServiceRejected:
    return ServiceRejected(
        "The time stamping authority's answer is no time stamp for what was asked; "
        "nothing was signed. Check which authority is set.",
        service="timestamp",
    )
