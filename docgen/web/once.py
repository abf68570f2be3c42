"""A form is carried out once, however often it arrives: double clicks, reloads, retried requests.

`{% once %}` in the form puts a token there; the view hands its act over:

    return once(request, lambda: _void(request, packet))

where the act does the work and gives the address to go to. Act and token are one transaction: an
act that is refused leaves the form usable, and of two requests at once the second waits and is led
to where the first one led.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect

from docgen.db.once import OnceRows
from docgen.errors import InputError
from docgen.web.account.visitor import acting_person
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

FIELD = "once"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
SENT_BEFORE = "This was done already; it was not done a second time."


def once(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    """Carry out a form's act the first time, and lead on; sent again, only lead on.

    Raises:
        InputError: the form carries no token.
    """
    token = _token(request)
    office, rows = office_of(request), OnceRows(acting_person(request).key)
    with office.ledger.transaction():
        place = rows.claim(token, office.clock.now())
        is_first = place is None
        if place is None:
            place = act()
            rows.settle(token, place)
    if not is_first:
        messages.info(request, SENT_BEFORE)
    return redirect(place)


def once_apart(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    """Carry out, as `once` does, an act that asks another service and keeps its transactions short.

    Nothing of the database is held meanwhile, and what the act wrote down stays when it fails. Of
    two requests at the same moment both may act: only for what is refused, or changes nothing, the
    second time.

    Raises:
        InputError: the form carries no token.
    """
    token = _token(request)
    office, rows = office_of(request), OnceRows(acting_person(request).key)
    place = rows.find(token)
    if place is not None:
        messages.info(request, SENT_BEFORE)
        return redirect(place)
    place = act()
    with office.ledger.transaction():
        rows.claim(token, office.clock.now())
        rows.settle(token, place)
    return redirect(place)


def _token(request: HttpRequest) -> str:
    token = request.POST.get(FIELD, "")
    if not _TOKEN.fullmatch(token):
        raise InputError("This form is not whole; open the page again and repeat your last step.")
    return token
