"""The key ring: where the site's own keys lie, and how each gets a successor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.log import CheckpointSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A rotation of the signing keys: the fingerprints of what signed before and what follows.

    `request` names the file that a company's authority must certify first; empty where none must.
    """

    before: str
    after: str
    request: str = ""


class KeyRing(Protocol):
    """Makes new keys beside the present ones, which stay known for what they signed."""

    def next_log_key(self) -> CheckpointSigner:
        """Make the log's next key, not yet in use; asked again it gives the same.

        Raises:
            ConfigurationError: the folder of the keys cannot be written.
        """
        ...

    def use_next_log_key(self) -> None:
        """Put the next key in the place of the present one, whose public half stays listed.

        Raises:
            ConfigurationError: the folder of the keys cannot be written.
        """
        ...

    def renew_signing(self, *, at: datetime) -> Renewal:
        """Make the next generation of signing keys; what signed before stays known.

        Raises:
            ConfigurationError: the folder of the keys cannot be written.
            ServiceUnavailable, ServiceRejected: the place of the keys does not make them.
        """
        ...

    def revoke(self, serial: int, *, at: datetime) -> None:
        """Withdraw a certificate of the signing authority from this moment on.

        Raises:
            NotFound: the authority has no certificate of this serial number that it may withdraw.
            ConfigurationError: the folder of the keys cannot be written.
        """
        ...
