"""The time stamping authority: RFC 3161 request in, response out."""

from __future__ import annotations

from typing import ClassVar, Protocol


class TimeStamper(Protocol):
    """Answers RFC 3161 time stamp requests; HTTP, a local development authority, or a fake."""

    key: ClassVar[str]

    def respond(self, request_der: bytes) -> bytes:
        """Answer one DER `TimeStampReq` with a DER `TimeStampResp` (RFC 3161 section 2.4).

        Raises:
            ServiceUnavailable: the authority did not answer, or answered with a failure status.
        """
        ...
