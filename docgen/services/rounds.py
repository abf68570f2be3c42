"""Rounds of review as they are told: who was sent a round's drafts, and when they left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from docgen.services.review import key_contacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One contact of a round, and when the drafts left for them; None while they are on the way."""

    name: str
    address: str
    at: datetime | None


def contacts_of(office: Office, packet: Packet) -> Mapping[str, tuple[str, str]]:
    """Give name and address of each key contact, by its id."""
    if not packet.plan.generated:
        return {}
    return {item.contact_id: (item.full_name, item.email) for item in key_contacts(office, packet)}


def sendings(
    told: Sequence[Activity], number: int, contacts: Mapping[str, tuple[str, str]]
) -> list[Sending]:
    """List who was sent this round's drafts and when, those still on the way last."""
    mine = [item for item in told if item.details.get("round") == number]
    left = {
        str(item.details["contact"]): Sending(
            name=contacts.get(str(item.details["contact"]), ("", ""))[0],
            address=str(item.details["address"]),
            at=item.at,
        )
        for item in mine
        if item.kind == "review.mailed"
    }
    asked = [
        str(key)
        for item in mine
        if item.kind == "review.released"
        for key in cast("list[object]", item.details["contacts"])
    ]
    waiting = [
        Sending(name=contacts[key][0], address=contacts[key][1], at=None)
        for key in asked
        if key not in left and key in contacts
    ]
    return [*left.values(), *waiting]
