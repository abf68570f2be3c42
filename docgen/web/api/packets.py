"""Packets: list and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from docgen.domain.packet import PacketKind, PacketState, Step, allowed
from docgen.domain.waiting import Alert, Need, WaitsOn
from docgen.errors import NotFound
from docgen.ports.register_query import PacketOrder, PacketQuery
from docgen.services.approve import missing_approvals
from docgen.services.disposed import open_working, refuse_disposed
from docgen.services.fetch import fetch, fetch_scan
from docgen.services.reassign import signers_now
from docgen.web.account.visitor import acting_person
from docgen.web.api.paging import PageAsked
from docgen.web.api.refusals import PDF, WORD, ZIP, gives, refusals
from docgen.web.api.schemas import (
    DocumentItem,
    PacketItem,
    PacketWhole,
    PageOf,
    PaperItem,
    RecipientItem,
)
from docgen.web.api.timeline import timeline_of
from docgen.web.desk.packets.record import attention_of, stale_reasons
from docgen.web.site import office_of

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

router = Router(tags=["packets"])
AT = "/{str:packet_id}"
Number = Annotated[int, Path(ge=1, le=1_000_000)]
HTML = "text/html; charset=utf-8"


class PacketsAsked(PageAsked):
    """Which packets; a field left out asks nothing of them."""

    q: str = ""
    enrollment_id: str = ""
    state: list[PacketState] = []
    kind: PacketKind | None = None
    waits_on: WaitsOn | None = None
    need: Need | None = None
    departs: bool | None = None
    service: str = ""
    alert: Alert | None = None
    order: PacketOrder = PacketOrder.NEWEST
    reverse: bool = False


@router.get("", response={200: PageOf[PacketItem], **refusals()}, url_name="packets")
def packets(request: HttpRequest, asked: Query[PacketsAsked]) -> PageOf[PacketItem]:
    """List packets, changed last first."""
    query = PacketQuery(
        text=asked.q[:100],
        enrollment_id=asked.enrollment_id,
        states=frozenset(asked.state),
        kind=asked.kind,
        waits_on=asked.waits_on,
        need=asked.need,
        departs=asked.departs,
        service=asked.service,
        alert=asked.alert,
        order=asked.order,
        reverse=asked.reverse,
        page=asked.paging(request),
    )
    page = office_of(request).register.packets(query)
    items = [PacketItem.model_validate(line) for line in page.items]
    return PageOf(items=items, total=page.total, next=asked.next(page))


@router.get(AT, response={200: PacketWhole, **refusals(404)}, url_name="packet")
def packet(request: HttpRequest, packet_id: str) -> PacketWhole:
    """Give one packet with documents, recipients and everything that happened to it."""
    return whole(office_of(request), packet_id)


@router.get(
    f"{AT}/documents/{{str:slug}}/{{str:form}}",
    response={200: bytes, **refusals(404)},
    url_name="packet-document",
    openapi_extra=gives(PDF, WORD, HTML),
)
def document(request: HttpRequest, packet_id: str, slug: str, form: str) -> HttpResponse:
    """Fetch one document as a file: `pdf`, `docx`, `html`, or `signed` once it is executed."""
    office = office_of(request)
    found = office.ledger.packets.get(packet_id)
    if form == "signed":
        digests = {item.slug: item.signed_sha256 for item in found.executed}
        _, data = fetch(office, packet_id, _one(digests, slug), acting_person(request))
        return handed_over(data, PDF, f"{packet_id}-{slug}-signed.pdf")
    kinds = {"pdf": PDF, "docx": WORD, "html": HTML}
    digests = {
        item.slug: str(getattr(item, f"{form}_sha256")) for item in found.rendered if form in kinds
    }
    data = open_working(office, packet_id, _one(digests, slug))
    return handed_over(data, kinds[form], f"{packet_id}-{slug}.{form}")


@router.get(
    f"{AT}/scan",
    response={200: bytes, **refusals(404)},
    url_name="packet-scan",
    openapi_extra=gives(PDF),
)
def scan(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Fetch the scan of what was signed on paper, exactly as it came; an activity once archived."""
    data = fetch_scan(office_of(request), packet_id, acting_person(request))
    return handed_over(data, PDF, f"{packet_id}-scan.pdf")


