"""Canonical JSON: one byte string for one value, so that a digest means the value."""

from __future__ import annotations

import hashlib
import json


def canonical_json(value: object) -> bytes:
    """Encode with sorted keys, no white space, UTF-8, no NaN (after RFC 8785; integers only)."""
    return json.dumps(
        value,
        allow_nan=False,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    ).encode()


def sha256_hex(data: bytes) -> str:
    """Digest bytes as lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: object) -> str:
    """Digest a JSON value through its canonical form."""
    return sha256_hex(canonical_json(value))
