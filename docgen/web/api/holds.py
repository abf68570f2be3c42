"""Legal holds: placed by one person at once, lifted by two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja import Router

from docgen.services.hold import hold_of, lift_hold, place_hold, propose_lift
from docgen.web.account.visitor import acting_person
from docgen.web.api.bodies import ReasonTaken
from docgen.web.api.idempotency import carry_out
from docgen.web.api.packets import AT
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import HoldItem
from docgen.web.api.tokens import require_own_token
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.services.office import Office

router = Router(tags=["archive"])
_AT = f"{AT}/hold"
_ACT = {200: HoldItem, **refusals(404, 409, 413, 415)}


@router.get(_AT, response={200: HoldItem, **refusals(404)}, url_name="packet-hold")
def hold(request: HttpRequest, packet_id: str) -> HoldItem:
    """Say whether a legal hold lies on a packet, and whether lifting it is proposed."""
    return _told(office_of(request), packet_id)


@router.post(f"{_AT}/place", response=_ACT, url_name="packet-hold-place")
def place(request: HttpRequest, packet_id: str, body: ReasonTaken) -> HttpResponse:
    """Place a hold at once; placed again, it answers a proposal to lift it."""

    def act() -> None:
        place_hold(office_of(request), packet_id, body.reason, acting_person(request))

    return _carry_out(request, packet_id, act)


@router.post(f"{_AT}/propose-lift", response=_ACT, url_name="packet-hold-propose")
def propose(request: HttpRequest, packet_id: str, body: ReasonTaken) -> HttpResponse:
    """Propose to lift a hold; it lies on the packet until another person agrees."""
    require_own_token(request, "propose to lift a hold")

    def act() -> None:
        propose_lift(office_of(request), packet_id, body.reason, acting_person(request))

    return _carry_out(request, packet_id, act)


@router.post(f"{_AT}/lift", response=_ACT, url_name="packet-hold-lift")
def lift(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Lift a hold as the second person. This takes no body."""
    require_own_token(request, "lift a hold")

    def act() -> None:
        lift_hold(office_of(request), packet_id, acting_person(request))

    return _carry_out(request, packet_id, act)


def _carry_out(request: HttpRequest, packet_id: str, act: Callable[[], None]) -> HttpResponse:
    return carry_out(request, act, lambda _: _told(office_of(request), packet_id))


def _told(office: Office, packet_id: str) -> HoldItem:
    office.ledger.packets.get(packet_id)
    found = hold_of(office.ledger.history.of(packet_id))
    if found is None:
        return HoldItem(packet_id=packet_id, on_hold=False)
    return HoldItem(
        packet_id=packet_id,
        on_hold=True,
        placed_by=found.placed_by,
        placed_at=found.placed_at,
        reason=found.reason,
        lift_proposed_by=found.proposed_by,
        lift_proposed_at=found.proposed_at,
        lift_reason=found.proposed_reason,
    )
