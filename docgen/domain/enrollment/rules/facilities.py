"""Facilities: real sites with names of their own, run by an entity the agreement binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.address import Address
from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.identifiers import is_po_box
from docgen.domain.enrollment.places import zip_fits_state
from docgen.domain.enrollment.scripts import skeleton
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import (
    AuthorityBasis,
    ContractingModel,
    DataScope,
    EntityRole,
    FacilityStatus,
)

if TYPE_CHECKING:
    from docgen.domain.enrollment.entity import LegalEntity
    from docgen.domain.enrollment.rules.context import Context

_FIELD = "facilities"


def check_names(context: Context) -> None:
    """Refuse two facilities of one name; doubt two whose names look alike."""
    names: set[str] = set()
    shapes: set[str] = set()
    for index, facility in enumerate(context.record.facilities):
        name, shape = facility.name.casefold(), skeleton(facility.name)
        if name and name in names:
            context.refuse(
                Rule.UNIQUE,
                "give the facility a name of its own; another has the same, apart from capitals",
                _FIELD,
                index,
                "name",
            )
        elif name and shape in shapes:
            context.doubt(
                Rule.CONFUSABLE,
                "compare it with the other names; another facility's looks the same in print",
                _FIELD,
                index,
                "name",
            )
        names.add(name)
        shapes.add(shape)


def check_addresses(context: Context) -> None:
    """Refuse a post office box as a site; doubt a ZIP code from another state."""
    for index, facility in enumerate(context.record.facilities):
        for field in ("line1", "line2"):
            if is_po_box(getattr(facility.address, field)):
                context.refuse(
                    Rule.POBOX,
                    "give the street address; patients are not treated at a post office box",
                    _FIELD,
                    index,
                    "address",
                    field,
                )
    for leaf in context.leaves():
        address = leaf.value
        if not isinstance(address, Address) or not (address.state and address.postal_code):
            continue
        if not zip_fits_state(address.postal_code, address.state):
            context.doubt(
                Rule.ZIP,
                "compare the ZIP code with the state; it belongs to another one",
                *leaf.steps,
                "postal_code",
            )


def check_operators(context: Context) -> None:
    """Ask that each facility belongs to an entity the agreement binds."""
    by_id = {one.entity_id: one for one in context.record.legal_entities}
    model = context.record.practice.contracting_model
    for index, facility in enumerate(context.record.facilities):
        entity = by_id.get(facility.operated_by_entity_id)
        if entity is None or entity.role is None or _is_bound(entity, model):
            continue
        context.refuse(
            Rule.FACILITY_ENTITY,
            "name an entity that signs, joins or is signed for; this one would not be bound",
            _FIELD,
            index,
            "operated_by_entity_id",
        )


def _is_bound(entity: LegalEntity, model: ContractingModel | None) -> bool:
    if entity.role is not EntityRole.AFFILIATE:
        return True
    by_parent = entity.authority_basis is AuthorityBasis.PARENT_ON_BEHALF
    return by_parent or model is ContractingModel.SYSTEM_MASTER


def check_data_scope(context: Context) -> None:
    """Refuse isolated data under a shared agreement."""
    if context.record.practice.contracting_model in {None, ContractingModel.SEPARATE_AGREEMENTS}:
        return
    for index, facility in enumerate(context.record.facilities):
        if facility.data_scope is DataScope.ISOLATED:
            context.refuse(
                Rule.DATA_SCOPE,
                "choose aggregate, or separate agreements as the contracting model; isolated data "
                "need an agreement of their own",
                _FIELD,
                index,
                "data_scope",
            )


def check_status(context: Context) -> None:
    """Check that status and dates tell the same story, and that one site is not closed."""
    facilities = context.record.facilities
    if facilities and all(one.status is FacilityStatus.CLOSED for one in facilities):
        context.lack(Rule.DATES, Stage.SIGN, "list a facility that is not closed", _FIELD)
    for index, one in enumerate(facilities):
        if one.status is FacilityStatus.CLOSED and one.effective_to is None:
            context.lack(
                Rule.DATES,
                Stage.SUBMIT,
                "give the day the facility closed",
                _FIELD,
                index,
                "effective_to",
            )
        if one.effective_from and one.effective_to and one.effective_to <= one.effective_from:
            context.refuse(
                Rule.DATES, "give a last day after the first day", _FIELD, index, "effective_to"
            )
        if one.status is FacilityStatus.CLOSED and one.effective_to:
            if one.effective_to > context.today:
                context.refuse(
                    Rule.DATES,
                    "mark the facility as active until its last day has passed",
                    _FIELD,
                    index,
                    "status",
                )
        elif one.effective_to and one.effective_to <= context.today:
            context.doubt(
                Rule.DATES,
                "mark the facility as closed; its last day has passed",
                _FIELD,
                index,
                "status",
            )


def check_opening(context: Context) -> None:
    """Ask when a planned site opens, and doubt one that should have opened."""
    for index, one in enumerate(context.record.facilities):
        if one.status is not FacilityStatus.PLANNED:
            continue
        if one.effective_from is None:
            context.lack(
                Rule.DATES,
                Stage.SIGN,
                "give the day the facility opens",
                _FIELD,
                index,
                "effective_from",
            )
        elif one.effective_from <= context.today:
            context.doubt(
                Rule.DATES,
                "mark the facility as active; its first day has passed",
                _FIELD,
                index,
                "status",
            )


FACILITY_RULES = (
    check_names,
    check_addresses,
    check_operators,
    check_data_scope,
    check_status,
    check_opening,
)
