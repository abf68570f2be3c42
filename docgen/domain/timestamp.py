"""RFC 3161 time stamp requests, in the two fixed forms we ever send."""

from __future__ import annotations

import hashlib

# TimeStampReq { version 1, messageImprint { sha-256, NULL params }, certReq TRUE } in DER.
_HEAD = bytes.fromhex("3039020101" + "3031300d060960864801650304020105000420")
# The same with sha-512.
_STRONG_HEAD = bytes.fromhex("3059020101" + "3051300d060960864801650304020305000440")
_TAIL = bytes.fromhex("0101ff")


def time_stamp_request(data: bytes) -> bytes:
    """Ask for a time stamp over the SHA-256 of `data`, certificate included in the reply.

    There is no nonce: the reply is bound to the data by its digest and kept for good.
    """
    return _HEAD + hashlib.sha256(data).digest() + _TAIL


def strong_time_stamp_request(data: bytes) -> bytes:
    """Ask for a time stamp over the SHA-512 of `data`: for renewals, which outlive SHA-256."""
    return _STRONG_HEAD + hashlib.sha512(data).digest() + _TAIL
