"""Bounce: note in a packet's history that a letter to one of its people came back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.reassignment import REASSIGNED
from docgen.domain.standing import BOUNCED, EXECUTED_COPY, INVITATION
from docgen.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.packet import Packet
    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.ports.returned_mail import ReturnedLetter
    from docgen.services.office import Office

MOST_AT_ONCE = 100
_CLOCKS = timedelta(minutes=2)  # by how much a signing service's clock may be behind ours
_PART = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)

# First word of a letter's key -> what came back, and whether the second is a packet or an envelope.
_LETTERS = {
    "invite": (INVITATION, "envelope"),
    "remind": (INVITATION, "envelope"),
    "executed": (EXECUTED_COPY, "envelope"),
    "copy": (EXECUTED_COPY, "packet"),
    "copy-code": ("code", "packet"),
    "code": ("code", "envelope"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """Which letter came back."""

    mail: str
    packet_id: str
    recipient: str


def take_back_mail(office: Office) -> int:
    """Note every letter that came back, once; give how many were new.

    A report is a hint from anybody: it raises an alert on the packet and changes nothing else.
    """
    if office.returned_mail is None:
        return 0
    noted = 0
    for letter in office.returned_mail.collect(MOST_AT_ONCE):
        noted += _note(office, letter)
        office.returned_mail.settle(letter.report_id)
    return noted


def _note(office: Office, letter: ReturnedLetter) -> bool:
    about = _about(office, letter.mail_key)
    if about is None:
        return False
    with office.ledger.transaction():
        known = office.ledger.history.of(about.packet_id)
        if any(
            item.kind == BOUNCED and item.details.get("mail_key") == letter.mail_key
            for item in known
        ):
            return False
        office.note(
            about.packet_id,
            BOUNCED,
            "system",
            mail=about.mail,
            recipient=about.recipient,
            status=letter.status,
            mail_key=letter.mail_key,
        )
    return True


def _about(office: Office, mail_key: str) -> _About | None:
    """Find the packet and recipient of a letter by its key; None if it is none of ours."""
    first, *rest = mail_key.split(".")
    if first not in _LETTERS or len(rest) < 2 or not all(_PART.fullmatch(part) for part in rest):  # noqa: PLR2004  # packet or envelope, and recipient
        return None
    mail, place = _LETTERS[first]
    try:
        if place == "packet":
            packet_id = office.ledger.packets.get(rest[0]).id
        else:
            packet_id = office.ledger.ceremonies.get(rest[0]).subject
            office.ledger.packets.get(packet_id)
    except NotFound:
        return None
    return _About(mail=mail, packet_id=packet_id, recipient=rest[1])


def bounced_invitations(
    office: Office, packet: Packet, snapshot: EnvelopeSnapshot
) -> Mapping[str, str]:
    """Give the recipients whose letter came back to the signing service, as was not noted yet.

    Each has the key under which it is noted once. What came back to somebody who was reassigned
    since is no news.
    """
    came_back = {
        item.key: item.bounced_at
        for item in snapshot.recipients
        if item.bounced_at is not None and item.signed_at is None
    }
    if not came_back:
        return {}
    found = {}
    history = office.ledger.history.of(packet.id)
    noted = {item.details.get("mail_key") for item in history if item.kind == BOUNCED}
    for recipient, at in came_back.items():
        name = f"{packet.service}.{packet.envelope_id}.{recipient}.{at.isoformat()}"
        since = [
            item.at
            for item in history
            if item.kind == REASSIGNED and item.details.get("recipient") == recipient
        ]
        if name not in noted and all(at + _CLOCKS >= moment for moment in since):
            found[recipient] = name
    return found


def note_bounced(office: Office, packet: Packet, bounced: Mapping[str, str]) -> None:
    """Note in the packet's history whose invitation came back to the signing service."""
    for recipient, name in bounced.items():
        office.note(
            packet.id, BOUNCED, "system", mail=INVITATION, recipient=recipient, mail_key=name
        )
