"""Ids are unique, lead somewhere, and parents do not form a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import ContractingModel, EntityRole

if TYPE_CHECKING:
    from docgen.domain.enrollment.rules.context import Context

_LISTS = {
    "entity": ("legal_entities", "entity_id"),
    "facility": ("facilities", "facility_id"),
    "contact": ("contacts", "contact_id"),
}
_WORDS = {"entity": "legal entity", "facility": "facility", "contact": "contact"}
_NEEDS_ACTIVE = frozenset({"signatories", "reviewers", "workflow"})


def check_unique_ids(context: Context) -> None:
    """Refuse an id that an earlier item of the same list already has."""
    for kind, (field, id_field) in _LISTS.items():
        seen: set[str] = set()
        for index, one in enumerate(getattr(context.record, field)):
            value = getattr(one, id_field)
            if value and value in seen:
                context.refuse(
                    Rule.UNIQUE,
                    f"give this {_WORDS[kind]} an id of its own",
                    field,
                    index,
                    id_field,
                )
            seen.add(value)


def check_references(context: Context) -> None:
    """Refuse an id that leads nowhere, or to a contact who left."""
    known = {
        kind: {getattr(one, id_field) for one in getattr(context.record, field)}
        for kind, (field, id_field) in _LISTS.items()
    }
    gone = {one.contact_id for one in context.record.contacts if not one.active}
    readable = {kind for kind in _LISTS if _list_readable(context, kind)}
    for leaf, kind, value in context.references():
        if not value or kind not in readable:
            continue
        if value not in known[kind]:
            context.refuse(
                Rule.REFS, f"name a {_WORDS[kind]} that stands in this enrollment", *leaf.steps
            )
        elif kind == "contact" and value in gone and leaf.steps[0] in _NEEDS_ACTIVE:
            context.refuse(
                Rule.REFS, "name somebody else; this contact is marked as gone", *leaf.steps
            )


def _list_readable(context: Context, kind: str) -> bool:
    """Say whether all ids of the list were read; else one mistake would be reported twice."""
    field, id_field = _LISTS[kind]
    items = getattr(context.record, field)
    return context.readable(field) and all(
        context.readable(field, index, id_field) for index in range(len(items))
    )


def check_parents(context: Context) -> None:
    """Refuse a legal entity that is, over any number of steps, its own parent."""
    parents = {one.entity_id: one.parent_entity_id for one in context.record.legal_entities}
    for index, entity in enumerate(context.record.legal_entities):
        seen: set[str] = set()
        current = entity.parent_entity_id
        while current and current not in seen and current != entity.entity_id:
            seen.add(current)
            current = parents.get(current, "")
        if current and current == entity.entity_id:
            context.refuse(
                Rule.REFS,
                "correct the parent; these entities are each other's parents in a circle",
                "legal_entities",
                index,
                "parent_entity_id",
            )


def check_contracting_party(context: Context) -> None:
    """Ask for one contracting party, or for several only with separate agreements."""
    entities = context.record.legal_entities
    if not entities:
        return
    parties = [
        index for index, one in enumerate(entities) if one.role is EntityRole.CONTRACTING_PARTY
    ]
    separate = context.record.practice.contracting_model is ContractingModel.SEPARATE_AGREEMENTS
    if not parties:
        unclear = any(one.role is None for one in entities)
        if not unclear:
            context.lack(
                Rule.REFS, Stage.SIGN, "mark one of them as the contracting party", "legal_entities"
            )
    for index in () if separate else parties[1:]:
        context.refuse(
            Rule.REFS,
            "keep one contracting party, or choose separate agreements as the contracting model",
            "legal_entities",
            index,
            "role",
        )


REFERENCE_RULES = (check_unique_ids, check_references, check_parents, check_contracting_party)
