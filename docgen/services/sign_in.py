"""Letters about signing in: the one-time code, and a notice when a second factor changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.services.letter import letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.person import Person
    from docgen.services.office import Office

CODE_LETTER, NOTICE_LETTER = "sign_in_code", "sign_in_notice"

_CHANGED = {
    "totp_activated": "An authenticator app was added to your account.",
    "totp_deactivated": "The authenticator app was removed from your account.",
    "recovery_codes_generated": "New recovery codes were made for your account.",
    "webauthn_added": "A passkey was added to your account.",
    "webauthn_removed": "A passkey was removed from your account.",
}


def ask_for_code_letter(office: Office, email: str, code: str) -> None:
    """Ask for the letter with a one-time code, inside the current transaction."""
    person = _person(office, email)
    if person is not None:
        key = f"{CODE_LETTER}:{person.key}:{office.ids.salt()}"
        office.ask(key, CODE_LETTER, person=person.key, code=code)


def ask_for_notice_letter(office: Office, email: str, change: str) -> None:
    """Ask for the letter that tells a person of a change to their sign-in."""
    person = _person(office, email)
    if person is not None and change in _CHANGED:
        key = f"{NOTICE_LETTER}:{person.key}:{office.ids.salt()}"
        office.ask(key, NOTICE_LETTER, person=person.key, change=change)


def _person(office: Office, email: str) -> Person | None:
    known = (item for item in office.ledger.people.list() if item.is_active)
    return next((item for item in known if item.email.lower() == email.lower()), None)


def send_code_letter(office: Office, payload: Mapping[str, object]) -> None:
    """Mail a one-time code for signing in."""
    person, code = office.ledger.people.get(str(payload["person"])), str(payload["code"])
    office.mailer.send(
        letter(
            office,
            key=f"sign-in.{person.key}.{office.ids.salt()[:8]}",
            to=(person.name, person.email),
            subject="Your code for signing in",
            lines=(
                f"Your one-time code is {code}",
                "It works once, for 10 minutes, in the browser that asked for it.",
                "If you did not ask for it, ignore this message and tell nobody the code.",
            ),
            link=None,
        )
    )


def send_notice_letter(office: Office, payload: Mapping[str, object]) -> None:
    """Tell a person that a second factor changed."""
    person = office.ledger.people.get(str(payload["person"]))
    office.mailer.send(
        letter(
            office,
            key=f"sign-in-change.{person.key}.{office.ids.salt()[:8]}",
            to=(person.name, person.email),
            subject="Your sign-in was changed",
            lines=(
                _CHANGED[str(payload["change"])],
                "If that was not you, call an administrator now.",
            ),
            link=None,
        )
    )
