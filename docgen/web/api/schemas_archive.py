"""What answers about the archive hold, field by field: records, results, exports, reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from docgen.domain.batch import Result
from docgen.domain.verification import HEADLINES
from docgen.web.api.schemas import Given, HistoryItem, PacketItem

if TYPE_CHECKING:
    from docgen.domain.verification import Verification


class ArchivedFile(Given):
    """One file of an archived packet; `size` is null where the archive does not hold it."""

    what: str
    name: str
    media: str
    sha256: str
    size: int | None
    is_there: bool


class ProofItem(Given):
    """One proof on record; `code` is the verifier's newest result, null where it did not look.

    `holds` says that something is on record, not that it was checked just now.
    """

    words: str
    basis: str
    holds: bool
    code: int | None


class ArchiveRecord(PacketItem):
    """A packet as it lies in the archive: its files, its proofs, and everything that happened."""

    plan_checksum: str
    files: list[ArchivedFile]
    proofs: list[ProofItem]
    timeline: list[HistoryItem]


class CheckItem(Given):
    """One check of the verifier; `result` is `ok`, `failed` or `not checked`."""

    id: str
    sentence: str
    result: str
    detail: str


class ExecutedHow(Given):
    """One document of a bundle, and how it was executed."""

    title: str
    executed: str


class Verified(Given):
    """What the verifier said of a packet's bundle; `code` is that of `docgen archive verify`.

    `bundle_of` is the packet that the bundle itself names, "" where it cannot be read.
    """

    packet_id: str
    bundle_of: str
    code: int
    headline: str
    words: str
    result: str
    bundle_sha256: str
    verifier: str
    at: str
    anchor: str
    documents: list[ExecutedHow]
    checks: list[CheckItem]

    @classmethod
    def of(cls, packet_id: str, found: Verification) -> Verified:
        """Tell of one verification of this packet's bundle."""
        return cls(
            packet_id=packet_id,
            bundle_of=found.packet_id,
            code=found.code,
            headline=HEADLINES[found.code],
            words=found.words,
            result=found.result,
            bundle_sha256=found.bundle_sha256,
            verifier=found.verifier,
            at=found.at,
            anchor=found.anchor,
            documents=[ExecutedHow(title=title, executed=how) for title, how in found.documents],
            checks=[CheckItem.model_validate(item) for item in found.checks],
        )


class ExportLine(Given):
    """One packet of an export, and whether its bundle was read; `words` say what was found."""

    packet_id: str
    result: Result
    words: str


class ExportWhole(Given):
    """An export and how far it is: `read` of `packets`; once `is_ready`, its file can be fetched.

    Where one is `refused`, its bundle is not as it was archived, and nothing is handed over.
    """

    id: str
    person: str
    at: datetime
    packets: int
    read: int
    refused: int
    is_ready: bool
    lines: list[ExportLine]


class ContractPeriodItem(Given):
    """One period: how many different providers were under contract, each with an executed copy.

    `without_copy` counts what is recorded as in effect, but whose executed copy is not here.
    """

    first: date
    last: date
    is_running: bool
    is_met: bool
    providers: int
    contracts: int
    without_copy: int


class ContractReport(Given):
    """The periods since the PSO's listing, the newest first, and how many providers each needs."""

    listed_on: date | None
    needed: int
    periods: list[ContractPeriodItem]
