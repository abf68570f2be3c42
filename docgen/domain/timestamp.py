"""RFC 3161 time stamp requests, as the one fixed form we ever send."""

from __future__ import annotations

import hashlib

# TimeStampReq { version 1, messageImprint { sha-256, NULL params }, certReq TRUE } in DER.
_HEAD = bytes.fromhex("3039020101" + "3031300d060960864801650304020105000420")
_TAIL = bytes.fromhex("0101ff")


def time_stamp_request(data: bytes) -> bytes:
    """Ask for a time stamp over the SHA-256 of `data`, certificate included in the reply.

    There is no nonce: the reply is bound to the data by its digest and kept for good.
    """
    return _HEAD + hashlib.sha256(data).digest() + _TAIL
