"""A signer names who signs instead; the coordinator confirms or refuses, or nothing changes.

What is open is read from the packet's history alone: the newest request nobody has answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from docgen.domain.enrollment.identifiers import is_shared_mailbox, parse_email
from docgen.domain.packet import Step
from docgen.domain.person import Role
from docgen.domain.reassignment import REASSIGNED
from docgen.errors import EnrollmentInvalid, InputError, NotAllowed, Refused
from docgen.services.ceremony.enter import visit_by_link
from docgen.services.ceremony.notice import ASKED, ask_notice
from docgen.services.ceremony.words import LONGEST_NAME, prose_given
from docgen.services.given import line_of, reason_of
from docgen.services.letter import letter
from docgen.services.reassign import NewSigner, reassign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

ASKED_TO_REASSIGN = "signer.asked_to_reassign"
REASSIGN_REFUSED = "signer.reassign_refused"
SIGNED = "signer.signed"
_REFUSAL_MAILED = "signer.reassign_refusal_mailed"
LONGEST_WHY = 500
MOST_REQUESTS = 5
_ANSWERED = "This request was answered already, or a newer one took its place. Look at the packet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One open request: whose place it is, which request of theirs, and who they say signs."""

    recipient: str
    number: int
    wanted: NewSigner


def ask_to_reassign(office: Office, token: str, wanted: NewSigner) -> None:
    """Record whom the holder of a link names; a newer request replaces theirs before it.

    The same request again changes nothing. The link keeps working, and no other link leaves.

    Raises:
        InputError: a name, title, address or reason cannot be used.
        Refused: nothing can be reassigned any more, or too many requests were made.
    """
    wanted = _checked(wanted)
    envelope_id = visit_by_link(office, token).ceremony.envelope_id
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(envelope_id)
        visit = visit_by_link(office, token)
        signer = visit.signer
        if ceremony.ended or signer.done:
            raise Refused(
                "You signed or declined already, or signing ended; nobody can take your place."
            )
        if wanted.email.casefold() == signer.email.casefold():
            raise InputError("This is the address we wrote to; give that of the other person.")
        history = office.ledger.history.of(ceremony.subject)
        earlier = _open(history).get(signer.key)
        if earlier is not None and earlier.wanted == wanted:
            return
        number = 1 + _made(history, signer.key)
        if number > MOST_REQUESTS:
            raise Refused("You have named several people already; please call the coordinator.")
        office.note(
            ceremony.subject,
            ASKED_TO_REASSIGN,
            f"signer:{signer.key}",
            recipient=signer.key,
            number=number,
            wanted={"name": wanted.name, "title": wanted.title, "email": wanted.email},
            reason=wanted.reason,
        )
        ask_notice(office, ceremony, signer, ASKED, words=wanted.reason, number=number)


def open_requests(office: Office, packet: Packet) -> tuple[Request, ...]:
    """Give the requests of this packet that nobody has answered."""
    return tuple(_open(office.ledger.history.of(packet.id)).values())


def confirm_request(
    office: Office, packet_id: str, recipient: str, number: int, person: Person
) -> Packet:
    """Reassign as the open request says; every check of `reassign` applies.

    Raises:
        Refused: that request is not open.
        NotAllowed: nobody confirms a request of their own, or their own authority.
        InputError, IllegalTransition, NotFound: as `reassign` does.
    """
    person.require(Role.COORDINATOR)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id)
        ceremony = office.ledger.ceremonies.locked(packet.ceremony_id)
        request = _named(office, packet_id, recipient, number)
        signer = ceremony.signer(recipient)
        if signer.email.casefold() == person.email.casefold():
            raise NotAllowed("You made this request; another coordinator must confirm it.")
        return reassign(office, packet_id, recipient, request.wanted, person)


