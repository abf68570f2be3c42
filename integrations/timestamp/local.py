"""The development time stamping authority, in process: it says what the injected clock says."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from integrations.timestamp.token import respond

if TYPE_CHECKING:
    from docgen.ports.clock import Clock
    from integrations.sign.cms import SigningKey

_SERIAL_BITS = 120


class LocalTimeStamper:
    """Stamps with a key of the development certificate authority (`LocalAuthority.stamping`)."""

    key: ClassVar[str] = "local"

    def __init__(self, stamping: SigningKey, clock: Clock) -> None:
        self.stamping = stamping
        self._clock = clock

    @property
    def development(self) -> bool:
        """Say yes: this is our own clock, vouched for by nobody else."""
        return True

    def respond(self, request_der: bytes) -> bytes:
        """Answer one request with a token of the clock's present second."""
        serial = secrets.randbits(_SERIAL_BITS) + 1
        return respond(request_der, self.stamping, at=self._clock.now(), serial=serial)
