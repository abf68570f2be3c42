"""Who signs for a legal entity: everybody whom the form names for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.vocabulary import EntityRole, SignedDocument
from docgen.errors import Refused

if TYPE_CHECKING:
    from docgen.domain.enrollment import Enrollment
    from docgen.domain.enrollment.entity import LegalEntity
    from docgen.domain.enrollment.person import Contact


def signatories_of(
    record: Enrollment, entity: LegalEntity, document: SignedDocument
) -> list[Contact]:
    """List who signs a document for an entity, in the form's order.

    Raises:
        Refused: nobody does, or two do who cannot be asked apart.
    """
    people = {one.contact_id: one for one in record.contacts}
    accepted = [document]
    if entity.role is EntityRole.JOINING_PARTY:
        accepted.append(SignedDocument.JOINDER)
    for paper in accepted:
        named = [
            item.contact_id
            for item in record.signatories
            if entity.entity_id in item.for_entity_ids and paper in item.signs
        ]
        if named:
            return _apart([people[key] for key in dict.fromkeys(named)])
    raise Refused(
        f"Nobody is named to sign the {document.upper()} for one of the legal entities. "
        "Add a signatory to the enrollment."
    )


def _apart(people: list[Contact]) -> list[Contact]:
    """Return the people, each of whom can be asked alone: a link and a code reach one address."""
    if len({one.email.casefold() for one in people}) < len(people):
        raise Refused(
            "Two people who sign for one legal entity share an e-mail address. Give each an "
            "address of their own in the enrollment."
        )
    return people
