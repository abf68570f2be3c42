"""What a returned file proposes, beside the draft that went out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from docgen.services.proposals import proposals_in
from docgen.web.account.visitor import acting_person
from docgen.web.desk.enrollments.uploads import turn
from docgen.web.desk.packets.record import head
from docgen.web.desk.parts import Action, Crumb
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def proposals(request: HttpRequest, packet_id: str, digest: str) -> HttpResponse:
    """List every change and comment of one returned file."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)
    every = [(item.number, file) for item in packet.rounds for file in item.returned]
    number, file = next(((n, one) for n, one in every if one.sha256 == digest), (0, None))
    if file is None:
        raise Http404
    with turn(acting_person(request).key):
        proposed = proposals_in(office, packet, digest)
    titles = {item.slug: item.title for item in packet.plan.documents}
    context = head(packet, "packet-review") | {
        "title": f"What {file.sender} proposes",
        "badge": None,
        "lead": f"{titles[file.slug]}, round {number}",
        "proposed": proposed,
        "actions": [
            Action(
                words="The file as it came",
                url=reverse("desk:packet-returned", args=[packet_id, digest]),
            )
        ],
        "crumbs": [
            Crumb(words="Packets", url=reverse("desk:packets")),
            Crumb(words=packet.plan.practice, url=reverse("desk:packet", args=[packet_id])),
            Crumb(words="Review", url=reverse("desk:packet-review", args=[packet_id])),
        ],
    }
    return render(request, "docgen/desk/packets/proposals.html", context)
