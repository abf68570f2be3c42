"""The courier: our own callbacks out, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Courier(Protocol):
    """Posts one body to one address; follows no redirects and keeps no cookies."""

    key: ClassVar[str]

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Deliver, or raise.

        Raises:
            ServiceRejected: the receiver answered with a 4xx status; trying again will not help.
            ServiceUnavailable: no answer, or a 5xx status; try again later.
        """
        ...
