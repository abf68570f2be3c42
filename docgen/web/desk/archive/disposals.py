"""The disposal of one packet: proposed by one person, confirmed by another, or withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.disposal import disposal_of
from docgen.services.disposal import (
    DISPOSERS,
    confirm_disposal,
    propose_disposal,
    why_kept,
    withdraw_disposal,
)
from docgen.services.disposed import disposed_words
from docgen.services.given import LONGEST_REASON
from docgen.web.account.visitor import acting_person
from docgen.web.desk.archive.acts import again_first, carry_out, may_act, names_of
from docgen.web.desk.parts import Badge, Crumb, Tone, Trouble
from docgen.web.desk.wording import day_words
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.disposal import Disposal


_PLACE = "desk:archive-disposal"


@require_safe
def disposal(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Show whether a packet may go, how far that has come, and what this person may do about it."""
    return _page(request, packet_id)


@require_POST
def propose(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Propose to dispose of a packet."""
    why, person = request.POST.get("reason", ""), acting_person(request)
    return _try(
        request,
        packet_id,
        lambda: propose_disposal(office_of(request), packet_id, why, person),
        "Proposed. Nothing goes until another person confirms.",
    )


@require_POST
def withdraw(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Take a proposal back."""
    why, person = request.POST.get("reason", ""), acting_person(request)
    return _try(
        request,
        packet_id,
        lambda: withdraw_disposal(office_of(request), packet_id, why, person),
        "The proposal is withdrawn; the packet stays.",
    )


@require_POST
def confirm(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Decide as the second person, who shows once more that it is them."""
    person = acting_person(request)
    return again_first(request, reverse(_PLACE, args=[packet_id])) or _try(
        request,
        packet_id,
        lambda: confirm_disposal(office_of(request), packet_id, person),
        "Confirmed. The files are deleted in the next minutes; the history says when they are.",
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
        DISPOSERS,
    )


def _page(
    request: HttpRequest, packet_id: str, problem: str = "", *, status: int = 200
) -> HttpResponse:
    office, person = office_of(request), acting_person(request)
    packet = office.ledger.packets.get(packet_id)
    history = office.ledger.history.of(packet_id)
    found = disposal_of(history)
    proposed_by, confirmed_by = names_of(
        request, found.proposed_by if found else "", found.confirmed_by if found else ""
    )
    record = reverse("desk:archive-record", args=[packet_id])
    context = {
        "title": "Disposal",
        "lead": packet.plan.practice,
        "badge": disposal_badge(found),
        "crumbs": [
            Crumb(words="Archive", url=reverse("desk:archive")),
            Crumb(words=packet.plan.practice, url=record),
        ],
        "packet_id": packet_id,
        "disposal": found,
        "gone": disposed_words(office, found),
        "kept": why_kept(office, packet, history),
        "until": day_words(office.register.packet(packet_id).retain_until),
        "proposed_by": proposed_by,
        "confirmed_by": confirmed_by,
        "may_act": may_act(request, DISPOSERS),
        "is_proposer": found is not None and found.proposed_by == person.key,
        "longest": LONGEST_REASON,
        "typed": request.POST.get("reason", "")[:LONGEST_REASON],
        "problems": [Trouble(words=problem, anchor="reason")] if problem else [],
    }
    return render(request, "docgen/desk/archive/disposal.html", context, status=status)


def disposal_badge(found: Disposal | None) -> Badge | None:
    """Give the badge of what is proposed to go, is going, or is gone."""
    if found is None:
        return None
    if found.disposed_at is not None:
        return Badge(words="disposed of", tone=Tone.QUIET)
    words = "being disposed of" if found.is_decided else "disposal proposed"
    return Badge(words=words, tone=Tone.WAIT)
