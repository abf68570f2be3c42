"""Exports of the archive: asked for, followed, fetched as one zip of index and bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router
from pydantic import Field, model_validator

from docgen.domain.batch import Result
from docgen.services.ask_export import ask_export, asked_export, fetch_export
from docgen.services.export import MOST_PACKETS, select
from docgen.web.account.visitor import acting_person
from docgen.web.api.archive import ArchiveFilters
from docgen.web.api.bodies import Line, Taken
from docgen.web.api.idempotency import carry_out
from docgen.web.api.refusals import ZIP, gives, refusals
from docgen.web.api.schemas_archive import ExportLine, ExportWhole
from docgen.web.site import office_of

if TYPE_CHECKING:
    from typing import Self

    from docgen.domain.batch import Batch
    from docgen.services.export import Selection

router = Router(tags=["archive"])
_AT = "/{str:export_id}"


class ExportTaken(Taken):
    """Packets by their ids, or all packets with a document that the archive's filters find."""

    packets: list[Line] = Field([], max_length=MOST_PACKETS)
    archive: ArchiveFilters | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.packets) is (self.archive is not None):
            raise ValueError("give either packets, by their ids, or archive, with its filters")
        return self


@router.post("", response={201: ExportWhole, **refusals(413, 415)}, url_name="exports")
def ask(request: HttpRequest, body: ExportTaken) -> HttpResponse:
    """Ask for an export of at most 100 packets; every bundle is read before it can be fetched."""
    selection = _selection(request, body)

    def act() -> Batch:
        return ask_export(office_of(request), selection, acting_person(request))

    return carry_out(request, act, _told, 201)


def _selection(request: HttpRequest, body: ExportTaken) -> Selection:
    office = office_of(request)
    if body.archive is None:
        return select(office, body.packets)
    return select(office, (), body.archive.question(office.today()))


@router.get(_AT, response={200: ExportWhole, **refusals(404)}, url_name="export")
def progress(request: HttpRequest, export_id: str) -> ExportWhole:
    """Say how far an export is, packet by packet."""
    return _told(asked_export(office_of(request), export_id, acting_person(request)))


@router.get(
    f"{_AT}/file",
    response={200: bytes, **refusals(404, 409)},
    url_name="export-file",
    openapi_extra=gives(ZIP),
)
def file(request: HttpRequest, export_id: str) -> Any:
    """Fetch an export as a zip of known size; that it was made is an activity of each packet."""
    made = fetch_export(office_of(request), export_id, acting_person(request))
    response = StreamingHttpResponse(made.pieces, content_type=ZIP)
    response.headers["Content-Length"] = str(made.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


def _told(asked: Batch) -> ExportWhole:
    waiting, refused = asked.count(Result.WAITING), asked.count(Result.REFUSED)
    return ExportWhole(
        id=asked.id,
        person=asked.person,
        at=asked.at,
        packets=len(asked.lines),
        read=len(asked.lines) - waiting,
        refused=refused,
        is_ready=not waiting and not refused,
        lines=[
            ExportLine(packet_id=line.subject, result=line.result, words=line.words)
            for line in asked.lines
        ],
    )
