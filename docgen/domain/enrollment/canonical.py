"""One byte form per record, so that equal records have equal digests."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.domain.enrollment.record import Enrollment


def canonical_bytes(record: Enrollment) -> bytes:
    """Return the record as RFC 8785 JSON: keys sorted, no spaces, UTF-8; it holds no fractions."""
    return canonical_json(record.to_json())


def canonical_json(value: object) -> bytes:
    """Return plain JSON values in canonical bytes.

    RFC 8785 sorts keys by UTF-16 code units; every key of a record is ASCII, where that order and
    Python's are the same.
    """
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode("utf-8")


def record_digest(record: Enrollment) -> str:
    """Return the SHA-256 of the canonical bytes, as a packet stores it."""
    return sha256(canonical_bytes(record)).hexdigest()
