"""Invite people to sign, and mail them their one-time codes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.merge.words import spoken_phone
from docgen.domain.signing import service_name
from docgen.services.ceremony.secret import link_token, one_time_code
from docgen.services.letter import letter
from docgen.services.replaced import replaced_since

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from docgen.domain.ceremony import Ceremony, CeremonySigner
    from docgen.ports.mailer import Mail
    from docgen.services.office import Office


def invite_turn(office: Office, ceremony: Ceremony) -> None:
    """Ask for an invitation to everyone whose turn it is, inside the current transaction."""
    for signer in ceremony.turn:
        ask_invitation(office, ceremony, signer)


def ask_invitation(office: Office, ceremony: Ceremony, signer: CeremonySigner) -> None:
    """Ask for one invitation with the signer's current link."""
    office.ask(
        f"invite:{ceremony.envelope_id}:{signer.key}:{signer.link_number}",
        "invite",
        envelope_id=ceremony.envelope_id,
        signer=signer.key,
        link_number=signer.link_number,
    )


def signing_link(office: Office, ceremony: Ceremony, signer: CeremonySigner) -> str:
    """Give the signer's current link; it is only ever put into their mail."""
    token = link_token(
        office.rules.link_secret, ceremony.envelope_id, signer.key, signer.link_number
    )
    return f"{office.rules.base_url}/sign/{token}"


def last_day(office: Office, ceremony: Ceremony) -> str:
    """Say until which day can be signed, as the pages do: by the PSO's clock."""
    return _day(office, ceremony.expires_at)


def _day(office: Office, moment: datetime) -> str:
    day = office.day_of(moment)
    return f"{day:%B} {day.day}, {day.year}"


def send_invitation(office: Office, payload: Mapping[str, object]) -> None:
    """Mail one invitation; an outdated or ended one is dropped."""
    ceremony = office.ledger.ceremonies.get(str(payload["envelope_id"]))
    signer = ceremony.signer(str(payload["signer"]))
    if ceremony.ended or signer.done or signer.link_number != payload["link_number"]:
        return
    until = last_day(office, ceremony)
    lines = (
        f"{ceremony.practice}: ready for your signature: {ceremony.title}.",
        *_replaced_words(office, ceremony, signer),
        "Documents: " + "; ".join(item.title for item in ceremony.documents) + ".",
        f"There is no fee. Please sign by {until}.",
        *_place_words(ceremony),
        _code_words(office, signer),
        "If you are not the person who signs, open the link and say so there; nothing is signed.",
    )
    mail = letter(
        office,
        key=f"invite.{ceremony.envelope_id}.{signer.key}.{signer.link_number}",
        to=(signer.known_name, signer.email),
        subject=f"Please sign: {ceremony.title}",
        lines=lines,
        link=("Open the documents", signing_link(office, ceremony, signer)),
    )
    _send(office, ceremony, signer, mail, "signer.invited")


def _place_words(ceremony: Ceremony) -> tuple[str, ...]:
    """Say where it is signed when that is not here."""
    if not ceremony.outside:
        return ()
    name = service_name(ceremony.outside)
    return (f"You sign at {name}: the link opens our site, which leads you there.",)


def _replaced_words(office: Office, ceremony: Ceremony, signer: CeremonySigner) -> tuple[str, ...]:
    """Say which letter no longer counts, to whoever holds one."""
    before = replaced_since(office, ceremony, signer)
    if before is None:
        return ()
    words = (
        f"This takes the place of what we sent you on {_day(office, before)}, which was corrected "
        "and can no longer be signed. Nothing that you filled in is lost."
    )
    return (words,)


def _code_words(office: Office, signer: CeremonySigner) -> str:
    if not signer.by_telephone:
        return "You will be asked for a one-time code, which we mail to this address."
    pso = office.pso_settings
    return (
        "You will be asked for a code, which we read out to you by telephone: call the "
        f"coordinator at {pso.short_name}, {spoken_phone(pso.phone)}."
    )


def send_code(office: Office, payload: Mapping[str, object]) -> None:
    """Mail one code, before the envelope's end to sign and after it for copies; drop old ones."""
    ceremony = office.ledger.ceremonies.get(str(payload["envelope_id"]))
    signer = ceremony.signer(str(payload["signer"]))
    if signer.code_number != payload["code_number"]:
        return
    code = one_time_code(
        office.rules.link_secret, ceremony.envelope_id, signer.key, signer.code_number
    )
    minutes = int(office.rules.code_period.total_seconds() // 60)
    mail = letter(
        office,
        key=f"code.{ceremony.envelope_id}.{signer.key}.{signer.code_number}",
        to=(signer.known_name, signer.email),
        subject="Your one-time code",
        lines=(
            f"Your code is {code}",
            f"It works once, for {minutes} minutes. Nobody from the program will ask you for it.",
        ),
        link=None,
    )
    _send(office, ceremony, signer, mail, "signer.code_sent")


def _send(
    office: Office, ceremony: Ceremony, signer: CeremonySigner, mail: Mail, kind: str
) -> None:
    office.mailer.send(mail)
    with office.ledger.transaction():
        current = office.ledger.ceremonies.locked(ceremony.envelope_id)
        now = office.clock.now()
        if kind == "signer.invited":
            changed = replace(current.signer(signer.key), invited_at=now)
            office.ledger.ceremonies.save(current.with_signer(changed))
        office.note(ceremony.subject, kind, "system", recipient=signer.key, address=signer.email)
