"""The signing service: four verbs out, two in; our own signer answers it like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Protocol

from docgen.domain.ceremony import CeremonyPanel
from docgen.domain.signing import SigningField
from docgen.ports.typesetter import PanelPlace

if TYPE_CHECKING:
    from docgen.domain.signing import EnvelopeSnapshot, SigningEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a service can do; everything is False until its adapter proves it.

    `signed_callbacks`: a signature covers the callback's body; without it a callback is believed by
    a shared secret alone. `tolerance`: how far a callback's own time may lie from ours; None where
    it carries none that could be trusted. `separate_documents`: each document comes back as a file
    of its own, not all in one. `poll_every`: how long the service wants between two re-reads of one
    envelope; `polls_an_hour`: how many such questions altogether its limits leave room for, 0 where
    no limit is known; `reads_at_once`: how many envelopes one such question may name.
    `reminds_by_itself`: it writes to whoever has not signed as often as the request says, without
    being asked again. `signing_link`: it can leave inviting to us and give each signer an address;
    `ending_link`: such an address ends by itself within minutes, so that whoever had it cannot come
    back by it. `longest_title`: characters of an envelope's title.
    """

    own_certificate_per_signer: bool = False
    keeps_sent_bytes_as_prefix: bool = False
    remind: bool = False
    reminds_by_itself: bool = False
    reassign: bool = False
    signing_link: bool = False
    ending_link: bool = False
    find_by_key: bool = False
    signed_callbacks: bool = False
    separate_documents: bool = False
    gives_record: bool = False
    tolerance: timedelta | None = None
    poll_every: timedelta = timedelta(0)
    polls_an_hour: int = 0
    reads_at_once: int = 1
    longest_title: int = 100
    largest_file: int = 25_000_000
    most_documents: int = 5
    kept_headers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeDocument:
    """One PDF to be signed, its reading view, where each panel lies, and the fields in them.

    Our own signer fills whole panels; every other service is told of the single fields.
    """

    slug: str
    title: str
    pdf: bytes
    html: bytes
    panels: tuple[tuple[CeremonyPanel, PanelPlace], ...]
    fields: tuple[SigningField, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeRecipient:
    """One person who signs; `by_telephone` keeps their code out of their mailbox."""

    key: str
    name: str
    title: str
    organization: str
    email: str
    routing_order: int
    by_telephone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeRequest:
    """Everything a service needs to send; the key finds the envelope again after a crash.

    `message` is the invitation's text. `remind_every` is None where the service is to remind nobody
    by itself. Where `return_url` is given, the service invites nobody: we do, and each signer goes
    there by `signing_link` and is led back to this address.
    """

    idempotency_key: str
    packet_id: str
    title: str
    practice: str
    documents: tuple[EnvelopeDocument, ...]
    recipients: tuple[EnvelopeRecipient, ...]
    sent_at: datetime
    expires_at: datetime
    message: str = ""
    remind_every: timedelta | None = None
    return_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDocument:
    """One document as the service sent it for signing and as it stands when fully executed.

    `sent` is empty where the service gives back the signed file alone. `first_page`, counted from
    1, is where the document begins in `signed`, which may hold several.
    """

    slug: str
    signed: bytes
    sent: bytes = b""
    first_page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRecord:
    """One file in which the service itself tells what happened, such as its certificate.

    `name` is a file name without folders.
    """

    name: str
    title: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecipient:
    """Who signs instead of somebody."""

    name: str
    title: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCallback:
    """A callback as received, not yet believed. Header names are lower-case.

    `query` is the address's query as sent, without the question mark.
    """

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a callback is answered with, always with status 200."""

    body: bytes = b"stored\n"
    media: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCallback:
    """A callback whose signature and age were checked; only `verify` makes one.

    `delivery_id` is the same for every delivery of the same report. `body` is what is kept: the
    body as received, but for credentials in it. `family` is for a service whose proof covers a part
    of the report alone, so that whoever saw one could make others: the beginning of `delivery_id`,
    in hexadecimal digits like the rest of it, that all with this proof have.
    """

    delivery_id: str
    body: bytes
    received_at: datetime
    family: str = ""


class SigningService(Protocol):
    """Sends envelopes and tells what became of them."""

    key: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up an envelope by our key, before any re-send."""
        ...

    def check(self, request: EnvelopeRequest) -> None:
        """Say before anything leaves whether the service can carry this envelope.

        Raises:
            UnsupportedFeature: it cannot; the message says what the packet needs.
        """
        ...

    def send(self, request: EnvelopeRequest) -> str:
        """Create and send the envelope; give its id.

        Call `find` first: outside services keep nobody from sending twice under one key. Our own
        signer and the fake answer the same key with the same envelope.

        Raises:
            UnsupportedFeature: see `check`.
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

    def fetch_several(self, envelope_ids: Sequence[str]) -> Mapping[str, EnvelopeSnapshot]:
        """Re-read where several envelopes stand, at most `reads_at_once` of them.

        What the service leaves out it may or may not know: `fetch` tells.
        """
        ...

    def void(self, envelope_id: str, reason: str) -> None:
        """Withdraw the envelope; voiding an ended one changes nothing.

        Raises:
            NotFound: the service knows no such envelope.
        """
        ...

    def remind(self, envelope_id: str, recipient: str) -> None:
        """Have the service write to this recipient again.

        Raises:
            UnsupportedFeature: the service offers no such thing.
            ServiceRejected: not this recipient, or not now.
        """
        ...

    def reassign(self, envelope_id: str, recipient: str, new: NewRecipient) -> None:
        """Give a recipient's place to another person, who is invited.

        Raises:
            UnsupportedFeature: the service offers no such thing; void and send again.
            ServiceRejected: the recipient has signed, or the envelope has ended.
        """
        ...

    def signing_link(self, envelope_id: str, recipient: str, return_url: str) -> str:
        """Give a plain address at which this recipient of an envelope that we invite to signs.

        Whoever has it signs as that person, so it is handed over at once and never kept.

        Raises:
            UnsupportedFeature: the service offers no such thing.
            ServiceRejected: it is not this recipient's turn.
        """
        ...

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Fetch the fully executed documents.

        Raises:
            ServiceRejected: the envelope is not fully executed.
            ServiceUnavailable: it is, but the service is not done sealing; try again later.
        """
        ...

    def records(self, envelope_id: str) -> Sequence[ServiceRecord]:
        """Fetch what the service itself hands over as proof; nothing where it has no such file."""
        ...

    def greet(self, raw: RawCallback) -> Reply:
        """Answer a GET by which the service makes sure that callbacks are wanted here.

        Raises:
            CallbackRejected: this service sends none, or it is not ours.
        """
        ...

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check signature and age, or raise `CallbackRejected`."""
        ...

    def acknowledge(self, raw: RawCallback) -> Reply:
        """Give the answer that the service takes for "delivered", to a callback now stored."""
        ...

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback; what is not understood becomes `Signal.UNKNOWN`."""
        ...
