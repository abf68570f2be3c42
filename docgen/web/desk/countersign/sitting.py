"""One sitting at the desk: who sits there, how many they signed, and which packet comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from docgen.ports.register import MOST_A_PAGE
from docgen.ports.register_query import Paging
from docgen.services.ceremony.countersign import FRESH, Presence
from docgen.web.account.activities import ways
from docgen.web.account.again import SHOWN, is_fresh
from docgen.web.account.visitor import acting_person
from docgen.web.signing.session import client
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.db.models import Account

SIGNED = "countersigned"


def presence_of(request: HttpRequest) -> Presence:
    """Say who is at the desk, for the ceremony."""
    return Presence(
        person=acting_person(request),
        shown_at=shown_at(request),
        ways=tuple(ways(request, cast("Account", request.user))),
        client=client(request),
    )


def shown_at(request: HttpRequest) -> datetime | None:
    """Give when this person last showed who they are."""
    shown = request.session.get(SHOWN)
    return datetime.fromisoformat(shown) if isinstance(shown, str) else None


def fresh_until(request: HttpRequest) -> datetime | None:
    """Give until when the last showing holds; None when it holds no longer."""
    shown = shown_at(request)
    return shown + FRESH if shown is not None and is_fresh(request) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the sitting a packet is: the `number`-th of `count`; `following` is the next one."""

    number: int
    count: int
    following: str


def place_of(request: HttpRequest, packet_id: str) -> Place:
    """Say where in this person's queue the packet is, and which packet comes after it."""
    queue = office_of(request).register.countersign_queue(
        acting_person(request).email, Paging(size=MOST_A_PAGE)
    )
    ids = [item.packet.packet_id for item in queue.items]
    at = ids.index(packet_id) if packet_id in ids else -1
    after = [*ids[at + 1 :], *ids[: max(at, 0)]]
    signed = signed_in_sitting(request)
    return Place(
        number=signed + 1,
        count=signed + max(queue.total, 1),
        following=after[0] if after else "",
    )


def signed_in_sitting(request: HttpRequest) -> int:
    """Count what was signed since the queue was last opened."""
    count = request.session.get(SIGNED, 0)
    return count if isinstance(count, int) else 0


def count_signed(request: HttpRequest) -> None:
    """Count one more."""
    request.session[SIGNED] = signed_in_sitting(request) + 1


def begin_sitting(request: HttpRequest) -> None:
    """Count from the beginning."""
    if SIGNED in request.session:
        del request.session[SIGNED]
