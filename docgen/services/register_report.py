"""Reports on the agreements: two contracts in each period, and a register that the log vouches for.

42 U.S.C. 299b-24(b)(1)(C), 42 CFR 3.102(b)(2)(i)(C): within every 24 months from its listing on, a
PSO must have two contracts, each with a different provider. The register is not signed itself,
because the log's key signs checkpoints and nothing else: an activity in the log names its digest,
and the proof leads from there to a signed checkpoint.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from docgen.domain.canonical import canonical_json, sha256_hex
from docgen.domain.history import timestamp
from docgen.domain.person import ARCHIVE_READERS
from docgen.domain.retention import years_later
from docgen.ports.register import ArchivedLine, ContractLine
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery, Paging
from docgen.services.bundle import prove_activity
from docgen.services.checkpoint import sign_checkpoint
from docgen.services.log_tree import log_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.person import Person
    from docgen.services.office import Office

FORMAT = "docgen-agreement-register-1"
PROOF_FORMAT = "docgen-register-proof-1"
DRAWN_UP = "register.drawn_up"
SUBJECT = "register"
PSA = "psa"
PERIOD_YEARS = 2
CONTRACTS_NEEDED = 2
_PAGE = 1000
_HOW = """REGISTER OF AGREEMENTS

register.json  every executed agreement on record, one entry for each document.
proof.json     the proof: an activity of the log that names the SHA-256 of
               register.json, the path from it to the log's root, and the
               checkpoint over that root, signed by the log's key.

How to check it: see "The register of agreements" in docs/auditors.md. Take the
log's key from anchor.json, which you have from the PSO by another way.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPeriod:
    """One period of 24 months, and the contracts that were in effect in it.

    `without_copy` are in effect by what is recorded, but their executed copy is not here; they do
    not count.
    """

    first: date
    last: date
    is_running: bool
    contracts: tuple[ContractLine, ...]
    without_copy: tuple[ContractLine, ...]

    @property
    def providers(self) -> int:
        """Count the different providers."""
        return len({item.enrollment_id for item in self.contracts})

    @property
    def is_met(self) -> bool:
        """True when two different providers were under contract."""
        return self.providers >= CONTRACTS_NEEDED


def contract_periods(office: Office, today: date) -> tuple[ContractPeriod, ...]:
    """Go through the periods from the listing until today, the newest first.

    Without a first day of the listing in the settings there are none.
    """
    begun = office.pso.listed_on if office.pso else None
    if begun is None:
        return ()
    lines = office.register.contracts(PSA)
    found = []
    count = 0
    while (first := years_later(begun, PERIOD_YEARS * count)) <= today:
        count += 1
        last = years_later(begun, PERIOD_YEARS * count) - timedelta(days=1)
        inside = [item for item in lines if _in_effect(item, first, min(last, today))]
        found.append(
            ContractPeriod(
                first=first,
                last=last,
                is_running=last >= today,
                contracts=tuple(item for item in inside if item.has_copy),
                without_copy=tuple(item for item in inside if not item.has_copy),
            )
        )
    return tuple(reversed(found))


def _in_effect(line: ContractLine, first: date, last: date) -> bool:
    return line.effective_on <= last and (line.ended_on is None or line.ended_on >= first)


def contracts_of(office: Office, packets: Sequence[str]) -> tuple[ArchivedLine, ...]:
    """Give the whole line of the contract in each of these packets, in their order."""
    if not packets:
        return ()
    query = ArchiveQuery(slug=PSA, packet_ids=frozenset(packets), page=Paging(size=len(packets)))
    found = {item.packet_id: item for item in office.register.archived(query).items}
    return tuple(found[item] for item in packets if item in found)


def every_line(office: Office, query: ArchiveQuery) -> tuple[ArchivedLine, ...]:
    """Give all executed documents asked for, page by page."""
    found: list[ArchivedLine] = []
    number, last = 1, 1
    while number <= last:
        page = office.register.archived(replace(query, page=Paging(number=number, size=_PAGE)))
        found += page.items
        number, last = number + 1, page.last
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The register of agreements, and the proof that the log holds its digest."""

    data: bytes
    proof: bytes


def draw_up(office: Office, person: Person) -> Register:
    """Draw up the register of all executed agreements; that it was done is an activity.

    Raises:
        NotAllowed: the person may not read the archive.
        SignatureInvalid: the history was rewritten since the last checkpoint.
        ServiceUnavailable: the time stamping authority did not answer.
    """
    person.require(*ARCHIVE_READERS)
    lines = every_line(office, ArchiveQuery(order=ArchiveOrder.PRACTICE))
    pso = office.pso_settings
    data = canonical_json(
        {
            "format": FORMAT,
            "pso": pso.legal_name,
            "log": office.rules.log_origin,
            "drawn_up_at": timestamp(office.clock.now()),
            "agreements": [_agreement(item) for item in lines],
        }
    )
    with office.ledger.transaction():
        noted = office.note(
            SUBJECT,
            DRAWN_UP,
            f"user:{person.key}",
            register_sha256=sha256_hex(data),
            agreements=len(lines),
        )
    checkpoint = sign_checkpoint(office)
    path = prove_activity(noted, log_tree(office, checkpoint.size), checkpoint)
    proof = canonical_json(
        {
            "format": PROOF_FORMAT,
            "activity": noted.to_json(),
            "proof": [part.hex() for part in path],
            "checkpoint": checkpoint.note,
            "key": str(office.checkpoint_signer.vkey),
        }
    )
    return Register(data=data, proof=proof)


def packed(register: Register) -> bytes:
    """Give a register as one file to keep (zip): its data, its proof, and how to check them."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("register.json", register.data)
        archive.writestr("proof.json", register.proof)
        archive.writestr("README.txt", _HOW)
    return target.getvalue()


def _agreement(line: ArchivedLine) -> dict[str, object]:
    return {
        "packet": line.packet_id,
        "enrollment": line.enrollment_id,
        "practice": line.practice,
        "document": line.slug,
        "title": line.title,
        "template_version": line.template_version,
        "text_from": line.source.value,
        "execution": line.execution.value if line.execution else None,
        "state": line.state.value,
        "effective_on": line.effective_on.isoformat() if line.effective_on else None,
        "last_in_effect": line.ended_on.isoformat() if line.ended_on else None,
        "legal_hold": line.on_hold,
        "disposed_on": line.disposed_on.isoformat() if line.disposed_on else None,
        "sha256": line.sha256 or None,
        "bundle_sha256": line.bundle_sha256 or None,
    }
