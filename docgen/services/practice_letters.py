"""Letters about a practice's own form: its link, its codes, and word to the coordinators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.services.ceremony.secret import link_token, one_time_code
from docgen.services.letter import letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.form_guest import FormGuest
    from docgen.services.office import Office

FORM = "form"  # what the link's token is for, where a signing link names its signer
LINK_LETTER, CODE_LETTER, TOLD_LETTER = "form_link", "form_code", "form_submitted"
_KEPT = (
    "With this link you fill in your practice’s enrollment form. You can stop and come back at "
    "any time; each page you save is kept."
)
_CARE = (
    "Please put no patient data into the form. If you did not expect this letter, leave it; "
    "nothing happens."
)
_LINK_LINES = (_KEPT, _CARE)


def send_form_link(office: Office, payload: Mapping[str, object]) -> None:
    """Mail one link; one that a newer link replaced, or that was withdrawn, is dropped."""
    guest = office.ledger.form_guests.get(str(payload["guest"]))
    if guest.link_number != payload["number"] or guest.revoked_at is not None:
        return
    until = f"{guest.link_until:%B} {guest.link_until.day}, {guest.link_until.year}"
    office.mailer.send(
        letter(
            office,
            key=f"form-link.{guest.id}.{payload['letter']}",
            to=(guest.known_name, guest.email),
            subject="Your practice’s enrollment form",
            lines=(
                *_LINK_LINES,
                f"The link works until {until}. Each time, a code is mailed to this address.",
            ),
            link=(
                "Open the enrollment form",
                f"{office.rules.base_url}/practice/link/{token_of(office, guest)}",
            ),
        )
    )


def token_of(office: Office, guest: FormGuest) -> str:
    """Derive the valid link's token."""
    return link_token(office.rules.link_secret, guest.id, FORM, guest.link_number)


def send_form_code(office: Office, payload: Mapping[str, object]) -> None:
    """Mail one code; an outdated one is dropped."""
    guest = office.ledger.form_guests.get(str(payload["guest"]))
    if guest.code_number != payload["number"] or not guest.may_come(office.clock.now()):
        return
    minutes = int(office.rules.code_period.total_seconds() // 60)
    office.mailer.send(
        letter(
            office,
            key=f"form-code.{guest.id}.{guest.code_number}",
            to=(guest.known_name, guest.email),
            subject="Your code for the enrollment form",
            lines=(
                f"Your code is {code_of(office, guest)}",
                f"It works once, for {minutes} minutes, and opens your practice’s form.",
                "Nobody from the program will ask you for it.",
            ),
            link=None,
        )
    )


def code_of(office: Office, guest: FormGuest) -> str:
    """Derive the valid code; the colon keeps it apart from every signer's."""
    return one_time_code(office.rules.link_secret, guest.id, f"{FORM}:code", guest.code_number)


def send_form_submitted(office: Office, payload: Mapping[str, object]) -> None:
    """Tell one coordinator that a practice handed its form in."""
    person = office.ledger.people.get(str(payload["person"]))
    enrollment_id = str(payload["enrollment"])
    version = office.ledger.enrollments.get(enrollment_id, int(str(payload["version"])))
    office.mailer.send(
        letter(
            office,
            key=f"form-submitted.{enrollment_id}.{version.version}.{person.key}",
            to=(person.name, person.email),
            subject=f"{version.practice}: enrollment form submitted",
            lines=(
                f"{version.practice} submitted its enrollment form (version {version.version}).",
                "Please look it through and accept it, so that the agreements can be generated.",
            ),
            link=(
                "Open the enrollment",
                f"{office.rules.base_url}/desk/enrollments/{enrollment_id}",
            ),
        )
    )
