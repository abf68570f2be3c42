"""Countersign at the desk: our own person, who just showed again who they are, signs for the PSO.

It is the ceremony of the mailed link, act for act: identified, agreed, each document read, signed.
Only the identification is another: the person's own sign-in instead of a code to the same address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from docgen.domain.history import timestamp
from docgen.domain.packet import WITH_SIGNERS
from docgen.domain.person import Person, Role
from docgen.domain.plan import PSO_KEY
from docgen.errors import NotAllowed, NotFound, Refused
from docgen.services.ceremony.enter import Visit
from docgen.services.ceremony.read import (
    NOT_OPEN,
    accept_disclosure,
    record_reading,
    refuse_unless_open,
)
from docgen.services.ceremony.sign import Intent, decline_packet, sign_packet
from docgen.services.ceremony.standing import standing_of

if TYPE_CHECKING:
    from docgen.domain.ceremony import Ceremony, CeremonySigner
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

FRESH = timedelta(minutes=10)
# The verifier knows these words; a bundle tells by them how this signer was identified.
METHOD = "signed in as one of our own people, who showed again who they are"

NOT_FRESH = (
    "Show once more that it is you; that was more than ten minutes ago. Nothing was signed or "
    "recorded."
)
NOT_YOURS = (
    "Another person is to sign this packet for the PSO. A coordinator can reassign it, or you can "
    "take it over if you were appointed to stand in for that person."
)
NOT_IDENTIFIED = "Agree to electronic records for this packet first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Who is at the desk: the person, how they signed in, and when they last showed who they are.

    `client` (address, browser) is what the person's own side claims; it is kept as a claim.
    """

    person: Person
    shown_at: datetime | None
    ways: tuple[str, ...]
    client: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the person declared with the button; `shown` maps documents to the digests they saw."""

    typed: str
    attests_authority: bool
    shown: Mapping[str, str]


def visit_at_desk(office: Office, packet_id: str, person: Person) -> Visit:
    """Find the packet's envelope for the very person who is to sign it; changes nothing.

    Raises:
        NotFound: there is no such packet.
        Refused: it is not out for signature, at another signing service, or the PSO signs nothing.
        NotAllowed: the person is no countersigner, or another person is to sign this packet.
    """
    person = office.ledger.people.get(person.key)
    person.require(Role.PSO_COUNTERSIGNER)
    packet = office.ledger.packets.get(packet_id)
    ceremony = _own_envelope(office, packet)
    signer = _pso_signer(ceremony)
    _refuse_other(signer, person)
    standing = standing_of(ceremony, signer, office.clock.now())
    return Visit(ceremony=ceremony, signer=signer, standing=standing)


def agree_at_desk(office: Office, packet_id: str, presence: Presence) -> None:
    """Record who this is and that they agree to electronic records for this packet.

    Raises:
        Refused: as `visit_at_desk`; or the person last showed too long ago who they are, or it is
            not their turn.
    """
    with office.ledger.transaction():
        visit = _identify(office, packet_id, presence)
        accept_disclosure(office, visit)


def read_at_desk(office: Office, packet_id: str, person: Person, slug: str, shown: str) -> None:
    """Record that the person went through one document, as `shown`.

    Raises:
        Refused: as `visit_at_desk` and `record_reading`; or they never agreed at this desk.
    """
    visit = visit_at_desk(office, packet_id, person)
    if visit.signer.identified_at is None:
        raise Refused(NOT_IDENTIFIED)
    record_reading(office, visit, slug, shown)


def sign_at_desk(office: Office, packet_id: str, presence: Presence, declared: Declared) -> None:
    """Sign every document of the packet as the person at the desk, with the title on record.

    Raises:
        Refused: as `agree_at_desk` and `sign_packet`; whoever signed already cannot sign again.
    """
    with office.ledger.transaction():
        visit = _identify(office, packet_id, presence)
    intent = Intent(
        name=presence.person.name,
        title=visit.signer.title,
        typed=declared.typed,
        drawn=None,
        attests_authority=declared.attests_authority,
        shown=declared.shown,
        client=presence.client,
    )
    sign_packet(office, visit, intent)


def decline_at_desk(
    office: Office, packet_id: str, presence: Presence, reason: str, *, paper: bool = False
) -> None:
    """Decline the whole packet, with a reason in the person's own words, or in favour of paper.

    Raises:
        Refused: as `agree_at_desk` and `decline_packet`.
    """
    with office.ledger.transaction():
        visit = _identify(office, packet_id, presence)
        decline_packet(office, visit, reason, paper=paper)


def _identify(office: Office, packet_id: str, presence: Presence) -> Visit:
    """Record once, for each time the person showed who they are, that it is they who act."""
    now, shown_at = office.clock.now(), presence.shown_at
    visit = visit_at_desk(office, packet_id, presence.person)
    fresh = shown_at is not None and timedelta(0) <= now - shown_at < FRESH
    if shown_at is None or not fresh or not presence.ways:
        raise Refused(NOT_FRESH)
    ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
    signer = ceremony.signer(PSO_KEY)
    _refuse_other(signer, presence.person)
    refuse_unless_open(office, ceremony, signer)
    told = {
        "method": METHOD,
        "person": presence.person.key,
        "address": signer.email,
        "ways": list(presence.ways),
        "shown_at": timestamp(shown_at),
    }
    if not _was_told(office, ceremony, signer, told):
        signer = replace(signer, identified_at=now)
        office.ledger.ceremonies.save(ceremony.with_signer(signer))
        office.note(
            ceremony.subject,
            "signer.identified",
            f"signer:{signer.key}",
            **told,
            claimed_client=dict(presence.client),
        )
    return replace(visit, ceremony=ceremony.with_signer(signer), signer=signer)


def _was_told(
    office: Office, ceremony: Ceremony, signer: CeremonySigner, told: Mapping[str, object]
) -> bool:
    """Say whether the last identification in this place is this very one."""
    if signer.identified_at is None:
        return False
    history = office.ledger.history.of_kind("signer.identified", (ceremony.subject,))
    mine = [item.details for item in history if item.actor == f"signer:{signer.key}"]
    return bool(mine) and told.items() <= mine[-1].items()


def _own_envelope(office: Office, packet: Packet) -> Ceremony:
    if packet.state not in WITH_SIGNERS:
        raise Refused(NOT_OPEN)
    try:
        ceremony = office.ledger.ceremonies.get(packet.envelope_id)
    except NotFound as error:
        raise Refused(
            f"This packet is at the signing service {packet.service}; sign it there, by the link "
            "in its message."
        ) from error
    if ceremony.subject != packet.id:
        raise Refused(NOT_OPEN)
    return ceremony


def pso_signer(office: Office, packet: Packet) -> CeremonySigner:
    """Say who is to sign this packet for the PSO now.

    Raises:
        Refused: it is not out for signature, at another signing service, or the PSO signs nothing.
    """
    return _pso_signer(_own_envelope(office, packet))


def _pso_signer(ceremony: Ceremony) -> CeremonySigner:
    for item in ceremony.signers:
        if item.key == PSO_KEY:
            return item
    raise Refused("Nobody countersigns this packet for the PSO.")


def _refuse_other(signer: CeremonySigner, person: Person) -> None:
    if signer.email.casefold() != person.email.casefold():
        raise NotAllowed(NOT_YOURS)
