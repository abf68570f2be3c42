"""Acts of people on an archived packet: carried out once, and refused above their form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from docgen.errors import InputError, NotAllowed, Refused
from docgen.web.account.again import is_fresh
from docgen.web.account.visitor import acting_person
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.person import Role


def carry_out(
    request: HttpRequest,
    address: str,
    act: Callable[[], object],
    done: str,
    refuse: Callable[[str, int], HttpResponse],
    may: Collection[Role],
) -> HttpResponse:
    """Carry out an act once, say that it is `done` and lead to `address`.

    What the service refuses is shown by `refuse`, with its status: 403 to whoever has none of the
    roles that `may`, 409 to those who have.
    """

    def carry() -> str:
        act()
        messages.success(request, done)
        return address

    try:
        return once(request, carry)
    except InputError as refusal:
        return refuse(str(refusal), 422)
    except Refused as refusal:
        barred = isinstance(refusal, NotAllowed) and not may_act(request, may)
        return refuse(str(refusal), 403 if barred else 409)


def may_act(request: HttpRequest, roles: Collection[Role]) -> bool:
    """Say whether the visitor has one of these roles."""
    return bool(acting_person(request).roles & set(roles))


def again_first(request: HttpRequest, address: str) -> HttpResponse | None:
    """Lead to where the visitor shows once more that it is them, if that is long ago."""
    if is_fresh(request):
        return None
    following = urlencode({"next": address})
    return redirect(f"{reverse('account_reauthenticate')}?{following}")


def names_of(request: HttpRequest, *keys: str) -> list[str]:
    """Give people's names by their keys; a key that nobody has any more stays itself."""
    people = {item.key: item.name for item in office_of(request).ledger.people.list()}
    return [people.get(key, key) for key in keys]
