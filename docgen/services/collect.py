"""Collect: an entitled person gets a packet's executed set again, with a fresh code by mail.

No link that expires into nothing: the page's address never changes and holds no secret, and who may
enter is decided by the practice's newest form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.collector import Entitled
from docgen.domain.disposal import disposal_of
from docgen.domain.packet import Packet
from docgen.errors import NotFound, Refused
from docgen.services.archived import open_archived
from docgen.services.ceremony.secret import one_time_code, same, session_hash
from docgen.services.disposed import disposed_words
from docgen.services.distribute import KEPT, ExecutedFile, entitled_to, executed_files
from docgen.services.letter import letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.collector import Collector
    from docgen.services.office import Office

MOST_TRIES = 5
MOST_CODES_A_DAY = 10
COLLECTED = "copy.collected"
WRONG_CODE = (
    "This code is not valid: it is not the latest one we mailed to this address, it is too old, or "
    "it was tried too often. Ask for a new code."
)
NO_SESSION = "Your visit ended. Please ask for a new code."


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedSet:
    """An identified person before a packet's executed copies."""

    packet: Packet
    visitor: Entitled
    files: tuple[ExecutedFile, ...]

    @property
    def bundle_sha256(self) -> str:
        """The evidence bundle, for those who are sent copies unasked; "" for anybody else.

        It holds the whole enrollment form, which not every colleague needs to see.
        """
        return self.packet.bundle_sha256 if self.visitor.documents else ""


def gone_words(office: Office, packet_id: str) -> str:
    """Say that a packet was disposed of, or ""; an unknown packet is nothing of the kind.

    It is the same for everybody, so it does not tell who belongs to a practice.
    """
    return disposed_words(office, disposal_of(office.ledger.history.of(packet_id)))


def ask_code(office: Office, packet_id: str, address: str) -> str | None:
    """Have a code mailed if the address is entitled; give the errand's key, or None.

    What a visitor sees must not depend on the answer: it would tell who belongs to a practice.
    """
    found = _find(office, packet_id, address)
    if found is None:
        return None
    _, visitor = found
    now = office.clock.now()
    with office.ledger.transaction():
        collector = office.ledger.collectors.locked(packet_id, visitor.key)
        if collector.day_began_at is None or now >= collector.day_began_at + timedelta(days=1):
            collector = replace(collector, day_began_at=now, codes_today=0)
        if collector.codes_today >= MOST_CODES_A_DAY:
            return None
        number = collector.code_number + 1
        collector = replace(
            collector,
            code_number=number,
            code_sent_at=now,
            code_tries=0,
            codes_today=collector.codes_today + 1,
        )
        office.ledger.collectors.save(collector)
        key = f"copy_code:{packet_id}:{visitor.key}:{number}"
        office.ask(key, "copy_code", packet_id=packet_id, recipient=visitor.key, number=number)
    return key


