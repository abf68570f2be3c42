"""Build the evidence bundle: one deterministic zip that a stranger can check with Python alone.

Two steps, because the history must name what the bundle holds before the log is closed over it:
`collected_details` gives what the activity `evidence.collected` says; then, with the checkpoint
that covers this activity, `build_bundle` gives the file (format: docs/evidence-bundle.md).
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from docgen.domain.canonical import canonical_json, sha256_hex
from docgen.domain.evidence import (
    COLLECTED,
    Attestation,
    EvidencedDocument,
    Execution,
    Statement,
    manifest_bytes,
)
from docgen.domain.history import Activity, timestamp
from docgen.domain.merkle import leaf_hash, verify_inclusion
from docgen.domain.person import Approval
from docgen.domain.plan import Plan
from docgen.errors import InputError, NotFound, SignatureInvalid
from docgen.ports.signer import TrustMaterial
from docgen.ports.traffic import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docgen.domain.merkle import MerkleTree
    from docgen.ports.ledger import StoredCheckpoint

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_PATH = re.compile(rf"{_PART}(?:/{_PART})*")
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3
_LONGEST_PATH = 200
ISSUER = "issuer/settings.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFiles:
    """One document's bytes; None for what never existed.

    `pinned` and `checklist` are files that are not ours (see `EvidencedDocument`).
    """

    slug: str
    rendered: bytes | None = None
    sent: bytes | None = None
    signed: bytes | None = None
    docx: bytes | None = None
    html: bytes | None = None
    pinned: bytes | None = None
    checklist: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSource:
    """One template version's source files by name."""

    slug: str
    version: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperExecution:
    """The scan of what was signed on paper, and who attests to it."""

    scan: bytes
    attestation: Attestation


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleParts:
    """Everything that is in the bundle before the log closes over it."""

    statement: Statement
    plan: Plan
    approvals: tuple[Approval, ...]
    enrollment: bytes
    documents: tuple[DocumentFiles, ...]
    templates: tuple[TemplateSource, ...]
    callbacks: tuple[Delivery, ...]
    consents: Mapping[str, bytes]
    trust: TrustMaterial
    completion_pdf: bytes
    completion_html: bytes
    verifier: bytes
    start_here: bytes
    issuer: bytes | None = None
    paper: PaperExecution | None = None
    records: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof:
    """The packet's history and the proof that the log holds it."""

    activities: tuple[Activity, ...]
    inclusion: tuple[tuple[bytes, ...], ...]
    checkpoint: str
    vkey: str
    time_stamp: bytes


def prove(
    activities: Sequence[Activity],
    tree: MerkleTree,
    checkpoint: StoredCheckpoint,
    vkey: str,
) -> LogProof:
    """Prove each activity against the checkpoint; `tree` is the log's, as large as it covers.

    What happened after the last collection that the checkpoint covers is left for a later bundle.

    Raises:
        NotFound: the checkpoint covers no collection of this packet's evidence.
        SignatureInvalid: an activity is not the one that was signed.
    """
    covered = [item for item in activities if item.seq < checkpoint.size]
    ends = [at for at, item in enumerate(covered, start=1) if item.kind == COLLECTED]
    if not ends:
        raise NotFound(
            "The checkpoint does not cover the collection of the evidence; sign a newer one first."
        )
    told = tuple(covered[: ends[-1]])
    return LogProof(
        activities=told,
        inclusion=tuple(prove_activity(item, tree, checkpoint) for item in told),
        checkpoint=checkpoint.note,
        vkey=vkey,
        time_stamp=checkpoint.time_stamp,
    )


def prove_activity(
    activity: Activity, tree: MerkleTree, checkpoint: StoredCheckpoint
) -> tuple[bytes, ...]:
    """Prove one activity against the checkpoint, and check the proof as a stranger would.

    Raises:
        SignatureInvalid: the activity is not the one that was signed.
    """
    path, leaf = tree.inclusion(activity.seq), leaf_hash(activity.leaf)
    root = bytes.fromhex(checkpoint.root)
    if not verify_inclusion(leaf, activity.seq, checkpoint.size, path, root):
        raise SignatureInvalid(
            f"Activity number {activity.seq} of the history is not the one that was signed, so "
            "nothing can be proved of it; restore the database from its back-up."
        )
    return path


