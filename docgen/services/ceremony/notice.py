"""Tell the coordinators by letter what a signer said: declined, asked for paper, somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.person import Role
from docgen.services.letter import letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.ceremony import Ceremony, CeremonySigner
    from docgen.services.office import Office

DECLINED, PAPER, OTHER_PERSON = "declined", "paper", "other_person"
ASKED = "asked_to_reassign"
_NEXT = {
    DECLINED: "declined the packet. Nothing more can be signed in it.",
    PAPER: "asked to sign on paper. The online packet is closed; please send paper.",
    OTHER_PERSON: "says that somebody else signs. Check with the organization before you reassign.",
    ASKED: "names somebody who signs instead. Confirm or refuse this on the packet's page.",
}


def ask_notice(  # who said what, and which time
    office: Office,
    ceremony: Ceremony,
    signer: CeremonySigner,
    kind: str,
    *,
    words: str = "",
    number: int = 0,
) -> None:
    """Ask for one letter to each coordinator, inside the current transaction.

    What is said again in other words has a `number`, and a letter of its own.
    """
    notice = f"{kind}_{number}" if number else kind
    for person in office.ledger.people.list():
        if Role.COORDINATOR in person.roles:
            office.ask(
                f"notice:{ceremony.envelope_id}:{notice}:{signer.key}:{person.key}",
                "notice",
                envelope_id=ceremony.envelope_id,
                signer=signer.key,
                person=person.key,
                notice=kind,
                words=words,
                number=number,
            )


def send_notice(office: Office, payload: Mapping[str, object]) -> None:
    """Mail one notice to one coordinator."""
    ceremony = office.ledger.ceremonies.get(str(payload["envelope_id"]))
    signer = ceremony.signer(str(payload["signer"]))
    person = office.ledger.people.get(str(payload["person"]))
    kind, words = str(payload["notice"]), str(payload["words"])
    number = payload.get("number", 0)
    nth = f"{kind}_{number}" if number else kind
    said = (f"In their own words: {' '.join(words.split())}",) if words else ()
    office.mailer.send(
        letter(
            office,
            key=f"notice.{ceremony.envelope_id}.{nth}.{signer.key}.{person.key}",
            to=(person.name, person.email),
            subject=f"{ceremony.practice}: a signer needs you",
            lines=(
                f"{signer.name}, asked to sign for {signer.organization}, {_NEXT[kind]}",
                *said,
                f"Packet {ceremony.subject}: {ceremony.title}.",
            ),
            link=None,
        )
    )
