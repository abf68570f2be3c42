"""Links and codes, derived from one secret, so that none is ever stored.

A mail that is sent twice then holds the same link, and a stolen database holds no link at all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

_PART = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def link_token(secret: bytes, envelope_id: str, signer: str, number: int) -> str:
    """Derive the signing link's token: 256 bits, URL-safe, one for each link number."""
    digest = _derive(secret, "link", envelope_id, signer, number)
    mac = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return f"{envelope_id}.{signer}.{mac}"


def split_token(token: str) -> tuple[str, str]:
    """Read envelope and signer from a token's untrusted text; both empty when it is no token."""
    envelope_id, _, rest = token.partition(".")
    signer, _, mac = rest.partition(".")
    whole = all(_PART.fullmatch(part) for part in (envelope_id, signer, mac))
    return (envelope_id, signer) if whole else ("", "")


def one_time_code(secret: bytes, envelope_id: str, signer: str, number: int) -> str:
    """Derive a one-time code of six digits, one for each code number."""
    digest = _derive(secret, "code", envelope_id, signer, number)
    return f"{int.from_bytes(digest[:16]) % 1_000_000:06d}"


def same(given: str, expected: str) -> bool:
    """Compare in constant time; anything not ASCII differs."""
    return given.isascii() and hmac.compare_digest(given, expected)


def session_hash(token: str) -> str:
    """Hash a browser session's token for storing."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _derive(secret: bytes, purpose: str, envelope_id: str, signer: str, number: int) -> bytes:
    message = "\x00".join((purpose, envelope_id, signer, str(number)))
    return hmac.digest(secret, message.encode(), "sha256")