def collected_details(parts: BundleParts) -> dict[str, object]:
    """Give the details of `evidence.collected`: the statement's digest and every file's."""
    return {
        "statement_sha256": parts.statement.digest,
        "files": {path: sha256_hex(data) for path, data in _contents(parts).items()},
    }


def build_bundle(parts: BundleParts, proof: LogProof) -> bytes:
    """Build the zip; the same parts give the same bytes.

    Raises:
        InputError: a slug, version or file name cannot be a path in a bundle.
    """
    files = _contents(parts) | _log_files(proof)
    files["bundle.json"] = manifest_bytes(parts.statement, files)
    buffer = io.BytesIO()
    # Stored, not compressed: no bytes depend on a compressor's version, and no bomb can hide.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            if not _PATH.fullmatch(path) or len(path) > _LONGEST_PATH:
                raise InputError("A name cannot be a path in a bundle; rename the file or slug.")
            entry = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = _UNIX
            entry.external_attr = _REGULAR_FILE
            archive.writestr(entry, files[path])
    return buffer.getvalue()


def _contents(parts: BundleParts) -> dict[str, bytes]:
    files = {
        "START-HERE.html": parts.start_here,
        "README.txt": _readme(parts.statement).encode(),
        "verify.py": parts.verifier,
        "plan.json": canonical_json(parts.plan.to_json()),
        "approvals.json": canonical_json([_approval(item) for item in parts.approvals]),
        "enrollment/record.json": parts.enrollment,
        "enrollment/digest": f"{sha256_hex(parts.enrollment)}\n".encode(),
        "certificate-of-completion.pdf": parts.completion_pdf,
        "certificate-of-completion.html": parts.completion_html,
    }
    if parts.issuer is not None:
        files[ISSUER] = parts.issuer
    for version, text in parts.consents.items():
        files[f"consent/{version}.txt"] = text
    for document in parts.documents:
        files |= _document_files(document)
    for template in parts.templates:
        folder = f"templates/{template.slug}/{template.version}"
        files |= {f"{folder}/{name}": data for name, data in template.files.items()}
    for number, delivery in enumerate(parts.callbacks, start=1):
        files[f"callbacks/{number:04d}.json"] = canonical_json(_callback(delivery))
    files |= {f"service/{name}": data for name, data in parts.records.items()}
    files |= _numbered("certificates/signing-root", parts.trust.signing_roots)
    files |= _numbered("certificates/timestamp-root", parts.trust.timestamp_roots)
    if parts.paper is not None:
        files["paper/scan.pdf"] = parts.paper.scan
        files["paper/attestation.json"] = canonical_json(parts.paper.attestation.to_json())
    return files


def _document_files(document: DocumentFiles) -> dict[str, bytes]:
    found = {
        "rendered.pdf": document.rendered,
        "sent.pdf": document.sent,
        "signed.pdf": document.signed,
        "document.docx": document.docx,
        "reading.html": document.html,
        "pinned.pdf": document.pinned,
        "checklist.toml": document.checklist,
    }
    return {
        f"documents/{document.slug}/{name}": data
        for name, data in found.items()
        if data is not None
    }


def _numbered(stem: str, certificates: Iterable[bytes]) -> dict[str, bytes]:
    return {f"{stem}-{at}.pem": data for at, data in enumerate(certificates, start=1)}


def _approval(approval: Approval) -> dict[str, object]:
    return asdict(approval) | {"at": timestamp(approval.at)}


def _callback(delivery: Delivery) -> dict[str, object]:
    return {
        "service": delivery.service,
        "delivery_id": delivery.delivery_id,
        "received_at": timestamp(delivery.received_at),
        "headers": dict(delivery.headers),
        "body": base64.b64encode(delivery.body).decode(),
    }


