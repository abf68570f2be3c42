"""The packet plan: which documents, in which order, who signs what; approved by its checksum."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache

from docgen.domain.canonical import digest_of
from docgen.domain.document import SignaturePanel
from docgen.domain.paper import ForeignPaper, OnFile

SHORT_CHECKSUM = 12
PSO_KEY = "pso"  # the key under which every plan names the PSO's own signer


class Source(StrEnum):
    """Where a document of the packet comes from."""

    GENERATED = "generated"  # from our template and the enrollment
    COUNTERPARTY_PAPER = "counterparty_paper"  # the practice's own file, pinned by digest
    ALREADY_ON_FILE = "already_on_file"  # an executed agreement referred to
    NOT_APPLICABLE = "not_applicable"  # not needed, with the reason


SIGNED_HERE = frozenset({Source.GENERATED, Source.COUNTERPARTY_PAPER})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPanel:
    """One signature panel, and the key of the recipient who signs in it."""

    recipient: str
    panel: SignaturePanel


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDocument:
    """One document of the packet. `reason` says why it is not generated, "" when it is.

    `paper` pins the other side's own document, `on_file` names one executed before; None else.
    `adopted` is whether the PSO had adopted this template digest when the plan was made; an
    unadopted one carries the mark "sample for review by counsel" and cannot be sent outside demo
    mode.
    """

    slug: str
    title: str
    source: Source
    template_version: str
    template_digest: str
    adopted: bool
    reason: str
    panels: tuple[PlannedPanel, ...]
    paper: ForeignPaper | None = None
    on_file: OnFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRecipient:
    """One person who signs; equal routing orders sign in any order, lower ones first.

    `by_telephone` is whether their code is read out to them instead of mailed.
    """

    key: str
    name: str
    title: str
    organization: str
    email: str
    routing_order: int
    by_telephone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDeparture:
    """One way in which this packet differs from the standard; each needs a legal approver's eye."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides documents and signers; its checksum is what people approve.

    `effective_from` is the day (ISO 8601) before which the agreements do not take effect, where the
    parties fixed one.
    """

    packet_id: str
    kind: str
    party_id: str
    generation: int
    enrollment_id: str
    enrollment_version: int
    enrollment_sha256: str
    pso_sha256: str
    engine: str
    dated: str
    practice: str
    documents: tuple[PlannedDocument, ...]
    recipients: tuple[PlannedRecipient, ...]
    departures: tuple[PlannedDeparture, ...]
    follows_packet_id: str = ""
    effective_from: str = ""

    @property
    def checksum(self) -> str:
        """Digest the whole plan (SHA-256 of its canonical JSON)."""
        return _checksum(self)

    @property
    def short_checksum(self) -> str:
        """Give the first twelve digits, as printed in every page's footer."""
        return self.checksum[:SHORT_CHECKSUM]

    @property
    def generated(self) -> tuple[PlannedDocument, ...]:
        """The documents we make ourselves, in order."""
        return tuple(item for item in self.documents if item.source is Source.GENERATED)

    @property
    def to_sign(self) -> tuple[PlannedDocument, ...]:
        """The documents that people sign in this packet, in order."""
        return tuple(item for item in self.documents if item.source in SIGNED_HERE)

    @property
    def by_hand(self) -> tuple[PlannedDocument, ...]:
        """The documents without signature fields, which can be signed on paper only, in order."""
        return tuple(item for item in self.documents if item.source is Source.COUNTERPARTY_PAPER)

    @property
    def on_paper_only(self) -> bool:
        """True when nothing can be signed electronically."""
        return bool(self.by_hand) and not self.generated

    @property
    def departs(self) -> bool:
        """True when a legal approver must approve as well."""
        return bool(self.departures)

    def recipient(self, key: str) -> PlannedRecipient:
        """Find a recipient of this plan by key."""
        return next(item for item in self.recipients if item.key == key)

    def to_json(self) -> dict[str, object]:
        """Give plain JSON values, for storing and for the checksum."""
        whole = asdict(self)
        for document in whole["documents"]:
            for name in ("paper", "on_file"):
                if document[name] is None:
                    del document[name]
            # A plan that names no copy is spelled as it was before copies could be named.
            if "on_file" in document and not document["on_file"]["file_sha256"]:
                del document["on_file"]["file_sha256"], document["on_file"]["pages"]
        for recipient in whole["recipients"]:
            if not recipient["by_telephone"]:
                del recipient["by_telephone"]
        if not whole["effective_from"]:
            del whole["effective_from"]
        return whole


# Every page of a packet prints it, and every step that works with a plan compares it.
@lru_cache(maxsize=32)
def _checksum(plan: Plan) -> str:
    return digest_of(plan.to_json())
