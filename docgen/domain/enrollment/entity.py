"""Legal entities: who is bound by the agreements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from docgen.domain.enrollment import forms
from docgen.domain.enrollment.address import Address
from docgen.domain.enrollment.fields import (
    choice,
    choice_or,
    day,
    flag,
    formed,
    line,
    named,
    part,
    reference,
)
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import (
    AuthorityBasis,
    EntityRole,
    EntityType,
    HipaaStatus,
    Ownership,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

GOVERNMENT_TYPES = frozenset(
    {
        EntityType.GOVERNMENT_FEDERAL,
        EntityType.GOVERNMENT_STATE,
        EntityType.GOVERNMENT_LOCAL,
        EntityType.PUBLIC_UNIVERSITY,
        EntityType.TRIBAL,
        EntityType.HOSPITAL_DISTRICT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounselCopy:
    """Counsel who receives a copy of each formal notice."""

    name: str = named("counsel's name", need=Stage.SIGN)
    email: str = formed("counsel's e-mail address", forms.EMAIL, need=Stage.SIGN)
    address: Address = part(Address, "counsel's address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Where formal notices go; a post office box is allowed here."""

    attention: str = named("person or office for notices", need=Stage.SIGN)
    title: str = line("title for notices")
    address: Address = part(Address, "address for notices", need=Stage.SIGN)
    email: str = formed("e-mail address for notices", forms.EMAIL, need=Stage.SIGN)
    cc_counsel: CounselCopy = part(CounselCopy, "copy to counsel")


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernmentTerms:
    """What a public body cannot give up; drives the government rider."""

    sovereign_immunity: bool = flag("sovereign immunity is kept")
    public_records_law: str = line("public records law", high=200, need=Stage.SIGN)
    no_indemnity: bool = flag("the entity cannot indemnify")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalEntity:
    """One legal entity, named exactly as it was formed."""

    entity_id: str = formed("id", forms.SLUG, need=Stage.SIGN)
    legal_name: str = named("legal name", low=2, high=200, need=Stage.SIGN)
    entity_type: EntityType | None = choice(EntityType, "kind of entity", need=Stage.SIGN)
    state_of_formation: str = formed("state of formation", forms.STATE)
    agency_of: str = line("government it belongs to", high=120)
    ein: str = formed("EIN", forms.EIN)
    npi: str = formed("NPI", forms.NPI)
    principal_address: Address = part(Address, "principal address", need=Stage.SIGN)
    mailing_address: Address = part(Address, "mailing address", printed=False)
    notice: Notice = part(Notice, "notices")
    role: EntityRole | None = choice(EntityRole, "role in the agreement", need=Stage.SIGN)
    parent_entity_id: str = reference("parent entity", forms.SLUG, "entity")
    ownership_relation: Ownership | None = choice(Ownership, "relation to the contracting party")
    hipaa_status: HipaaStatus | None = choice(HipaaStatus, "HIPAA status", need=Stage.SIGN)
    hipaa_reason: str = line("reason it is not a covered entity", high=200)
    ace_or_hybrid_name: str = named("affiliated covered entity or hybrid entity", high=200)
    government_terms: GovernmentTerms = part(GovernmentTerms, "government terms")
    authority_basis: AuthorityBasis = choice_or(AuthorityBasis.OWN, "authority")
    authority_document: str = line("document that gives the parent authority", high=200)
    effective_from: date | None = day("first day", printed=False)
    effective_to: date | None = day("last day", printed=False)

    @property
    def is_government(self) -> bool:
        """Say whether the entity is a public body."""
        return self.entity_type in GOVERNMENT_TYPES

    @property
    def is_federal(self) -> bool:
        """Say whether the entity is an agency of the United States."""
        return self.entity_type is EntityType.GOVERNMENT_FEDERAL


def nobody_covered(entities: Iterable[LegalEntity], party_id: str) -> bool:
    """Say whether no entity bound by this party's agreements is covered; the unsaid counts as one.

    A parent is not bound, and the party of another agreement is none of this one's.
    """
    bound = [
        one
        for one in entities
        if one.entity_id == party_id
        or one.role not in {EntityRole.PARENT, EntityRole.CONTRACTING_PARTY}
    ]
    return bool(bound) and all(one.hipaa_status is HipaaStatus.NOT_COVERED for one in bound)