@router.get(
    f"{AT}/bundle",
    response={200: bytes, **refusals(404)},
    url_name="packet-bundle",
    openapi_extra=gives(ZIP),
)
def bundle(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Fetch the evidence bundle of an archived packet; that it was fetched is an activity."""
    office = office_of(request)
    digest = office.ledger.packets.get(packet_id).bundle_sha256
    refuse_disposed(office, office.ledger.history.of(packet_id))
    if not digest:
        raise NotFound("This packet has no evidence bundle yet; it gets one when it is archived.")
    _, data = fetch(office, packet_id, digest, acting_person(request))
    return handed_over(data, ZIP, f"{packet_id}.bundle.zip")


def _one(digests: dict[str, str], slug: str) -> str:
    if not digests.get(slug):
        raise NotFound("The packet has no such document in this form.")
    return digests[slug]


def handed_over(data: bytes, kind: str, name: str) -> HttpResponse:
    """Answer with a file to save."""
    response = HttpResponse(data, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def whole(office: Office, packet_id: str) -> PacketWhole:
    """Tell everything about one packet."""
    found = office.ledger.packets.get(packet_id)
    line = PacketItem.model_validate(office.register.packet(packet_id))
    signers = {key: name for key, (name, _) in signers_now(office, found).items()}
    waits_for_approval = allowed(found.state, Step.APPROVE)
    return PacketWhole(
        **line.model_dump(),
        plan_checksum=found.plan.checksum,
        attention=attention_of(office, found, line.alerts),
        supersedes=found.supersedes,
        stale=list(stale_reasons(office, found)),
        missing_approvals=missing_approvals(office, found) if waits_for_approval else [],
        paper=_paper(found),
        documents=_documents(found, gone=line.disposed_on is not None),
        recipients=_recipients(office, found),
        timeline=timeline_of(office, packet_id, signers),
    )


def _paper(found: Packet) -> PaperItem | None:
    original = found.paper
    if original is None:
        return None
    return PaperItem(
        documents=sorted(found.on_paper),
        pages=original.pages,
        signed_on=original.signed_on,
        received_on=original.received_on,
        original_at=original.original_at,
        attested_by=original.attested_by,
        at=original.at,
        statement=original.statement,
        scan_sha256=original.scan_sha256,
    )


def _documents(found: Packet, *, gone: bool) -> list[DocumentItem]:
    pages = {item.slug: item.pages for item in found.rendered}
    signed = {item.slug for item in found.executed if item.signed_sha256}
    there = frozenset() if gone else frozenset(pages)
    return [
        DocumentItem(
            slug=item.slug,
            title=item.title,
            source=item.source,
            template_version=item.template_version,
            adopted=item.adopted,
            reason=item.reason,
            pages=pages.get(item.slug),
            execution=found.execution_of(item.slug),
            forms=[
                *(("pdf", "docx", "html") if item.slug in there else ()),
                *(("signed",) if item.slug in signed and not gone else ()),
            ],
        )
        for item in found.plan.documents
    ]


def _recipients(office: Office, found: Packet) -> list[RecipientItem]:
    now = signers_now(office, found)
    facts = {(one.signal.value, one.recipient) for one in office.ledger.packets.facts(found.id)}
    return [
        RecipientItem(
            key=item.key,
            name=now[item.key][0],
            title=now[item.key][1],
            organization=item.organization,
            routing_order=item.routing_order,
            signed=("signed", item.key) in facts,
            viewed=("viewed", item.key) in facts,
            declined=("declined", item.key) in facts,
        )
        for item in found.plan.recipients
    ]
