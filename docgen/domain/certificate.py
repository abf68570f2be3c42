"""Certificates as people compare them: by fingerprint."""

from __future__ import annotations

import base64
import binascii
import hashlib


def fingerprint(pem: str) -> str:
    """Digest a certificate as `openssl x509 -fingerprint -sha256` does, without colons."""
    body = "".join(line for line in pem.split("\n") if not line.startswith("-----"))
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        der = pem.encode()
    return hashlib.sha256(der).hexdigest().upper()
