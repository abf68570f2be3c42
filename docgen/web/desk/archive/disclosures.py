"""A packet's disclosure set: what was agreed, to show to others, as one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from docgen.services.disclose import disclose
from docgen.services.fetch import ZIP
from docgen.web.account.visitor import acting_person
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_POST
def disclosure(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Make the set anew and hand it over; that it was made is an activity."""
    made = disclose(office_of(request), packet_id, acting_person(request))
    response = HttpResponse(made.data, content_type=ZIP)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
