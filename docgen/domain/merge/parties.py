"""Who is bound: legal entities as agreements describe them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.places import STATES, state_name
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import (
    AuthorityBasis,
    EntityRole,
    EntityType,
    HipaaStatus,
)
from docgen.domain.merge.phrases import ENTITY_ROLE, ENTITY_TYPE, HIPAA_STATUS, OWNERSHIP, said
from docgen.domain.merge.words import listed, one_line, with_article
from docgen.errors import EnrollmentInvalid, Problem

if TYPE_CHECKING:
    from docgen.domain.enrollment.entity import LegalEntity
    from docgen.domain.enrollment.record import Enrollment

_PARTIES = frozenset({EntityRole.CONTRACTING_PARTY, EntityRole.JOINING_PARTY})


def contracting_party(record: Enrollment, entity_id: str = "") -> LegalEntity:
    """Return the entity that signs first; with separate agreements the id says which one.

    Raise EnrollmentInvalid if the record names no such party yet.
    """
    for entity in record.legal_entities:
        if entity.role is EntityRole.CONTRACTING_PARTY and entity_id in {"", entity.entity_id}:
            return entity
    problem = Problem(
        path="legal_entities",
        rule="val.refs",
        message=f"Legal entities: mark the contracting party before {Stage.SIGN.before}.",
    )
    raise EnrollmentInvalid((problem,))


def relevant_entities(record: Enrollment, party: LegalEntity) -> tuple[LegalEntity, ...]:
    """Return the party first, then every entity that is not the party of another agreement."""
    others = (
        one
        for one in record.legal_entities
        if one is not party and one.role is not EntityRole.CONTRACTING_PARTY
    )
    return (party, *others)


def description(entity: LegalEntity) -> str:
    """Describe an entity for a preamble: name, then what it is."""
    kind = legal_form(entity.entity_type, entity.state_of_formation)
    if entity.is_government:
        kind = _public_body(entity)
    elif entity.entity_type is EntityType.SOLE_PROPRIETORSHIP:
        kind = "a sole proprietor"
    return ", ".join(piece for piece in (entity.legal_name, kind) if piece)


def legal_form(kind: EntityType | None, state: str) -> str:
    """Write "a Texas professional limited liability company"."""
    form = said(ENTITY_TYPE, kind)
    return with_article(f"{state_name(state).removeprefix('the ')} {form}".strip()) if form else ""


def _public_body(entity: LegalEntity) -> str:
    state = STATES.get(entity.state_of_formation or entity.principal_address.state)
    home = entity.agency_of or (state.formal_name if state else "")
    match entity.entity_type:
        case EntityType.GOVERNMENT_FEDERAL:
            return f"an agency of {entity.agency_of or 'the United States of America'}"
        case EntityType.PUBLIC_UNIVERSITY:
            return f"a public university and an agency of {home}"
        case EntityType.HOSPITAL_DISTRICT:
            return f"a hospital district and a political subdivision of {home}"
        case EntityType.TRIBAL:
            tribe = entity.agency_of
            return f"an agency of {tribe}" if tribe else "an agency of a federally recognized tribe"
        case EntityType.GOVERNMENT_LOCAL if not entity.agency_of:
            return f"an agency of a political subdivision of {home}"
        case _:
            return f"an agency of {home}"


def hipaa_status(entity: LegalEntity) -> str:
    """Write the HIPAA status with the group or the reason that belongs to it."""
    text = said(HIPAA_STATUS, entity.hipaa_status)
    extra = entity.ace_or_hybrid_name
    if entity.hipaa_status is HipaaStatus.NOT_COVERED:
        extra = entity.hipaa_reason
    return f"{text} ({extra})" if text and extra else text


def entity_fields(entity: LegalEntity, record: Enrollment) -> dict[str, object]:
    """Return the merge fields of one row of `entities`."""
    return {
        "legal_name": entity.legal_name,
        "description": description(entity),
        "role_text": said(ENTITY_ROLE, entity.role),
        "principal_address": one_line(entity.principal_address),
        "relation_text": _relation(entity, record),
        "hipaa_status_text": hipaa_status(entity),
        "ein_text": entity.ein,
        "npi": entity.npi,
    }


def _relation(entity: LegalEntity, record: Enrollment) -> str:
    if entity.role is EntityRole.CONTRACTING_PARTY:
        return "Practice"
    parent = next(
        (
            one.legal_name
            for one in record.legal_entities
            if entity.parent_entity_id and one.entity_id == entity.parent_entity_id
        ),
        "",
    )
    pieces = (said(OWNERSHIP, entity.ownership_relation), f"parent: {parent}" if parent else "")
    return "; ".join(piece for piece in pieces if piece)


def party_fields(party: LegalEntity, record: Enrollment) -> dict[str, object]:
    """Return the merge fields of `party`."""
    parent = next(
        (
            one.legal_name
            for one in record.legal_entities
            if one.entity_id == party.parent_entity_id
        ),
        "",
    )
    authority = "its own authority"
    if party.authority_basis is AuthorityBasis.PARENT_ON_BEHALF:
        authority = f"the authority of {parent} under {party.authority_document}"
    return {
        "legal_name": party.legal_name,
        "description": description(party),
        "principal_address": one_line(party.principal_address),
        "hipaa_status_text": hipaa_status(party),
        "authority_text": authority,
        "is_government": party.is_government,
    }


def covered_entities_text(entities: tuple[LegalEntity, ...]) -> str:
    """List the covered entities: "A", "A and B", or "A; B; and C"."""
    names = [
        one.legal_name
        for one in entities
        if one.hipaa_status is not HipaaStatus.NOT_COVERED and one.role is not EntityRole.PARENT
    ]
    pair = 2
    return listed(names, comma=";" if len(names) > pair else ",")


def notice_fields(party: LegalEntity) -> dict[str, object]:
    """Return the merge fields of `notice`."""
    notice = party.notice
    return {
        "attention": notice.attention,
        "title": notice.title,
        "legal_name": party.legal_name,
        "address": one_line(notice.address),
        "email": notice.email,
        "counsel_name": notice.cc_counsel.name,
        "counsel_email": notice.cc_counsel.email,
        "counsel_address": one_line(notice.cc_counsel.address),
    }


def government_fields(entities: tuple[LegalEntity, ...]) -> dict[str, object]:
    """Return the merge fields of `government`, of every public body together.

    An agency of the United States neither waives immunity nor indemnifies by contract, whatever its
    form says (31 U.S.C. 1341).
    """
    public = [one.government_terms for one in entities if one.is_government]
    federal = any(one.is_federal for one in entities)
    return {
        "sovereign_immunity": federal or any(one.sovereign_immunity for one in public),
        "public_records_law": listed(dict.fromkeys(one.public_records_law for one in public)),
        "no_indemnity": federal or any(one.no_indemnity for one in public),
    }
