"""Try a neighbour out: whether letters leave, time is stamped, the signing service answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.domain.person import Role
from docgen.domain.timestamp import time_stamp_request
from docgen.errors import ConfigurationError, DocgenError
from docgen.services.letter import letter

if TYPE_CHECKING:
    from docgen.domain.person import Person
    from docgen.services.office import Office


ASKED = (
    "You asked for this letter on the settings page. That it reached you shows that letters leave "
    "this site. There is nothing to do."
)


class Neighbor(StrEnum):
    """What a site talks to and can try out at any time."""

    MAIL = "mail"
    TIME = "time"
    SIGNING = "signing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it, in a sentence for whoever keeps the settings."""

    works: bool
    words: str


def try_out(office: Office, neighbor: Neighbor, person: Person) -> Trial:
    """Ask a neighbour for something harmless, and say exactly what is wrong if that fails.

    A letter goes to the person who tries; a time stamp is asked for and thrown away; the signing
    service is asked for an envelope that does not exist. Nothing is stored but the history's note.

    Raises:
        NotAllowed: only an administrator may.
    """
    person.require(Role.ADMINISTRATOR)
    try:
        trial = Trial(works=True, words=_TRIED[neighbor](office, person))
    except (DocgenError, ConfigurationError) as error:
        trial = Trial(works=False, words=str(error))
    with office.ledger.transaction():
        office.note(
            f"user:{person.key}",
            "neighbor.tried",
            f"user:{person.key}",
            neighbor=neighbor.value,
            works=trial.works,
        )
    return trial


def _mail(office: Office, person: Person) -> str:
    office.mailer.send(
        letter(
            office,
            key=f"trial-{office.ids.new('trial')}",
            to=(person.name, person.email),
            subject="A letter to try out the mail settings",
            lines=(ASKED,),
            link=None,
        )
    )
    if office.mailer.key == "outbox":
        return "The letter was written into the outbox folder on the server; none leaves it."
    return "The mail server took a letter to your own address. Look whether it arrives."


def _time(office: Office, _: Person) -> str:
    office.stamper.respond(time_stamp_request(b"trial"))
    return "The time stamping authority answered with a time stamp."


def _signing(office: Office, _: Person) -> str:
    office.service(office.rules.service).find(f"trial-{office.ids.new('trial')}")
    return "The signing service answered."


_TRIED = {Neighbor.MAIL: _mail, Neighbor.TIME: _time, Neighbor.SIGNING: _signing}
