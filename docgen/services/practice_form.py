"""A practice fills in its own form: invited by link, let in by a mailed code, handed in to us.

Links and codes are derived from the site's secret and never stored; opening a link changes nothing.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.enrollment.identifiers import parse_email
from docgen.domain.enrollment.moments import write_instant
from docgen.domain.enrollment.text import clean_name
from docgen.domain.enrollment.vocabulary import ContactRole, Source
from docgen.domain.form_guest import ASKED_HERSELF, FormGuest
from docgen.domain.person import Role
from docgen.errors import EnrollmentInvalid, InputError, NotFound, Refused
from docgen.services.ceremony.secret import same, session_hash, split_token
from docgen.services.enroll import enroll
from docgen.services.practice_letters import (
    CODE_LETTER,
    FORM,
    LINK_LETTER,
    TOLD_LETTER,
    code_of,
    token_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.person import Person
    from docgen.services.office import Office

LINK_PERIOD = timedelta(days=30)
MOST_TRIES = 5
MOST_CODES_A_DAY = 10
MOST_LETTERS_A_DAY = 3
NO_LINK = (
    "This link does not open a form any more: it is too old, a newer one was sent, or it was "
    "withdrawn. Ask for a new link on the start page, or call the coordinator."
)
NO_SESSION = "Your visit ended. Please ask for a new code; what you saved is kept."
WRONG_CODE = (
    "This code is not valid: it is not the latest one we mailed, it is too old, or it was tried "
    "too often. Ask for a new code."
)


def invite(office: Office, enrollment_id: str, name: str, email: str, person: Person) -> FormGuest:
    """Invite somebody to fill in a form; the same address again gets a new link, the old one ends.

    Raises:
        InputError: name or address cannot be used.
        Refused: the form is submitted already.
    """
    person.require(Role.COORDINATOR)
    name, email = _cleaned(name, email)
    with office.ledger.transaction():
        if not office.ledger.enrollments.latest(enrollment_id).is_draft:
            raise Refused(
                "The form is submitted. Change it on the desk, or save a change there as a draft, "
                "so that the practice can go on with it."
            )
        known = office.ledger.form_guests.of_enrollment(enrollment_id)
        found = next((one for one in known if one.email.casefold() == email.casefold()), None)
        guest = _renewed(office, found.id, name) if found else _new(office, name, email)
        guest = replace(guest, enrollment_id=enrollment_id, asked_by=f"user:{person.key}")
        _put(office, guest, is_new=found is None)
        _ask_letter(office, guest)
        office.note(enrollment_id, "form.invited", f"user:{person.key}", guest=guest.id)
    return guest


def ask_start(office: Office, email: str) -> None:
    """Have a link mailed to whoever asks for a form; who asks learns nothing from the answer.

    Nothing is enrolled before the address is proved with a code.

    Raises:
        InputError: this is no e-mail address.
    """
    name, email = _cleaned("", email)
    now = office.clock.now()
    with office.ledger.transaction():
        known = office.ledger.form_guests.of_email(email)
        found = next((one for one in known if one.revoked_at is None), None)
        recent = [one for one in known if one.asked_at > now - timedelta(days=1)]
        if sum(one.letters for one in recent) >= MOST_LETTERS_A_DAY:
            return
        if found is None:
            guest = _new(office, name, email)
        elif found.may_come(now):
            # The same link again: a stranger who asks must not end the visit of its owner.
            guest = _counted(office, found.id)
        else:
            guest = _renewed(office, found.id, found.name)
        _put(office, guest, is_new=found is None)
        _ask_letter(office, guest)


def _cleaned(name: str, email: str) -> tuple[str, str]:
    try:
        return clean_name(name[:200]), parse_email(email.strip())
    except EnrollmentInvalid as error:
        sentence = error.problems[0].message
        raise InputError(f"{sentence[:1].upper()}{sentence[1:]}.") from None


def _new(office: Office, name: str, email: str) -> FormGuest:
    now = office.clock.now()
    return FormGuest(
        id=office.ids.new("frm"),
        enrollment_id="",
        name=name,
        email=email,
        asked_by=ASKED_HERSELF,
        asked_at=now,
        link_until=now + LINK_PERIOD,
    )


def _counted(office: Office, guest_id: str) -> FormGuest:
    """Give the invitation with one more letter counted, by the day of the first."""
    guest, now = office.ledger.form_guests.locked(guest_id), office.clock.now()
    if guest.asked_at <= now - timedelta(days=1):
        return replace(guest, asked_at=now, letters=1)
    return replace(guest, letters=guest.letters + 1)


def _renewed(office: Office, guest_id: str, name: str) -> FormGuest:
    """Give the invitation with a new link, which ends the old link and its session."""
    guest, now = _counted(office, guest_id), office.clock.now()
    return replace(
        guest,
        name=name,
        link_number=guest.link_number + 1,
        link_until=now + LINK_PERIOD,
        revoked_at=None,
        session_until=None,
    )


def _put(office: Office, guest: FormGuest, *, is_new: bool) -> None:
    (office.ledger.form_guests.add if is_new else office.ledger.form_guests.save)(guest)


def _ask_letter(office: Office, guest: FormGuest) -> None:
    what = f"{guest.link_number}.{guest.asked_at:%Y%m%d%H%M%S}.{guest.letters}"
    key = f"{LINK_LETTER}:{guest.id}:{what}"
    office.ask(key, LINK_LETTER, guest=guest.id, number=guest.link_number, letter=what)


def guest_by_link(office: Office, token: str) -> FormGuest:
    """Find whom a link was sent to; nothing is recorded.

    Raises:
        NotFound: the link is not valid, not any more, or never was.
    """
    guest_id, what = split_token(token)
    try:
        guest = office.ledger.form_guests.get(guest_id)
    except NotFound as error:
        raise NotFound(NO_LINK) from error
    good = what == FORM and same(token, token_of(office, guest))
    if not good or not guest.may_come(office.clock.now()):
        raise NotFound(NO_LINK)
    return guest


def ask_code(office: Office, token: str) -> str:
    """Have a code mailed to the guest of a link; give the errand's key.

    Raises:
        Refused: too many codes were asked for today.
    """
    guest, now = guest_by_link(office, token), office.clock.now()
    with office.ledger.transaction():
        guest = office.ledger.form_guests.locked(guest.id)
        if guest.day_began_at is None or now >= guest.day_began_at + timedelta(days=1):
            guest = replace(guest, day_began_at=now, codes_today=0)
        if guest.codes_today >= MOST_CODES_A_DAY:
            raise Refused("No more codes are sent today. Please come back tomorrow, or call us.")
        guest = replace(
            guest,
            code_number=guest.code_number + 1,
            code_sent_at=now,
            code_tries=0,
            codes_today=guest.codes_today + 1,
        )
        office.ledger.form_guests.save(guest)
        key = f"{CODE_LETTER}:{guest.id}:{guest.code_number}"
        office.ask(key, CODE_LETTER, guest=guest.id, number=guest.code_number)
    return key


def enter(office: Office, token: str, code: str) -> str:
    """Exchange link and code for a session; a practice that asked itself gets its draft now.

    Raises:
        Refused: the code is wrong, old or used up.
    """
    session, now = office.ids.token(), office.clock.now()
    found = guest_by_link(office, token)
    with office.ledger.transaction():
        guest = office.ledger.form_guests.locked(found.id)
        fits = _fits(office, guest, code)
        if fits:
            guest = _begun(office, guest)
            guest = replace(
                guest,
                code_sent_at=None,
                session_sha256=session_hash(session),
                session_until=now + office.rules.session_period,
            )
            office.note(guest.enrollment_id, "form.guest_identified", guest.actor)
        else:
            guest = replace(guest, code_tries=guest.code_tries + 1)
        office.ledger.form_guests.save(guest)
    if not fits:
        raise Refused(WRONG_CODE)
    return session


def _fits(office: Office, guest: FormGuest, code: str) -> bool:
    sent_at = guest.code_sent_at
    if sent_at is None or office.clock.now() > sent_at + office.rules.code_period:
        return False
    if guest.code_tries >= MOST_TRIES:
        return False
    return same(code.strip().replace(" ", ""), code_of(office, guest))


def _begun(office: Office, guest: FormGuest) -> FormGuest:
    """Begin the draft of a practice that asked for its form itself."""
    if guest.enrollment_id:
        return guest
    made = uuid.uuid5(uuid.NAMESPACE_URL, office.ids.token())
    contact = {
        "contact_id": "primary",
        "email": guest.email,
        "roles": [ContactRole.PRIMARY.value],
    }
    raw = {"record_id": str(made), "source": Source.WEB.value, "contacts": [contact]}
    stored = enroll(office, raw, draft=True, actor=guest.actor).version
    return replace(guest, enrollment_id=stored.enrollment_id)


def guest_by_session(office: Office, guest_id: str, session: str) -> FormGuest:
    """Find the guest behind a session.

    Raises:
        NotFound: there is no such session, it ended, or the invitation was withdrawn.
    """
    try:
        guest = office.ledger.form_guests.get(guest_id)
    except NotFound as error:
        raise NotFound(NO_SESSION) from error
    now = office.clock.now()
    ended = guest.session_until is None or now > guest.session_until or not guest.may_come(now)
    if ended or not same(session_hash(session), guest.session_sha256):
        raise NotFound(NO_SESSION)
    return guest


def submit(office: Office, guest: FormGuest) -> None:
    """Hand the form in and tell the coordinators, who decide whether to accept it.

    Raises:
        EnrollmentInvalid: something is still missing or wrong; each is listed.
    """
    now = office.clock.now()
    with office.ledger.transaction():
        newest = office.ledger.enrollments.latest(guest.enrollment_id)
        if not newest.is_draft:
            return
        values = json.loads(newest.record) | {"submitted_at": write_instant(now)}
        who = [one for one in values.get("contacts", ()) if _is_guest(one, guest)]
        if who:
            values["submitted_by"] = who[0]["contact_id"]
        stored = enroll(
            office, values, draft=False, actor=guest.actor, onto=guest.enrollment_id
        ).version
        held = office.ledger.form_guests.locked(guest.id)
        office.ledger.form_guests.save(replace(held, submitted_at=now))
        office.note(guest.enrollment_id, "form.submitted", guest.actor, version=stored.version)
        for person in office.ledger.people.list():
            if Role.COORDINATOR in person.roles:
                key = f"{TOLD_LETTER}:{guest.enrollment_id}:{stored.version}:{person.key}"
                office.ask(
                    key,
                    TOLD_LETTER,
                    enrollment=guest.enrollment_id,
                    version=stored.version,
                    person=person.key,
                )


def _is_guest(contact: Mapping[str, object], guest: FormGuest) -> bool:
    return str(contact.get("email", "")).casefold() == guest.email.casefold()


def revoke(office: Office, enrollment_id: str, guest_id: str, person: Person) -> None:
    """Withdraw an invitation: its link and its session end at once.

    Raises:
        NotFound: nobody of this number was invited to this form.
    """
    person.require(Role.COORDINATOR)
    with office.ledger.transaction():
        guest = office.ledger.form_guests.locked(guest_id)
        if guest.enrollment_id != enrollment_id:
            raise NotFound("Nobody of this number was invited to this form.")
        if guest.revoked_at is None:
            now = office.clock.now()
            office.ledger.form_guests.save(replace(guest, revoked_at=now, session_until=None))
            office.note(
                enrollment_id, "form.invitation_withdrawn", f"user:{person.key}", guest=guest_id
            )
