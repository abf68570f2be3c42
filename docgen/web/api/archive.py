"""The archive: every executed document, searched and filtered; one packet's record and files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, model_validator

from docgen.domain.disposal import is_going
from docgen.domain.evidence import Execution
from docgen.domain.packet import PacketState
from docgen.domain.plan import Source
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery, Period, RetentionState
from docgen.services.anchor import anchor_of
from docgen.services.disclose import disclose
from docgen.services.fetch import fetch, kept_files, open_record
from docgen.services.proofs import proofs_of
from docgen.services.reassign import signers_now
from docgen.services.search import search_archive
from docgen.services.verification_report import verification_report
from docgen.services.verify import verify_packet
from docgen.web.account.visitor import acting_person
from docgen.web.api.idempotency import carry_out_apart
from docgen.web.api.packets import AT, handed_over
from docgen.web.api.paging import PageAsked
from docgen.web.api.refusals import PDF, ZIP, gives, refusals
from docgen.web.api.schemas import ArchiveItem, PacketItem, PageOf
from docgen.web.api.schemas_archive import ArchivedFile, ArchiveRecord, ProofItem, Verified
from docgen.web.api.timeline import timeline_of
from docgen.web.site import office_of

if TYPE_CHECKING:
    from typing import Self

    from docgen.domain.verification import Verification
    from docgen.services.fetch import KeptFile
    from docgen.services.office import Office

router = Router(tags=["archive"])
record_router = Router(tags=["archive"])


class ArchiveFilters(BaseModel):
    """Which executed documents; a field left out asks nothing of them."""

    model_config = ConfigDict(extra="forbid")

    q: str = ""
    enrollment_id: str = ""
    packet_id: str = ""
    slug: str = ""
    template_version: list[str] = []
    source: list[Source] = []
    state: list[PacketState] = []
    execution: Execution | None = None
    signed_from: date | None = None
    signed_to: date | None = None
    in_effect_on: date | None = None
    retention: RetentionState | None = None
    on_hold: bool | None = None
    order: ArchiveOrder = ArchiveOrder.SIGNED
    reverse: bool = False

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.signed_from and self.signed_to and self.signed_to < self.signed_from:
            raise ValueError("give a signed_to that is not before signed_from")
        return self

    def question(self, today: date) -> ArchiveQuery:
        """Give this as a question to the register."""
        first, last, on = self.signed_from, self.signed_to, self.in_effect_on
        return ArchiveQuery(
            text=self.q[:100],
            enrollment_id=self.enrollment_id,
            packet_id=self.packet_id,
            slug=self.slug,
            template_versions=frozenset(self.template_version),
            sources=frozenset(self.source),
            states=frozenset(self.state),
            execution=self.execution,
            signed=Period(first=first or date.min, last=last or date.max)
            if first or last
            else None,
            in_effect=Period(first=on, last=on) if on else None,
            retention=self.retention,
            today=today,
            on_hold=self.on_hold,
            order=self.order,
            reverse=self.reverse,
        )


class ArchiveAsked(PageAsked, ArchiveFilters):
    """The same, a page at a time."""


@router.get("", response={200: PageOf[ArchiveItem], **refusals()}, url_name="archive")
def archive(request: HttpRequest, asked: Query[ArchiveAsked]) -> PageOf[ArchiveItem]:
    """List executed documents, signed last first."""
    office = office_of(request)
    query = replace(asked.question(office.today()), page=asked.paging(request))
    page = search_archive(office, query, acting_person(request))
    items = [ArchiveItem.model_validate(line) for line in page.items]
    return PageOf(items=items, total=page.total, total_exact=page.exact, next=asked.next(page))


@record_router.get(
    f"{AT}/record", response={200: ArchiveRecord, **refusals(404)}, url_name="packet-record"
)
def record(request: HttpRequest, packet_id: str) -> ArchiveRecord:
    """Give a packet's record in the archive; that it was opened is an activity.

    Its proofs are those on record; to have them checked anew, verify the packet.
    """
    office = office_of(request)
    packet = open_record(office, packet_id, acting_person(request))
    history = office.ledger.history.of(packet_id)
    line = PacketItem.model_validate(office.register.packet(packet_id))
    gone = is_going(history)
    signers = {key: name for key, (name, _) in signers_now(office, packet).items()}
    return ArchiveRecord(
        **line.model_dump(),
        plan_checksum=packet.plan.checksum,
        files=[_kept(office, item, gone=gone) for item in kept_files(packet, history)],
        proofs=[ProofItem.model_validate(item) for item in proofs_of(office, packet, history)],
        timeline=timeline_of(office, packet_id, signers),
    )


def _kept(office: Office, file: KeptFile, *, gone: bool) -> ArchivedFile:
    """Tell of one file; whether it lies in the archive is looked up, not assumed."""
    receipt = None if gone else office.archive.stat(file.sha256)
    return ArchivedFile(
        what=file.what,
        name=file.name,
        media=file.media,
        sha256=file.sha256,
        size=receipt.size if receipt else None,
        is_there=receipt is not None,
    )


@record_router.get(
    f"{AT}/files/{{str:sha256}}",
    response={200: bytes, **refusals(404, 409)},
    url_name="packet-file",
    openapi_extra=gives(PDF, ZIP),
)
def file(request: HttpRequest, packet_id: str, sha256: str) -> HttpResponse:
    """Fetch one file that the packet's record names; each fetch is an activity."""
    found, data = fetch(office_of(request), packet_id, sha256, acting_person(request))
    return handed_over(data, found.media, found.name)


@record_router.get(
    f"{AT}/disclosure",
    response={200: bytes, **refusals(404, 409)},
    url_name="packet-disclosure",
    openapi_extra=gives(ZIP),
)
def disclosure(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Fetch what was agreed to show it to others, with nothing to reach anybody by.

    Each set is made anew; that it was made is an activity.
    """
    made = disclose(office_of(request), packet_id, acting_person(request))
    return handed_over(made.data, ZIP, made.name)


@record_router.post(
    f"{AT}/verify",
    response={200: Verified, **refusals(404, 409, 413, 415)},
    url_name="packet-verify",
)
def verify(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Verify a packet's evidence bundle now, as it lies in the archive. This takes no body.

    That it was done is an activity. A bundle that does not hold is no refusal: the answer says so.
    """

    def act() -> Verification:
        return verify_packet(office_of(request), packet_id, acting_person(request))

    return carry_out_apart(request, act, lambda found: Verified.of(packet_id, found))


@record_router.get(
    f"{AT}/verification-report",
    response={200: bytes, **refusals(404, 409)},
    url_name="packet-verification-report",
    openapi_extra=gives(PDF),
)
def report(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Verify a packet's evidence bundle now, and fetch the report on it as a PDF."""
    office = office_of(request)
    found = verify_packet(office, packet_id, acting_person(request))
    data = verification_report(
        office.printer, found, anchor=anchor_of(office), at=office.clock.now()
    )
    return handed_over(data, PDF, f"{packet_id}.verification.pdf")
