"""Remind whose turn it is: the current link once more, at most once a day."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.enrollment import Stage
from docgen.domain.packet import OUT_FOR_SIGNATURE, Step
from docgen.domain.person import Role
from docgen.domain.signing import OWN_SIGNER, Signal
from docgen.errors import NotFound, Refused, ServiceRejected
from docgen.services.ceremony.invite import last_day, signing_link
from docgen.services.enroll import read_version
from docgen.services.letter import letter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from docgen.domain.ceremony import Ceremony, CeremonySigner
    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

APART = timedelta(days=1)
ORDERED = "signer.reminder_ordered"


def remind(office: Office, packet_id: str, person: Person) -> tuple[str, ...]:
    """Have everyone whose turn it is reminded; give their recipient keys.

    Raises:
        IllegalTransition: the packet is not out for signature.
        Refused: everybody concerned was written to less than a day ago, or wants no reminders; or
            the packet's signing service offers no reminders.
    """
    person.require(Role.COORDINATOR)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id).step(Step.REMIND)
        if packet.service != OWN_SIGNER and not packet.entrance_id:
            return _remind_outside(office, packet, f"user:{person.key}")
        ceremony = own_envelope(office, packet)
        history = office.ledger.history.of(packet_id)
        unwilling = _unwilling(office, packet)
        due = [
            signer
            for signer in ceremony.turn
            if signer.email.casefold() not in unwilling and _is_due(office, signer, history)
        ]
        if not due:
            raise Refused(
                "Nobody is to be reminded now: whoever signs next was written to less than a day "
                "ago, or asked for no reminders."
            )
        for signer in due:
            _order(office, ceremony, signer, f"user:{person.key}", _ordered(history, signer))
    return tuple(signer.key for signer in due)


def _remind_outside(
    office: Office, packet: Packet, actor: str, unwilling: Collection[str] = ()
) -> tuple[str, ...]:
    """Have an outside service write to whoever's turn it is, as far as we know it."""
    if not office.service(packet.service).capabilities.remind:
        raise Refused(
            f"The signing service {packet.service} offers no reminders beyond its own; write to "
            "the signer yourself."
        )
    signed = {
        fact.recipient
        for fact in office.ledger.packets.facts(packet.id)
        if fact.signal is Signal.SIGNED
    }
    waiting = [
        item for item in packet.plan.recipients if item.key in packet.electronic_signers - signed
    ]
    first = min((item.routing_order for item in waiting), default=0)
    history = office.ledger.history.of(packet.id)
    ordered = {
        item.key: [
            one.at
            for one in history
            if one.kind == ORDERED and one.details.get("recipient") == item.key
        ]
        for item in waiting
        if item.routing_order == first and item.email.casefold() not in unwilling
    }
    sent = [item.at for item in history if item.kind == "packet.sent"]
    now = office.clock.now()
    due = [key for key, times in ordered.items() if now >= max([*sent, *times]) + APART]
    if not due:
        raise Refused(
            "Nobody is to be reminded now: whoever signs next was written to less than a day ago."
        )
    for key in due:
        number = len(ordered[key]) + 1
        office.note(packet.id, ORDERED, actor, recipient=key)
        office.ask(
            f"remind:{packet.envelope_id}:{key}:{number}",
            "remind",
            packet_id=packet.id,
            envelope_id=packet.envelope_id,
            signer=key,
        )
    return tuple(due)


def _send_outside(office: Office, payload: Mapping[str, object]) -> None:
    """Have the service remind; what ended meanwhile, or the service will not do, is dropped."""
    packet = office.ledger.packets.get(str(payload["packet_id"]))
    if packet.state not in OUT_FOR_SIGNATURE:
        return
    recipient = str(payload["signer"])
    try:
        office.service(packet.service).remind(packet.envelope_id, recipient)
    except ServiceRejected:
        return
    with office.ledger.transaction():
        office.note(
            packet.id, "signer.reminded", "system", recipient=recipient, service=packet.service
        )


def reminded_there(office: Office, packet: Packet) -> bool:
    """Say whether the packet's service reminds its signers by itself, after the site's period.

    It would write to all of them, so it may not where one asked for no reminders; nor where we
    invite.
    """
    by_itself = office.service(packet.service).capabilities.reminds_by_itself
    if office.rules.reminder_period is None or not by_itself or packet.entrance_id:
        return False
    unwilling = _unwilling(office, packet)
    return not any(item.email.casefold() in unwilling for item in packet.plan.recipients)


def ask_reminding(office: Office, packet: Packet, number: int = 1) -> None:
    """Ask for the next reminders of a packet whose outside service sends none by itself.

    Inside the current transaction.
    """
    period = office.rules.reminder_period
    able = office.service(packet.service).capabilities
    if period is None or packet.service == OWN_SIGNER or packet.entrance_id or not able.remind:
        return
    if not reminded_there(office, packet):
        office.ask(
            f"remind_again:{packet.envelope_id}:{number}",
            "remind_again",
            at=office.clock.now() + period,
            packet_id=packet.id,
            number=number,
        )


