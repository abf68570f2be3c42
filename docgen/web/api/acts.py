"""What is done to one packet; each act carries the plan's checksum where the plan matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja import Router

from docgen.errors import InputError, NotAllowed, PacketStale
from docgen.services.approve import approve
from docgen.services.reassign import NewSigner, reassign
from docgen.services.remind import remind
from docgen.services.review import agree, release
from docgen.services.send import send
from docgen.services.terminate import terminate
from docgen.services.withdraw import withdraw
from docgen.web.account.visitor import acting_person
from docgen.web.api.bodies import (
    AgreeTaken,
    ApproveTaken,
    ReasonTaken,
    ReassignTaken,
    SendTaken,
    TerminateTaken,
)
from docgen.web.api.idempotency import carry_out, carry_out_apart
from docgen.web.api.packets import AT, whole
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import (
    PacketWhole,
    Reminded,
)
from docgen.web.api.tokens import token_of
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.services.office import Office

router = Router(tags=["packets"])
_ACT = {200: PacketWhole, **refusals(404, 409, 413, 415)}


def _carry_out(request: HttpRequest, packet_id: str, act: Callable[[], object]) -> HttpResponse:
    """Carry out an act once and give the packet as it stands after it."""
    return carry_out(request, act, lambda _: whole(office_of(request), packet_id))


@router.post(f"{AT}/approve", response=_ACT, url_name="packet-approve")
def approve_plan(request: HttpRequest, packet_id: str, body: ApproveTaken) -> HttpResponse:
    """Approve the plan that was looked at; departures need a legal approver's approval too."""
    token = token_of(request)
    if not token.is_own:
        raise NotAllowed(
            "This token was issued by somebody else, who could have kept it, so it cannot approve; "
            "approve on the desk, or with a token that you issued for yourself."
        )

    def act() -> None:
        person, how = acting_person(request), f"token {token.id}"
        approve(office_of(request), packet_id, body.plan_checksum, person, how)

    return _carry_out(request, packet_id, act)


@router.post(f"{AT}/send", response=_ACT, url_name="packet-send")
def send_packet(request: HttpRequest, packet_id: str, body: SendTaken) -> HttpResponse:
    """Have the packet sent for signature; the invitations leave a moment later."""
    office = office_of(request)

    def act() -> None:
        if body.service and body.service not in office.services:
            raise InputError("Choose one of the signing services that are configured here.")
        _refuse_other_plan(office, packet_id, body.plan_checksum)
        send(office, packet_id, acting_person(request), body.service)

    return _carry_out(request, packet_id, act)


def _refuse_other_plan(office: Office, packet_id: str, checksum: str) -> None:
    plan = office.ledger.packets.locked(packet_id).plan
    if checksum not in {plan.checksum, plan.short_checksum}:
        raise PacketStale("This is not the checksum of the packet's plan; read the packet again.")


@router.post(
    f"{AT}/remind",
    response={200: Reminded, **refusals(404, 409, 413, 415)},
    url_name="packet-remind",
)
def remind_signers(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Have whoever signs next reminded, at most once a day; this takes no body."""

    def act() -> tuple[str, ...]:
        return remind(office_of(request), packet_id, acting_person(request))

    return carry_out(request, act, lambda keys: Reminded(recipients=list(keys)))


@router.post(f"{AT}/void", response=_ACT, url_name="packet-void")
def void_packet(request: HttpRequest, packet_id: str, body: ReasonTaken) -> HttpResponse:
    """Take the packet back: void it at its signing service, or withdraw it before that.

    Signers to whom it went out read the reason.
    """

    def act() -> None:
        withdraw(office_of(request), packet_id, acting_person(request), body.reason)

    return carry_out_apart(request, act, lambda _: whole(office_of(request), packet_id))


@router.post(f"{AT}/reassign", response=_ACT, url_name="packet-reassign")
def reassign_signer(request: HttpRequest, packet_id: str, body: ReassignTaken) -> HttpResponse:
    """Let another person sign as this recipient; the old link ends."""
    new = NewSigner(name=body.name, title=body.title, email=body.email, reason=body.reason)

    def act() -> None:
        reassign(office_of(request), packet_id, body.recipient, new, acting_person(request))

    return _carry_out(request, packet_id, act)


@router.post(f"{AT}/release", response=_ACT, url_name="packet-release")
def release_drafts(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Mail marked drafts to the practice's key contacts for review; this takes no body."""
    office = office_of(request)

    def act() -> None:
        release(office, packet_id, acting_person(request))

    return carry_out_apart(request, act, lambda _: whole(office, packet_id))


@router.post(f"{AT}/agree", response=_ACT, url_name="packet-agree")
def agree_terms(request: HttpRequest, packet_id: str, body: AgreeTaken) -> HttpResponse:
    """Record that both sides agree on the terms as this packet has them."""

    def act() -> None:
        agree(office_of(request), packet_id, acting_person(request), body.answer)

    return _carry_out(request, packet_id, act)


@router.post(f"{AT}/terminate", response=_ACT, url_name="packet-terminate")
def terminate_packet(request: HttpRequest, packet_id: str, body: TerminateTaken) -> HttpResponse:
    """Record the last day in effect, which starts the retention clock."""

    def act() -> None:
        person = acting_person(request)
        terminate(office_of(request), packet_id, body.last_day, body.reason, person)

    return _carry_out(request, packet_id, act)
