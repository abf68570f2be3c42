"""The evidence bundle's manifest and anchor as values: what a stranger is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.domain.canonical import canonical_json, digest_of, sha256_hex
from docgen.domain.history import timestamp
from docgen.domain.signing import OWN_SIGNER

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "docgen-evidence/2"
ANCHOR_FORMAT = "docgen-anchor/1"
COLLECTED = "evidence.collected"


class Execution(StrEnum):
    """How a document, or a whole packet, was executed."""

    ELECTRONIC = "electronic"  # signed and sealed in the PDF
    WET_INK = "wet_ink"  # signed on paper; a scan and a person's attestation stand for it
    MIXED = "mixed"  # some documents one way, some the other


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSignature:
    """One person's signature that the signed PDF must hold.

    `signer` is the recipient key of the plan, `act_id` the act in the history.
    """

    field: str
    signer: str
    act_id: str
    name: str
    title: str
    organization: str
    meaning: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencedDocument:
    """One planned document: where it came from, how it was executed here, its files by digest.

    `execution` is None for what is not signed in this packet. A digest is "" for what never
    existed; `pinned_sha256` and `checklist_sha256` are of files that are not ours: the other side's
    own paper with the checklist filled for it, or a copy of what is on file. `first_page` is where
    it begins in the signed file of an outside signing service, which may hold several documents.
    """

    slug: str
    title: str
    source: str = "generated"
    execution: Execution | None
    template_version: str = ""
    template_digest: str = ""
    rendered_sha256: str = ""
    sent_sha256: str = ""
    signed_sha256: str = ""
    first_page: int = 1
    docx_sha256: str = ""
    html_sha256: str = ""
    pinned_sha256: str = ""
    checklist_sha256: str = ""
    signatures: tuple[ExpectedSignature, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Give plain JSON values."""
        return {
            "slug": self.slug,
            "title": self.title,
            "source": self.source,
            "execution": self.execution.value if self.execution else "",
            "template": {
                "slug": self.slug,
                "version": self.template_version,
                "digest": self.template_digest,
            },
            "rendered_sha256": self.rendered_sha256,
            "sent_sha256": self.sent_sha256,
            "signed_sha256": self.signed_sha256,
            **({"first_page": self.first_page} if self.first_page > 1 else {}),
            "docx_sha256": self.docx_sha256,
            "html_sha256": self.html_sha256,
            "pinned_sha256": self.pinned_sha256,
            "checklist_sha256": self.checklist_sha256,
            "signatures": [
                {
                    "field": item.field,
                    "signer": item.signer,
                    "act_id": item.act_id,
                    "name": item.name,
                    "title": item.title,
                    "organization": item.organization,
                    "meaning": item.meaning,
                    "at": timestamp(item.at),
                }
                for item in self.signatures
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the bundle says about its packet; everything else in it is there to prove this.

    `documents` are all those planned, in order. `time_zone` is the one whose calendar gives the
    effective date. `log_time_stamp` promises a time stamp over the checkpoint, so that a missing
    one shows.
    """

    packet_id: str
    kind: str
    service: str
    envelope_id: str
    effective_date: str
    time_zone: str
    engine: str
    product: str
    log_time_stamp: bool
    documents: tuple[EvidencedDocument, ...]

    @property
    def outside(self) -> bool:
        """True when an outside signing service carried the envelope."""
        return bool(self.service) and self.service != OWN_SIGNER

    @property
    def execution(self) -> Execution:
        """Say how the packet as a whole was executed."""
        ways = {item.execution for item in self.documents if item.execution is not None}
        return ways.pop() if len(ways) == 1 else Execution.MIXED

    def to_json(self) -> dict[str, object]:
        """Give plain JSON values; the bundle's list of files comes on top."""
        return {
            "format": FORMAT,
            "packet_id": self.packet_id,
            "kind": self.kind,
            "service": self.service,
            "envelope_id": self.envelope_id,
            "execution": self.execution.value,
            "effective_date": self.effective_date,
            "time_zone": self.time_zone,
            "engine": self.engine,
            "product": self.product,
            "log_time_stamp": self.log_time_stamp,
            "documents": [item.to_json() for item in self.documents],
        }

    @property
    def digest(self) -> str:
        """Digest the statement, for the history."""
        return digest_of(self.to_json())


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A person's word that a paper original exists and that the scan shows it.

    Dates are ISO dates; `signed_on` is the last handwritten one. `attested_by` is the person as the
    history names them (`user:...`), `name` their name.
    """

    packet_id: str
    documents: tuple[str, ...]
    scan_sha256: str
    pages: int
    signed_on: str
    received_on: str
    original_at: str
    attested_by: str
    name: str
    statement: str
    at: datetime

    def to_json(self) -> dict[str, object]:
        """Give plain JSON values."""
        return {
            "packet_id": self.packet_id,
            "documents": list(self.documents),
            "scan_sha256": self.scan_sha256,
            "pages": self.pages,
            "signed_on": self.signed_on,
            "received_on": self.received_on,
            "original_at": self.original_at,
            "attested_by": self.attested_by,
            "name": self.name,
            "statement": self.statement,
            "at": timestamp(self.at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What a verifier must get from the issuer outside any bundle: roots and log keys.

    Keys and roots that were rotated out stay listed, so that old bundles keep verifying.
    `service_roots` are those under which outside signing services seal what is signed there.
    """

    name: str
    signing_roots: tuple[str, ...]
    timestamp_roots: tuple[str, ...]
    log_keys: tuple[str, ...]
    service_roots: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Give plain JSON values."""
        return {
            "format": ANCHOR_FORMAT,
            "name": self.name,
            "signing_roots": list(self.signing_roots),
            "timestamp_roots": list(self.timestamp_roots),
            "log_keys": list(self.log_keys),
            **({"service_roots": list(self.service_roots)} if self.service_roots else {}),
        }

    def to_bytes(self) -> bytes:
        """Write the anchor file."""
        return canonical_json(self.to_json())


def manifest_bytes(statement: Statement, files: Mapping[str, bytes]) -> bytes:
    """Write `bundle.json`: the statement, and every other file with its digest and size."""
    listed = {path: {"sha256": sha256_hex(data), "size": len(data)} for path, data in files.items()}
    return canonical_json({**statement.to_json(), "files": listed})


def template_digest(files: Mapping[str, bytes]) -> str:
    """Digest a template version: the canonical JSON of each file's name and SHA-256."""
    return digest_of({name: sha256_hex(data) for name, data in files.items()})