def remind_again(office: Office, payload: Mapping[str, object]) -> None:
    """Have an outside service remind whose turn it is, and ask for the next time.

    Who asked for no reminders gets none; who was just written to waits for the next time.
    """
    number = int(str(payload["number"]))
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(str(payload["packet_id"]))
        if packet.state not in OUT_FOR_SIGNATURE:
            return
        with suppress(Refused):
            _remind_outside(office, packet, "system", _unwilling(office, packet))
        ask_reminding(office, packet, number + 1)


def remind_due(office: Office) -> int:
    """Remind by itself whoever was last written to the site's period ago; give how many.

    A site whose period is None never does. Who asked for no reminders gets none. This is for those
    whom we invite; others are seen to by `remind_again` or by their signing service.
    """
    period, now = office.rules.reminder_period, office.clock.now()
    if period is None:
        return 0
    count = 0
    for running in office.ledger.ceremonies.running():
        if any(one.invited_at and now >= one.invited_at + period for one in running.turn):
            with office.ledger.transaction():
                count += _remind_here(office, running.envelope_id, period)
    return count


def _remind_here(office: Office, envelope_id: str, period: timedelta) -> int:
    """Order the reminders of one envelope that are due now."""
    ceremony = office.ledger.ceremonies.locked(envelope_id)
    if ceremony.ended or office.clock.now() > ceremony.expires_at:
        return 0
    packet = office.ledger.packets.get(ceremony.subject)
    unwilling, history = _unwilling(office, packet), office.ledger.history.of(packet.id)
    due = [
        signer
        for signer in ceremony.turn
        if signer.email.casefold() not in unwilling and _is_due(office, signer, history, period)
    ]
    for signer in due:
        _order(office, ceremony, signer, "system", _ordered(history, signer))
    return len(due)


def own_envelope(office: Office, packet: Packet) -> Ceremony:
    """Find a packet's envelope at our own signer, or our entrance to it elsewhere, and hold it.

    Raises:
        Refused: the packet is at another signing service, which invites by itself.
    """
    try:
        return office.ledger.ceremonies.locked(packet.ceremony_id)
    except NotFound as error:
        raise Refused(
            f"The packet is at the signing service {packet.service}, which writes to its signers "
            "itself: do this there, or void the packet and send it again."
        ) from error


def _unwilling(office: Office, packet: Packet) -> set[str]:
    """List the addresses of those who asked for no reminders."""
    version = office.ledger.enrollments.latest(packet.plan.enrollment_id)
    contacts = read_version(version, Stage.DRAFT).contacts
    return {item.email.casefold() for item in contacts if item.notification_optout}


def _ordered(history: Sequence[Activity], signer: CeremonySigner) -> list[datetime]:
    return [
        item.at
        for item in history
        if item.kind == ORDERED and item.details.get("recipient") == signer.key
    ]


def _is_due(
    office: Office,
    signer: CeremonySigner,
    history: Sequence[Activity],
    period: timedelta = APART,
) -> bool:
    """Say whether so much time has passed since the person was last written to."""
    if signer.invited_at is None:
        return False
    last = max([signer.invited_at, *_ordered(history, signer)])
    return office.clock.now() >= last + period


def _order(
    office: Office,
    ceremony: Ceremony,
    signer: CeremonySigner,
    actor: str,
    before: list[datetime],
) -> None:
    number = len(before) + 1
    office.note(ceremony.subject, ORDERED, actor, recipient=signer.key)
    office.ask(
        f"remind:{ceremony.envelope_id}:{signer.key}:{number}",
        "remind",
        envelope_id=ceremony.envelope_id,
        signer=signer.key,
        link_number=signer.link_number,
        number=number,
    )


def send_reminder(office: Office, payload: Mapping[str, object]) -> None:
    """Mail one reminder; one that came too late is dropped."""
    if "packet_id" in payload:
        _send_outside(office, payload)
        return
    ceremony = office.ledger.ceremonies.get(str(payload["envelope_id"]))
    signer = ceremony.signer(str(payload["signer"]))
    if ceremony.ended or signer.done or signer.link_number != payload["link_number"]:
        return
    until = last_day(office, ceremony)
    lines = (
        f"{ceremony.practice}: still waiting for your signature: {ceremony.title}.",
        "Documents: " + "; ".join(item.title for item in ceremony.documents) + ".",
        f"There is no fee. Please sign by {until}.",
        "The link is the one you have; if you are not the person who signs, say so there.",
    )
    mail = letter(
        office,
        key=f"remind.{ceremony.envelope_id}.{signer.key}.{payload['number']}",
        to=(signer.known_name, signer.email),
        subject=f"Reminder, please sign: {ceremony.title}",
        lines=lines,
        link=("Open the documents", signing_link(office, ceremony, signer)),
    )
    office.mailer.send(mail)
    with office.ledger.transaction():
        office.note(
            ceremony.subject,
            "signer.reminded",
            "system",
            recipient=signer.key,
            address=signer.email,
        )