def send_copy_code(office: Office, payload: Mapping[str, object]) -> None:
    """Mail one code; an outdated one, or one for somebody no longer entitled, is dropped."""
    packet = office.ledger.packets.get(str(payload["packet_id"]))
    key, number = str(payload["recipient"]), payload["number"]
    visitor = next((item for item in entitled_to(office, packet) if item.key == key), None)
    if visitor is None or office.ledger.collectors.get(packet.id, key).code_number != number:
        return
    minutes = int(office.rules.code_period.total_seconds() // 60)
    code = _code(office, packet.id, visitor, office.ledger.collectors.get(packet.id, key))
    office.mailer.send(
        letter(
            office,
            key=f"copy-code.{packet.id}.{key}.{number}",
            to=(visitor.name, visitor.email),
            subject="Your code for the executed copies",
            lines=(
                f"Your code is {code}",
                f"It works once, for {minutes} minutes, and opens the executed copies.",
                "Nobody from the program will ask you for it.",
            ),
            link=None,
        )
    )
    with office.ledger.transaction():
        office.note(packet.id, "copy.code_sent", "system", recipient=key)


def enter(office: Office, packet_id: str, address: str, code: str, client: dict[str, str]) -> str:
    """Exchange address and code for a session token.

    `client` is what the visitor's own side claims of itself; it is kept as a claim.

    Raises:
        Refused: the address is not entitled or the code is wrong, old or used up; one answer.
    """
    found = _find(office, packet_id, address)
    if found is None:
        raise Refused(WRONG_CODE)
    packet, visitor = found
    session = office.ids.token()
    now = office.clock.now()
    with office.ledger.transaction():
        collector = office.ledger.collectors.locked(packet_id, visitor.key)
        fits = _fits(office, packet, visitor, collector, code)
        if fits:
            office.ledger.collectors.save(
                replace(
                    collector,
                    code_sent_at=None,
                    session_sha256=session_hash(session),
                    session_until=now + office.rules.session_period,
                )
            )
            office.note(
                packet.id, "copy.visitor_identified", _actor(visitor), claimed_client=client
            )
        else:
            tries = collector.code_tries + 1
            office.ledger.collectors.save(replace(collector, code_tries=tries))
    if not fits:
        raise Refused(WRONG_CODE)
    return f"{visitor.key}.{session}"


def visit(office: Office, packet_id: str, cookie: str) -> ExecutedSet:
    """Find the executed set behind a session token.

    Raises:
        NotFound: there is no such session, it ended, or the person is no longer entitled.
    """
    key, _, token = cookie.rpartition(".")
    try:
        packet = office.ledger.packets.get(packet_id)
        collector = office.ledger.collectors.get(packet_id, key)
    except NotFound as error:
        raise NotFound(NO_SESSION) from error
    visitor = next((item for item in entitled_to(office, packet) if item.key == key), None)
    until = collector.session_until
    ended = until is None or office.clock.now() > until
    if gone_words(office, packet_id):
        raise NotFound(NO_SESSION)
    if visitor is None or ended or not same(session_hash(token), collector.session_sha256):
        raise NotFound(NO_SESSION)
    return ExecutedSet(packet=packet, visitor=visitor, files=executed_files(packet))


def hand_over(office: Office, found: ExecutedSet, sha256: str) -> bytes:
    """Give one file of the set, or its evidence bundle; that it was fetched is an activity.

    Raises:
        NotFound: the digest is not one of this packet's executed files.
    """
    packet = found.packet
    known = {found.bundle_sha256, *(item.sha256 for item in found.files)} - {""}
    if sha256 not in known:
        raise NotFound("This file is not part of the packet's executed set.")
    data = open_archived(office, packet.id, sha256)
    with office.ledger.transaction():
        office.note(packet.id, COLLECTED, _actor(found.visitor), sha256=sha256)
    return data


def _find(office: Office, packet_id: str, address: str) -> tuple[Packet, Entitled] | None:
    """Find the packet and the entitled person of this address."""
    try:
        packet = office.ledger.packets.get(packet_id)
    except NotFound:
        return None
    if packet.state not in KEPT or not executed_files(packet) or gone_words(office, packet_id):
        return None
    wanted = address.strip().casefold()
    known = (item for item in entitled_to(office, packet) if item.email.casefold() == wanted)
    visitor = next(known, None)
    return None if visitor is None else (packet, visitor)


def _fits(
    office: Office, packet: Packet, visitor: Entitled, collector: Collector, code: str
) -> bool:
    sent_at = collector.code_sent_at
    if sent_at is None or office.clock.now() > sent_at + office.rules.code_period:
        return False
    if collector.code_tries >= MOST_TRIES:
        return False
    given = code.strip().replace(" ", "")
    return same(given, _code(office, packet.id, visitor, collector))


def _code(office: Office, packet_id: str, visitor: Entitled, collector: Collector) -> str:
    """Derive the valid code; the colon keeps it apart from every signer's."""
    name = f"copies:{visitor.key}"
    return one_time_code(office.rules.link_secret, packet_id, name, collector.code_number)


def _actor(visitor: Entitled) -> str:
    return f"practice:{visitor.key}"
