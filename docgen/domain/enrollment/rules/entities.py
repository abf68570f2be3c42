"""What a legal entity of each kind must and must not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.kinds import is_blank
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import (
    AuthorityBasis,
    EntityRole,
    EntityType,
    HipaaStatus,
)

if TYPE_CHECKING:
    from docgen.domain.enrollment.entity import LegalEntity
    from docgen.domain.enrollment.rules.context import Context

_FIELD = "legal_entities"
_NEVER_FORMED = frozenset({EntityType.SOLE_PROPRIETORSHIP, EntityType.GOVERNMENT_FEDERAL})
_FORMATION_OPEN = _NEVER_FORMED | {
    EntityType.GENERAL_PARTNERSHIP,
    EntityType.GOVERNMENT_STATE,
    EntityType.GOVERNMENT_LOCAL,
    EntityType.TRIBAL,
}
_NAMED_GROUP = frozenset({HipaaStatus.ACE_MEMBER, HipaaStatus.HYBRID_COMPONENT})
_BOUND = frozenset({EntityRole.CONTRACTING_PARTY, EntityRole.JOINING_PARTY})


def check_entities(context: Context) -> None:
    """Check each legal entity for what its kind, HIPAA status and authority call for."""
    for index, entity in enumerate(context.record.legal_entities):
        _check_formation(context, index, entity)
        _check_ein(context, index, entity)
        _check_hipaa(context, index, entity)
        _check_authority(context, index, entity)
        _check_public_body(context, index, entity)


def _check_formation(context: Context, index: int, entity: LegalEntity) -> None:
    kind, state = entity.entity_type, entity.state_of_formation
    if kind in _NEVER_FORMED and state:
        context.refuse(
            Rule.ENTITY_STATE,
            "leave this empty; an entity of this kind is not formed under a state's law",
            _FIELD,
            index,
            "state_of_formation",
        )
    if kind is not None and kind not in _FORMATION_OPEN and not state:
        context.lack(
            Rule.ENTITY_STATE,
            Stage.SIGN,
            "name the state under whose law the entity was formed",
            _FIELD,
            index,
            "state_of_formation",
        )


def _check_ein(context: Context, index: int, entity: LegalEntity) -> None:
    if not context.readable(_FIELD, index, "ein") or entity.entity_type is None:
        return
    sole = entity.entity_type is EntityType.SOLE_PROPRIETORSHIP
    if not entity.ein and not sole:
        context.doubt(Rule.EIN, "add the EIN if there is one", _FIELD, index, "ein")
    if entity.ein and sole:
        context.doubt(
            Rule.EIN,
            "make sure this is an EIN and not a Social Security number",
            _FIELD,
            index,
            "ein",
        )


def _check_hipaa(context: Context, index: int, entity: LegalEntity) -> None:
    if entity.hipaa_status in _NAMED_GROUP and not entity.ace_or_hybrid_name:
        context.lack(
            Rule.REQUIRED,
            Stage.SIGN,
            "name the affiliated covered entity or the hybrid entity it belongs to",
            _FIELD,
            index,
            "ace_or_hybrid_name",
        )
    if entity.hipaa_status is HipaaStatus.NOT_COVERED and not entity.hipaa_reason:
        context.lack(
            Rule.REQUIRED,
            Stage.SIGN,
            "say why it is not a covered entity",
            _FIELD,
            index,
            "hipaa_reason",
        )


def _check_authority(context: Context, index: int, entity: LegalEntity) -> None:
    if entity.role in _BOUND and is_blank(entity.notice):
        context.lack(
            Rule.REQUIRED,
            Stage.SIGN,
            "say where formal notices to this entity go",
            _FIELD,
            index,
            "notice",
        )
    if entity.authority_basis is not AuthorityBasis.PARENT_ON_BEHALF:
        return
    for field, sentence in (
        ("authority_document", "name the document that lets the parent sign"),
        ("parent_entity_id", "name the parent that signs"),
    ):
        if not getattr(entity, field):
            context.lack(Rule.REQUIRED, Stage.SIGN, sentence, _FIELD, index, field)


def _check_public_body(context: Context, index: int, entity: LegalEntity) -> None:
    stated = not is_blank(entity.government_terms)
    if entity.is_government and entity.role in _BOUND and not stated:
        context.lack(
            Rule.REQUIRED,
            Stage.SIGN,
            "say which terms a public body must keep",
            _FIELD,
            index,
            "government_terms",
        )
    if stated and entity.is_government and entity.role in _BOUND:
        _check_indemnity(context, index, entity)
    if entity.entity_type is not None and not entity.is_government and stated:
        context.refuse(
            Rule.ENTITY_STATE,
            "leave this empty; only a public body has government terms",
            _FIELD,
            index,
            "government_terms",
        )


def _check_indemnity(context: Context, index: int, entity: LegalEntity) -> None:
    """Let no federal agency promise what no appropriation covers; have others looked at."""
    if entity.government_terms.no_indemnity:
        return
    place = (_FIELD, index, "government_terms", "no_indemnity")
    if entity.is_federal:
        context.lack(
            Rule.ENTITY_STATE,
            Stage.SIGN,
            "tick this; a federal agency may promise no sum that Congress has not appropriated "
            "(31 U.S.C. 1341), so it indemnifies nobody",
            *place,
        )
    else:
        context.doubt(
            Rule.ENTITY_STATE,
            "ask its counsel; many constitutions and statutes forbid a public body to indemnify, "
            "and the agreement holds an indemnity unless this is ticked",
            *place,
        )


ENTITY_RULES = (check_entities,)
