"""Time stamp responses of RFC 3161, made in process by the development authority and the fake."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from asn1crypto import tsp

from docgen.errors import ServiceUnavailable
from integrations.sign.cms import sign_time
from integrations.sign.der import integer, oid, sequence, time

if TYPE_CHECKING:
    from datetime import datetime

    from integrations.sign.cms import SigningKey

POLICY = "2.999.1"  # example arc of ITU-T X.660: no promise stands behind these stamps
_IMPRINTS = {"sha256": 32, "sha384": 48, "sha512": 64}
_NONCE_BITS = 512


def respond(request_der: bytes, key: SigningKey, *, at: datetime, serial: int) -> bytes:
    """Answer one request with a token.

    Raises:
        ServiceUnavailable: the request asks for what this authority does not do.
    """
    try:
        request = tsp.TimeStampReq.load(request_der, strict=True)
        imprint = request["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        digest = imprint["hashed_message"].native
        nonce = request["nonce"].native
        with_certificate = request["cert_req"].native
        known_extensions = not request["extensions"].native
        policy = request["req_policy"].native
    except (ValueError, TypeError, KeyError) as error:
        raise refused() from error
    supported = _IMPRINTS.get(algorithm) == len(digest) and policy in {None, POLICY}
    if not supported or not known_extensions or (nonce or 0).bit_length() > _NONCE_BITS:
        raise refused()
    info = sequence(
        integer(1),
        oid(POLICY),
        imprint.dump(),
        integer(serial),
        time(at.astimezone(UTC)),
        sequence(integer(1)),  # accurate to a second
        *([] if nonce is None else [integer(nonce)]),
    )
    token = sign_time(info, key, [key.certificate] if with_certificate else [])
    granted = sequence(integer(0))
    return sequence(granted, token)


def refused() -> ServiceUnavailable:
    """Say that the authority gave no token."""
    return ServiceUnavailable(
        "The time stamping authority refused the request; check its address and its terms.",
        service="timestamp",
    )


def check_granted(response_der: bytes) -> bytes:
    """Return the response if its status grants a token.

    Raises:
        ServiceUnavailable: it is no response, or its status is a failure.
    """
    try:
        response = tsp.TimeStampResp.load(response_der, strict=True)
        status = response["status"]["status"].native
        token = response["time_stamp_token"].native
    except (ValueError, TypeError, KeyError) as error:
        raise refused() from error
    if status not in {"granted", "granted_with_mods"} or token is None:
        raise refused()
    return response_der
