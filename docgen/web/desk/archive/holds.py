"""The legal hold of one packet: placed by one person at once, lifted by two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from docgen.services.given import LONGEST_REASON
from docgen.services.hold import HOLDERS, hold_of, lift_hold, place_hold
from docgen.services.hold import propose_lift as propose
from docgen.web.account.visitor import acting_person
from docgen.web.desk.archive.acts import again_first, carry_out, may_act, names_of
from docgen.web.desk.archive.listing import hold_badge
from docgen.web.desk.parts import Crumb, Trouble
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


_PLACE = "desk:archive-hold"


@require_safe
def hold(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Show whether a packet is on hold, and what this person may do about it."""
    return _page(request, packet_id)


@require_POST
def place(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Place a hold, or keep one whose lifting was proposed."""
    why, person = request.POST.get("reason", ""), acting_person(request)
    return _try(
        request,
        packet_id,
        lambda: place_hold(office_of(request), packet_id, why, person),
        "The packet is on legal hold.",
    )


@require_POST
def propose_lift(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Propose to lift a hold."""
    why, person = request.POST.get("reason", ""), acting_person(request)
    return _try(
        request,
        packet_id,
        lambda: propose(office_of(request), packet_id, why, person),
        "Proposed. The hold lies on the packet until another person agrees.",
    )


@require_POST
def lift(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Lift a hold as the second person, who shows once more that it is them."""
    person = acting_person(request)
    return again_first(request, reverse(_PLACE, args=[packet_id])) or _try(
        request,
        packet_id,
        lambda: lift_hold(office_of(request), packet_id, person),
        "The legal hold is lifted.",
    )


def _try(
    request: HttpRequest, packet_id: str, act: Callable[[], object], done: str
) -> HttpResponse:
    office_of(request).ledger.packets.get(packet_id)
    return carry_out(
        request,
        reverse(_PLACE, args=[packet_id]),
        act,
        done,
        lambda why, status: _page(request, packet_id, why, status=status),
        HOLDERS,
    )


def _page(
    request: HttpRequest, packet_id: str, problem: str = "", *, status: int = 200
) -> HttpResponse:
    office, person = office_of(request), acting_person(request)
    packet = office.ledger.packets.get(packet_id)
    found = hold_of(office.ledger.history.of(packet_id))
    placed_by, proposed_by = names_of(
        request, found.placed_by if found else "", found.proposed_by if found else ""
    )
    record = reverse("desk:archive-record", args=[packet_id])
    context = {
        "title": "Legal hold",
        "lead": packet.plan.practice,
        "badge": hold_badge(on_hold=found is not None),
        "crumbs": [
            Crumb(words="Archive", url=reverse("desk:archive")),
            Crumb(words=packet.plan.practice, url=record),
        ],
        "packet_id": packet_id,
        "hold": found,
        "placed_by": placed_by,
        "proposed_by": proposed_by,
        "may_act": may_act(request, HOLDERS),
        "is_proposer": found is not None and found.proposed_by == person.key,
        "longest": LONGEST_REASON,
        "typed": request.POST.get("reason", "")[:LONGEST_REASON],
        "problems": [Trouble(words=problem, anchor="reason")] if problem else [],
    }
    return render(request, "docgen/desk/archive/hold.html", context, status=status)
