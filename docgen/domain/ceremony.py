"""The own signer's envelope: who must sign what, and how far each person has come.

An envelope at an outside service that we invite to has one too: it is the entrance, and what is
signed is signed there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from docgen.domain.signing import EnvelopeSnapshot, RecipientSnapshot, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyPanel:
    """One panel to sign: its field, who signs it, and the words the signature will state."""

    slot: str
    recipient: str
    organization: str
    capacity: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyDocument:
    """One document in an envelope; `sent_sha256` stays, `current_sha256` grows by signing."""

    slug: str
    title: str
    html_sha256: str
    sent_sha256: str
    current_sha256: str
    panels: tuple[CeremonyPanel, ...]


def known_name(name: str, title: str) -> str:
    """Give a signer's name; empty where a title stands for it, as for a PSO that names nobody."""
    return "" if name == title else name


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonySigner:
    """One person's progress through the ceremony.

    Links and codes are derived from a secret, never stored: `link_number` and `code_number` say
    which one is valid. `session_sha256` is the hash of the browser session's token. Where
    `by_telephone`, no code is mailed; a coordinator reads it out.
    """

    key: str
    name: str
    title: str
    organization: str
    email: str
    routing_order: int
    link_number: int = 0
    invited_at: datetime | None = None
    code_number: int = 0
    code_sent_at: datetime | None = None
    code_tries: int = 0
    session_sha256: str = ""
    session_until: datetime | None = None
    identified_at: datetime | None = None
    consented_at: datetime | None = None
    consent_version: str = ""
    viewed_at: datetime | None = None
    viewed: tuple[str, ...] = ()
    signed_at: datetime | None = None
    declined_at: datetime | None = None
    by_telephone: bool = False

    @property
    def known_name(self) -> str:
        """The person's name, as `known_name` says."""
        return known_name(self.name, self.title)

    @property
    def done(self) -> bool:
        """True once the person has signed or declined."""
        return self.signed_at is not None or self.declined_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """One envelope at the own signer, or the entrance to one `outside`, a signing service's key."""

    envelope_id: str
    idempotency_key: str
    subject: str
    title: str
    practice: str
    documents: tuple[CeremonyDocument, ...]
    signers: tuple[CeremonySigner, ...]
    sent_at: datetime
    expires_at: datetime
    ended: Signal | None = None
    ended_at: datetime | None = None
    reason: str = ""
    outside: str = ""

    def signer(self, key: str) -> CeremonySigner:
        """Find a signer by recipient key."""
        return next(item for item in self.signers if item.key == key)

    def with_signer(self, changed: CeremonySigner) -> Ceremony:
        """Give the ceremony with one signer replaced."""
        signers = tuple(changed if item.key == changed.key else item for item in self.signers)
        return replace(self, signers=signers)

    @property
    def turn(self) -> tuple[CeremonySigner, ...]:
        """Whose turn it is: everyone unsigned in the lowest routing order that is not done."""
        if self.ended is not None:
            return ()
        waiting = [item for item in self.signers if not item.done]
        lowest = min((item.routing_order for item in waiting), default=0)
        return tuple(item for item in waiting if item.routing_order == lowest)

    @property
    def all_signed(self) -> bool:
        """True when every signer has signed."""
        return all(item.signed_at is not None for item in self.signers)

    def snapshot(self) -> EnvelopeSnapshot:
        """Say where the envelope stands, in the words of the signing-service port."""
        return EnvelopeSnapshot(
            envelope_id=self.envelope_id,
            idempotency_key=self.idempotency_key,
            sent_at=self.sent_at,
            recipients=tuple(
                RecipientSnapshot(
                    key=item.key,
                    viewed_at=item.viewed_at,
                    signed_at=item.signed_at,
                    declined_at=item.declined_at,
                )
                for item in self.signers
            ),
            ended=self.ended,
            ended_at=self.ended_at,
            reason=self.reason,
        )
