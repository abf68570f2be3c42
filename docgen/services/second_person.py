"""The second of two people: whoever agrees must be somebody else than whoever proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection

    from docgen.domain.person import Person, Role
    from docgen.services.office import Office


def refuse_one_person(
    office: Office, proposer: str, person: Person, roles: Collection[Role], *, same: str, gone: str
) -> None:
    """Check that two people decide, by their names here and by their mailboxes.

    `same` is what one person alone is told, `gone` where the first of the two may no longer do it.

    Raises:
        NotAllowed: it is one person, or the one who proposed it no longer holds the role.
    """
    try:
        first = office.ledger.people.get(proposer)
    except NotFound as error:
        raise NotAllowed("Whoever proposed it is not known here any more; propose anew.") from error
    if first.key == person.key or first.email.casefold() == person.email.casefold():
        raise NotAllowed(same)
    if not first.is_active or not first.roles & set(roles):
        raise NotAllowed(gone)
