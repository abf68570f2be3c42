"""Review of a packet: rounds, what came back, what it proposes; and whom signers name instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja import Router

from docgen.errors import NotFound
from docgen.services.asked import confirm_request, open_requests, refuse_request
from docgen.services.disposed import open_working
from docgen.services.earlier import changes_from_earlier
from docgen.services.proposals import proposals_in
from docgen.services.review import Placed, take_back, unanswered
from docgen.services.rounds import contacts_of, sendings
from docgen.web.account.visitor import acting_person
from docgen.web.api.bodies import ConfirmTaken, RefusalTaken, ReturnedTaken
from docgen.web.api.idempotency import carry_out, carry_out_apart
from docgen.web.api.packets import AT, Number, handed_over, whole
from docgen.web.api.refusals import PDF, WORD, gives, refusals
from docgen.web.api.schemas import ListOf, PacketWhole
from docgen.web.api.schemas_review import (
    ChangeItem,
    ProposalsWhole,
    RequestItem,
    ReturnedItem,
    ReviewWhole,
    RoundItem,
    SentTo,
)
from docgen.web.desk.enrollments.uploads import turn
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.services.office import Office

router = Router(tags=["packets"])
_ACT = {200: PacketWhole, **refusals(404, 409, 413, 415)}
_ASKED = f"{AT}/requests/{{str:recipient}}"


@router.get(f"{AT}/review", response={200: ReviewWhole, **refusals(404)}, url_name="packet-review")
def review(request: HttpRequest, packet_id: str) -> ReviewWhole:
    """Tell of every round: who was sent which drafts, what came back from whom, what is agreed."""
    return _told(office_of(request), packet_id)


def _told(office: Office, packet_id: str) -> ReviewWhole:
    packet = office.ledger.packets.get(packet_id)
    contacts, told = contacts_of(office, packet), office.ledger.history.of(packet_id)
    agreed = next((item for item in reversed(told) if item.kind == "terms.agreed"), None)
    return ReviewWhole(
        unanswered=len(unanswered(packet)),
        agreed_at=agreed.at if agreed else None,
        agreed_by=agreed.actor if agreed else "",
        rounds=[
            RoundItem(
                number=item.number,
                released_by=item.released_by,
                released_at=item.released_at,
                sent=[SentTo.model_validate(one) for one in sendings(told, item.number, contacts)],
                drafts=[copy.slug for copy in item.copies],
                returned=[ReturnedItem.model_validate(file) for file in item.returned],
            )
            for item in packet.rounds
        ],
    )


@router.get(
    f"{AT}/review/{{int:number}}/{{str:slug}}/{{str:form}}",
    response={200: bytes, **refusals(404)},
    url_name="packet-draft",
    openapi_extra=gives(PDF, WORD),
)
def draft(
    request: HttpRequest, packet_id: str, number: Number, slug: str, form: str
) -> HttpResponse:
    """Fetch one draft of one round as it was mailed: `pdf` or `docx`."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)
    found = next((item.copy(slug) for item in packet.rounds if item.number == number), None)
    if found is None or form not in {"pdf", "docx"}:
        raise NotFound("No draft of this document went out in this round, or not in this form.")
    digest, kind = (found.pdf_sha256, PDF) if form == "pdf" else (found.docx_sha256, WORD)
    data = open_working(office, packet_id, digest)
    return handed_over(data, kind, f"{slug}-draft-round-{number}.{form}")


@router.post(
    f"{AT}/returned",
    response={201: ReviewWhole, **refusals(404, 409, 413, 415)},
    url_name="packet-return",
)
def take_in(request: HttpRequest, packet_id: str, body: ReturnedTaken) -> HttpResponse:
    """Take a returned Word file into its round; the very same file again changes nothing."""
    office, person = office_of(request), acting_person(request)
    place = Placed(slug=body.place.slug, number=body.place.number) if body.place else None

    def act() -> None:
        with turn(person.key):
            take_back(office, packet_id, body.file, body.sender, person, place)

    return carry_out_apart(request, act, lambda _: _told(office, packet_id), 201)


@router.get(
    f"{AT}/returned/{{str:sha256}}",
    response={200: bytes, **refusals(404)},
    url_name="packet-returned",
    openapi_extra=gives(WORD),
)
def returned(request: HttpRequest, packet_id: str, sha256: str) -> HttpResponse:
    """Fetch one returned file exactly as it came; it was made outside, so handle it with care."""
    office = office_of(request)
    for item in office.ledger.packets.get(packet_id).rounds:
        for file in item.returned:
            if file.sha256 == sha256:
                name = f"{file.slug}-returned-round-{item.number}.docx"
                return handed_over(open_working(office, packet_id, sha256), WORD, name)
    raise NotFound("No such file came back for this packet.")


@router.get(
    f"{AT}/returned/{{str:sha256}}/proposals",
    response={200: ProposalsWhole, **refusals(404)},
    url_name="packet-proposals",
)
def proposals(request: HttpRequest, packet_id: str, sha256: str) -> ProposalsWhole:
    """Say what a returned file proposes, word by word, tracked or not."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)
    with turn(acting_person(request).key):
        return ProposalsWhole.model_validate(proposals_in(office, packet, sha256))


@router.get(
    f"{AT}/changes/{{str:slug}}",
    response={200: ListOf[ChangeItem], **refusals(404)},
    url_name="packet-changes",
)
def changes(request: HttpRequest, packet_id: str, slug: str) -> ListOf[ChangeItem]:
    """Say what a document changes in that of the packet which this one takes the place of."""
    office = office_of(request)
    found = changes_from_earlier(office, office.ledger.packets.get(packet_id), slug)
    if found is None:
        raise NotFound("There is no earlier packet whose document this one could be compared with.")
    return ListOf(items=[ChangeItem.model_validate(item) for item in found])


@router.get(
    f"{AT}/requests",
    response={200: ListOf[RequestItem], **refusals(404)},
    url_name="packet-requests",
)
def requests(request: HttpRequest, packet_id: str) -> ListOf[RequestItem]:
    """List whom signers name to sign in their place, as far as nobody answered."""
    office = office_of(request)
    found = open_requests(office, office.ledger.packets.get(packet_id))
    return ListOf(
        items=[
            RequestItem(
                recipient=item.recipient,
                number=item.number,
                name=item.wanted.name,
                title=item.wanted.title,
                email=item.wanted.email,
                reason=item.wanted.reason,
            )
            for item in found
        ]
    )


@router.post(f"{_ASKED}/confirm", response=_ACT, url_name="packet-request-confirm")
def confirm(
    request: HttpRequest, packet_id: str, recipient: str, body: ConfirmTaken
) -> HttpResponse:
    """Reassign as the open request says; check with the organization first. The old link ends."""

    def act() -> None:
        person = acting_person(request)
        confirm_request(office_of(request), packet_id, recipient, body.number, person)

    return _carry_out(request, packet_id, act)


@router.post(f"{_ASKED}/refuse", response=_ACT, url_name="packet-request-refuse")
def refuse(
    request: HttpRequest, packet_id: str, recipient: str, body: RefusalTaken
) -> HttpResponse:
    """Refuse the open request; the signer is told why by letter, and their link keeps working."""

    def act() -> None:
        person = acting_person(request)
        refuse_request(office_of(request), packet_id, recipient, body.number, person, body.reason)

    return _carry_out(request, packet_id, act)


def _carry_out(request: HttpRequest, packet_id: str, act: Callable[[], None]) -> HttpResponse:
    return carry_out(request, act, lambda _: whole(office_of(request), packet_id))
