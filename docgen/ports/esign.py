"""The signing service: four verbs out, two in; our own signer answers it like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Protocol

from docgen.domain.ceremony import CeremonyPanel
from docgen.ports.typesetter import PanelPlace

if TYPE_CHECKING:
    from docgen.domain.signing import EnvelopeSnapshot, SigningEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a service can do; everything is False until its adapter proves it."""

    own_certificate_per_signer: bool = False
    keeps_sent_bytes_as_prefix: bool = False
    remind: bool = False
    reassign: bool = False
    find_by_key: bool = False
    signed_callbacks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeDocument:
    """One PDF to be signed, its reading view, and where each panel lies."""

    slug: str
    title: str
    pdf: bytes
    html: bytes
    panels: tuple[tuple[CeremonyPanel, PanelPlace], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeRecipient:
    """One person who signs."""

    key: str
    name: str
    title: str
    organization: str
    email: str
    routing_order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeRequest:
    """Everything a service needs to send; the key finds the envelope again after a crash."""

    idempotency_key: str
    packet_id: str
    title: str
    practice: str
    documents: tuple[EnvelopeDocument, ...]
    recipients: tuple[EnvelopeRecipient, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDocument:
    """One document as the service sent it for signing and as it stands when fully executed."""

    slug: str
    sent: bytes
    signed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCallback:
    """A callback as received, not yet believed. Header names are lower-case."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCallback:
    """A callback whose signature and age were checked; only `verify` makes one.

    `delivery_id` is the same for every delivery of the same report.
    """

    delivery_id: str
    body: bytes
    received_at: datetime


class SigningService(Protocol):
    """Sends envelopes and tells what became of them."""

    key: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up an envelope by our key, before any re-send."""
        ...

    def send(self, request: EnvelopeRequest) -> str:
        """Create and send the envelope; the same key again gives the same envelope id.

        Raises:
            ServiceRejected: the service will never accept this request.
            ServiceUnavailable: try again later, after `find`.
        """
        ...

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the envelope stands.

        Raises:
            NotFound: the service knows no such envelope.
        """
        ...

    def void(self, envelope_id: str, reason: str) -> None:
        """Withdraw the envelope; voiding an ended one changes nothing."""
        ...

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Fetch the fully executed documents.

        Raises:
            ServiceRejected: the envelope is not fully executed.
        """
        ...

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check signature and age, or raise `CallbackRejected`."""
        ...

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback; what is not understood becomes `Signal.UNKNOWN`."""
        ...