def _log_files(proof: LogProof) -> dict[str, bytes]:
    leaves = [
        canonical_json({"seq": item.seq, "proof": [part.hex() for part in path]})
        for item, path in zip(proof.activities, proof.inclusion, strict=True)
    ]
    files = {
        "history.jsonl": _lines(canonical_json(item.to_json()) for item in proof.activities),
        "log/leaves.jsonl": _lines(leaves),
        "log/checkpoint.txt": proof.checkpoint.encode(),
        "log/key.txt": f"{proof.vkey}\n".encode(),
    }
    if proof.time_stamp:
        files["log/timestamp.tsr"] = proof.time_stamp
    return files


def _lines(items: Iterable[bytes]) -> bytes:
    return b"".join(item + b"\n" for item in items)


_HOW = {
    Execution.ELECTRONIC: """
  Every document was signed electronically and sealed against changes.""",
    Execution.WET_INK: """
  The documents were signed on paper. paper/scan.pdf shows them, and a named
  person attests in paper/attestation.json that the originals exist. A scan is
  not an electronic signature.""",
    Execution.MIXED: """
  Some documents were signed electronically and sealed against changes; the
  others were signed on paper, as paper/scan.pdf shows and
  paper/attestation.json attests.""",
}


_CONTAINED = "\n  Both are contained in signed.pdf, byte for byte."


def _outside(statement: Statement) -> str:
    """Say what an outside signing service did, and what that means for the proof."""
    return f"""
  The documents were signed through the signing service {statement.service}, which wrote
  them anew, with what the signers filled in and its own seal. Every line that
  was sent stands in them unchanged. Who signed is what the service reports and
  its own record in the folder service says."""


_ELSEWHERE = {
    "already_on_file": "executed before, on file",
    "not_applicable": "left out, with its reason in plan.json",
}


def _how(document: EvidencedDocument) -> str:
    if document.execution is Execution.ELECTRONIC:
        return "signed electronically"
    if document.execution is Execution.WET_INK:
        return "signed on paper"
    return _ELSEWHERE.get(document.source, "not signed here")


def _readme(statement: Statement) -> str:
    titles = "\n".join(
        f"  documents/{item.slug}/  {item.title} ({_how(item)})" for item in statement.documents
    )
    return f"""EVIDENCE BUNDLE OF PACKET {statement.packet_id}

What this is
  The record of one packet of agreements: what was agreed, who signed it, when,
  what each person was shown, and the proof that none of it was changed since.{
        _outside(statement) if statement.outside else _HOW[statement.execution]
    }

The documents
{titles}
  In each folder, where it exists: signed.pdf is the agreement as executed,
  sent.pdf what the signers received, rendered.pdf what was approved for
  sending.{"" if statement.outside else _CONTAINED}
  document.docx and reading.html hold the same words. pinned.pdf is a document
  that is not the issuer's own (the other side's paper, or a copy of what is on
  file), and checklist.toml says where in it each requirement of law is met.

How to check it
  1. Keep the bundle as it is: one file whose name ends in .bundle.zip.
  2. Get the anchor file (anchor.json) from the issuer by a way of your own
     choosing: from its web site, from an earlier matter, by asking. An anchor
     found beside a bundle proves nothing.
  3. Get docgen_verify.py from the issuer as well, or from anybody you trust.
     verify.py in this bundle is a copy of it, for convenience.
  4. With Python 3.11 or newer; no network is needed:
       python -I docgen_verify.py THIS.bundle.zip --anchor anchor.json
     To check the signatures inside the PDF files too, first:
       pip install "pyhanko>=0.38,<0.39"
     The program lists every check and ends with the result in one sentence.
  PDF readers that show digital signatures show those in signed.pdf as well.

What else is here
  certificate-of-completion.pdf    who did what, when, for people
  history.jsonl                    every activity of the packet, one a line
  log/                             proof that the history is in the issuer's log
  plan.json, approvals.json        what was planned, and who approved just that
  enrollment/, templates/          what the documents were made from
  consent/                         the disclosure that each signer accepted
  callbacks/                       the signing service's reports as they came in
  service/                         an outside signing service's own record
  certificates/                    the issuer's roots (trust the anchor instead)
  bundle.json                      the list of all this, with digests
"""
