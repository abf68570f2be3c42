"""Adopt a template: the PSO's named person takes this exact digest into use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.person import Adoption, Role
from docgen.errors import Refused
from docgen.render.coverage import check_coverage
from docgen.render.manifest import load_template

if TYPE_CHECKING:
    from docgen.domain.person import Person
    from docgen.services.office import Office


def adopt(
    office: Office, slug: str, version: str, person: Person, how: str, *, seen: str = ""
) -> Adoption:
    """Record the adoption of one template version as it stands now.

    `seen` is the digest of the text that the person was shown, where one was.

    Raises:
        TemplateInvalid: the template does not compile or leaves a requirement uncovered.
        NotAllowed: the person is not a legal approver.
        Refused: this digest was adopted already, or the text is not the one that was shown.
    """
    person.require(Role.LEGAL_APPROVER)
    template = load_template(office.templates, slug, version)
    if seen and seen != template.digest:
        raise Refused("The text was changed since this page was opened; open it and read it again.")
    check_coverage(template, office.templates)
    with office.ledger.transaction():
        if office.ledger.people.adoption(template.digest) is not None:
            raise Refused("This template digest is adopted already.")
        adoption = Adoption(
            slug=slug,
            version=version,
            digest=template.digest,
            person=person.key,
            authentication=how,
            at=office.clock.now(),
        )
        office.ledger.people.add_adoption(adoption)
        office.note(
            f"template:{slug}:{version}",
            "template.adopted",
            f"user:{person.key}",
            digest=template.digest,
            authentication=how,
        )
    return adoption
