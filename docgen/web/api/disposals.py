"""Disposal of packets whose retention is over: proposed by one person, confirmed by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja import Router

from docgen.domain.disposal import disposal_of
from docgen.services.disposal import (
    confirm_disposal,
    propose_disposal,
    why_kept,
    withdraw_disposal,
)
from docgen.services.disposed import disposed_words
from docgen.web.account.visitor import acting_person
from docgen.web.api.bodies import ReasonTaken
from docgen.web.api.idempotency import carry_out
from docgen.web.api.packets import AT
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import DisposalItem, DisposalStanding
from docgen.web.api.tokens import require_own_token, token_of
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.services.office import Office

router = Router(tags=["archive"])
_AT = f"{AT}/disposal"
_ACT = {200: DisposalItem, **refusals(404, 409, 413, 415)}


@router.get(_AT, response={200: DisposalItem, **refusals(404)}, url_name="packet-disposal")
def disposal(request: HttpRequest, packet_id: str) -> DisposalItem:
    """Say whether a packet may be disposed of, and how far that has come."""
    return _told(office_of(request), packet_id)


@router.post(f"{_AT}/propose", response=_ACT, url_name="packet-disposal-propose")
def propose(request: HttpRequest, packet_id: str, body: ReasonTaken) -> HttpResponse:
    """Propose that a packet be disposed of; nothing goes until another person confirms."""
    how = f"token {require_own_token(request, 'propose a disposal').id}"

    def act() -> None:
        person = acting_person(request)
        propose_disposal(office_of(request), packet_id, body.reason, person, how)

    return _carry_out(request, packet_id, act)


@router.post(f"{_AT}/withdraw", response=_ACT, url_name="packet-disposal-withdraw")
def withdraw(request: HttpRequest, packet_id: str, body: ReasonTaken) -> HttpResponse:
    """Take a proposal back, one's own or another's; the packet stays."""

    def act() -> None:
        person, how = acting_person(request), f"token {token_of(request).id}"
        withdraw_disposal(office_of(request), packet_id, body.reason, person, how)

    return _carry_out(request, packet_id, act)


@router.post(f"{_AT}/confirm", response=_ACT, url_name="packet-disposal-confirm")
def confirm(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Decide as the second person; the files go a moment later. This takes no body."""
    how = f"token {require_own_token(request, 'confirm a disposal').id}"

    def act() -> None:
        confirm_disposal(office_of(request), packet_id, acting_person(request), how)

    return _carry_out(request, packet_id, act)


def _carry_out(request: HttpRequest, packet_id: str, act: Callable[[], object]) -> HttpResponse:
    return carry_out(request, act, lambda _: _told(office_of(request), packet_id))


def _told(office: Office, packet_id: str) -> DisposalItem:
    packet = office.ledger.packets.get(packet_id)
    history = office.ledger.history.of(packet_id)
    found = disposal_of(history)
    kept = why_kept(office, packet, history)
    if found is None:
        standing = DisposalStanding.KEPT if kept else DisposalStanding.MAY_GO
        return DisposalItem(packet_id=packet_id, standing=standing, words=kept)
    standing = DisposalStanding.PROPOSED
    if found.is_decided:
        standing = DisposalStanding.DISPOSED if found.disposed_at else DisposalStanding.DECIDED
    return DisposalItem(
        packet_id=packet_id,
        standing=standing,
        words=disposed_words(office, found) or kept,
        proposed_by=found.proposed_by,
        proposed_at=found.proposed_at,
        reason=found.reason,
        confirmed_by=found.confirmed_by,
        confirmed_at=found.confirmed_at,
        confirmed_entry=found.confirmed_entry if found.confirmed_at else None,
        disposed_at=found.disposed_at,
        disposed_entry=found.disposed_entry if found.disposed_at else None,
    )