def refuse_request(  # which request, who, and why
    office: Office, packet_id: str, recipient: str, number: int, person: Person, reason: str
) -> None:
    """Refuse the open request; the signer is told why by letter, and their link keeps working.

    Raises:
        Refused: that request is not open.
        InputError: there is no reason, or it is too long.
    """
    person.require(Role.COORDINATOR)
    said = reason_of(reason, kept="the signer is told it")
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id).step(Step.REASSIGN)
        office.ledger.ceremonies.locked(packet.ceremony_id)
        _named(office, packet_id, recipient, number)
        office.note(
            packet_id,
            REASSIGN_REFUSED,
            f"user:{person.key}",
            recipient=recipient,
            number=number,
            reason=said,
        )
        office.ask(
            f"refuse_request:{packet.ceremony_id}:{recipient}:{number}",
            "refuse_request",
            envelope_id=packet.ceremony_id,
            recipient=recipient,
            number=number,
        )


def send_refusal(office: Office, payload: Mapping[str, object]) -> None:
    """Mail the signer why their request was refused, unless their place was given away since."""
    ceremony = office.ledger.ceremonies.get(str(payload["envelope_id"]))
    key, number = str(payload["recipient"]), payload["number"]
    history = office.ledger.history.of(ceremony.subject)
    at, reason = next(
        (at, str(item.details["reason"]))
        for at, item in enumerate(history)
        if item.kind == REASSIGN_REFUSED
        and (item.details["recipient"], item.details["number"]) == (key, number)
    )
    later = (item for item in history[at:] if item.kind == REASSIGNED)
    if any(item.details["recipient"] == key for item in later):
        return
    signer = ceremony.signer(key)
    office.mailer.send(
        letter(
            office,
            key=f"refuse_request.{ceremony.envelope_id}.{key}.{number}",
            to=(signer.known_name, signer.email),
            subject=f"You are still asked to sign: {ceremony.title}",
            lines=(
                f"{ceremony.practice}: you told us that somebody else signs {ceremony.title}.",
                f"The coordinator did not confirm this: {' '.join(reason.split())}",
                "The link we sent you keeps working.",
            ),
            link=None,
        )
    )
    with office.ledger.transaction():
        office.note(ceremony.subject, _REFUSAL_MAILED, "system", recipient=key, number=number)


def _named(office: Office, packet_id: str, recipient: str, number: int) -> Request:
    request = _open(office.ledger.history.of(packet_id)).get(recipient)
    if request is None or request.number != number:
        raise Refused(_ANSWERED)
    return request


def _open(history: Sequence[Activity]) -> dict[str, Request]:
    found: dict[str, Request] = {}
    for item in history:
        if item.kind == ASKED_TO_REASSIGN:
            wanted = cast("Mapping[str, str]", item.details["wanted"])
            key = str(item.details["recipient"])
            found[key] = Request(
                recipient=key,
                number=cast("int", item.details["number"]),
                wanted=NewSigner(
                    name=wanted["name"],
                    title=wanted["title"],
                    email=wanted["email"],
                    reason=str(item.details["reason"]),
                ),
            )
        elif item.kind in {REASSIGNED, REASSIGN_REFUSED}:
            found.pop(str(item.details["recipient"]), None)
        elif item.kind == SIGNED:  # they signed after all
            found.pop(item.actor.removeprefix("signer:"), None)
    return found


def _made(history: Sequence[Activity], recipient: str) -> int:
    return sum(
        item.kind == ASKED_TO_REASSIGN and item.details["recipient"] == recipient
        for item in history
    )


def _checked(wanted: NewSigner) -> NewSigner:
    reason = prose_given(wanted.reason, "your answer", longest=LONGEST_WHY)
    if not reason:
        raise InputError("Say why this person signs.")
    try:
        email = parse_email(wanted.email)
    except EnrollmentInvalid as error:
        raise InputError("Give one e-mail address, such as name@example.org.") from error
    if is_shared_mailbox(email):
        raise InputError(
            "Several people are likely to read this mailbox; give the signer's own address."
        )
    return NewSigner(
        name=line_of(wanted.name, "the name", name=True, longest=LONGEST_NAME),
        title=line_of(wanted.title, "the title", longest=LONGEST_NAME),
        email=email,
        reason=reason,
    )
