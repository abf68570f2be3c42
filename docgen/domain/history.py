"""The history: every activity, salted so that its digest can be published without its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from docgen.domain.canonical import canonical_json, sha256_hex

LEAF_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One thing done, by whom, to what; `details` may hold personal data, the log never does.

    `position` counts the subject's activities from 1, so that a missing one shows. `actor` is a
    person key of ours (`user:...`), a recipient key (`signer:...`), or the system itself
    (`system`).
    """

    seq: int
    position: int
    at: datetime
    subject: str
    kind: str
    actor: str
    details: Mapping[str, object]
    salt: str

    @property
    def digest(self) -> str:
        """Digest actor, position and details, blinded by the salt."""
        content = {"actor": self.actor, "details": self.details, "position": self.position}
        return sha256_hex(self.salt.encode() + canonical_json(content))

    @property
    def leaf(self) -> bytes:
        """Give the log leaf: ids, kind, time and the salted digest; no name, no address."""
        return canonical_json(
            {
                "v": LEAF_VERSION,
                "seq": self.seq,
                "at": timestamp(self.at),
                "subject": self.subject,
                "kind": self.kind,
                "digest": self.digest,
            }
        )

    def to_json(self) -> dict[str, object]:
        """Give the whole activity with its salt, for the evidence bundle."""
        return {
            "seq": self.seq,
            "position": self.position,
            "at": timestamp(self.at),
            "subject": self.subject,
            "kind": self.kind,
            "actor": self.actor,
            "details": dict(self.details),
            "salt": self.salt,
        }


def timestamp(moment: datetime) -> str:
    """Write an aware UTC moment as `2026-11-23T02:10:12.000001Z`."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
