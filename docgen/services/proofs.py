"""What is on record as proof of an archived packet, without checking it: the verifier does that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from docgen.domain.evidence import COLLECTED, Execution
from docgen.services.verify import ARCHIVE_VERIFIED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

_HOW = {Execution.ELECTRONIC: "signed electronically", Execution.WET_INK: "signed on paper"}
_HOLD = frozenset({0, 4})  # everything holds; or all but what is on paper, which is attested


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One proof of a packet: what it is of, what it rests on, and whether it is on record.

    `code` is the result of the bundle's newest verification, a key of `VERIFIED`; None for whatever
    is only looked up.
    """

    words: str
    basis: str
    holds: bool
    code: int | None = None


def proofs_of(office: Office, packet: Packet, history: Sequence[Activity]) -> tuple[Proof, ...]:
    """Say of each proof what it rests on and how it stands."""
    signed = [item for item in history if item.kind == "signer.signed"]
    sealed = [item for item in history if item.kind == "envelope.sealed"]
    approvals = office.ledger.packets.approvals(packet.id)
    found = [
        Proof(
            words="Plan approved",
            basis=f"plan {packet.plan.short_checksum}, approvals: {len(approvals)}",
            holds=any(item.plan_checksum == packet.plan.checksum for item in approvals),
        ),
        *(
            Proof(
                words=item.title,
                basis=_how_executed(packet, item.slug),
                holds=packet.execution_of(item.slug) is not None or item.on_file is not None,
            )
            for item in packet.plan.documents
        ),
    ]
    if packet.electronic:
        people = len(packet.electronic_signers)
        found.append(
            Proof(
                words="Signatures",
                basis=f"{len(signed)} signed here of {people} who sign electronically"
                if signed
                else f"reported by {packet.service or 'the signing service'}",
                holds=bool(packet.executed) and len(signed) in {0, people},
            )
        )
    if sealed:
        basis = f"log entry {sealed[-1].seq}"
        found.append(Proof(words="Sealed against changes", basis=basis, holds=True))
    return (*found, _in_log(office, history), _last_verified(history))


def _how_executed(packet: Packet, slug: str) -> str:
    execution = packet.execution_of(slug)
    return _HOW[execution] if execution else "not signed in this packet"


def _in_log(office: Office, history: Sequence[Activity]) -> Proof:
    """Say whether a signed checkpoint covers the collection of the evidence."""
    words = "In the signed log"
    closed = next((item for item in reversed(history) if item.kind == COLLECTED), None)
    checkpoint = office.ledger.history.latest_checkpoint()
    if closed is None:
        return Proof(words=words, basis="the evidence was not collected yet", holds=False)
    size = checkpoint.size if checkpoint else 0
    return Proof(
        words=words,
        basis=f"the evidence is log entry {closed.seq}; the newest checkpoint covers {size} "
        "entries",
        holds=closed.seq < size,
    )


def _last_verified(history: Sequence[Activity]) -> Proof:
    words = "Evidence bundle"
    last = next((item for item in reversed(history) if item.kind == ARCHIVE_VERIFIED), None)
    if last is None:
        return Proof(words=words, basis="not verified here yet", holds=False)
    code = cast("int", last.details["exit_code"])
    return Proof(
        words=words,
        basis=f"verified on {last.at:%b} {last.at.day}, {last.at.year}",
        holds=code in _HOLD,
        code=code,
    )
