"""The key ring of a home folder: the log's key file and the signing authority, wherever it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.keyring import Renewal
    from docgen.ports.log import CheckpointSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeKeyRing:
    """Rotates keys; `log` is the adapter that reads the log's file, `authority` the signing one."""

    log: Any
    log_path: Path
    origin: str
    authority: Any

    def next_log_key(self) -> CheckpointSigner:
        """Make the draft beside the present key, or read the one made before."""
        signer: CheckpointSigner = self.log.prepare(self.log_path, self.origin)
        return signer

    def use_next_log_key(self) -> None:
        """Put the draft in the present key's place."""
        self.log.rotate(self.log_path, self.origin)

    def renew_signing(self, *, at: datetime) -> Renewal:
        """Let the authority make its next generation."""
        renewal: Renewal = self.authority.succeed(at=at)
        return renewal

    def revoke(self, serial: int, *, at: datetime) -> None:
        """Let the authority put the certificate on its lists."""
        self.authority.revoke(serial, at=at)
