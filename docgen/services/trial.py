"""Try a neighbour out: mail, time stamps, a signing service, the archive."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.domain.canonical import digest_of
from docgen.domain.person import Role
from docgen.domain.timestamp import time_stamp_request
from docgen.errors import ConfigurationError, DocgenError, StorageError
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
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it, in a sentence for whoever keeps the settings."""

    works: bool
    words: str


def try_out(office: Office, neighbor: Neighbor, person: Person, service: str = "") -> Trial:
    """Ask a neighbour for something harmless, and say exactly what is wrong if that fails.

    A letter goes to the person who tries; a time stamp is asked for and thrown away; a signing
    service, the site's own choice unless another is named, is asked for an envelope that does not
    exist; the archive's places are tried as a check of the site tries them. Nothing is stored but
    the history's note.

    Raises:
        NotAllowed: only an administrator may.
    """
    person.require(Role.ADMINISTRATOR)
    about = {"service": service or office.rules.service} if neighbor is Neighbor.SIGNING else {}
    try:
        trial = Trial(works=True, words=_ask(office, neighbor, person, **about))
    except (DocgenError, ConfigurationError) as error:
        trial = Trial(works=False, words=str(error))
    with office.ledger.transaction():
        office.note(
            f"user:{person.key}",
            "neighbor.tried",
            f"user:{person.key}",
            neighbor=neighbor.value,
            works=trial.works,
            **about,
        )
    return trial


def _ask(office: Office, neighbor: Neighbor, person: Person, service: str = "") -> str:
    match neighbor:
        case Neighbor.MAIL:
            return _mail(office, person)
        case Neighbor.TIME:
            return _time(office)
        case Neighbor.SIGNING:
            return _signing(office, service)
        case Neighbor.ARCHIVE:
            return _archive(office)


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


def _time(office: Office) -> str:
    office.stamper.respond(time_stamp_request(b"trial"))
    return "The time stamping authority answered with a time stamp."


def _signing(office: Office, service: str) -> str:
    # A key as every envelope's is: services take parts of it for ids of their own.
    office.service(service).find(digest_of(["trial", office.ids.new("trial")]))
    return "The signing service answered."


def _archive(office: Office) -> str:
    faults = office.archive.faults()
    if faults:
        raise StorageError(f"The archive cannot be used as it is: {'; '.join(faults)}.")
    return "The archive answered, and takes what is filed there."
