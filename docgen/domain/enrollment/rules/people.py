"""Somebody holds each role, and each party has signers with authority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.entity import nobody_covered
from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.identifiers import is_shared_mailbox
from docgen.domain.enrollment.person import SIGNED_LINE_MOST
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import (
    ContactRole,
    EntityRole,
    FacilityStatus,
    PsesKind,
    SignedDocument,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.enrollment.entity import LegalEntity
    from docgen.domain.enrollment.rules.context import Context

_PAPERS = {SignedDocument.PSA: "Provider Services Agreement", SignedDocument.BAA: "BAA"}


def check_roles(context: Context) -> None:
    """Ask for the roles that must be held, and recommend a privacy officer."""
    indices = range(len(context.record.contacts))
    if not indices or not all(context.readable("contacts", one, "roles") for one in indices):
        return
    held = {role for one in context.record.contacts if one.active for role in one.roles}
    if ContactRole.PRIMARY not in held:
        _lack_role(context, Stage.SUBMIT, "mark one contact as primary")
    if ContactRole.SIGNATORY not in held and not context.record.signatories:
        _lack_role(context, Stage.SUBMIT, "mark the contact who signs as signatory")
    if ContactRole.PSES_ADMINISTRATOR not in held:
        _lack_role(context, Stage.PSES, "mark one contact as PSES administrator")
    adopts = context.record.pses.kind is not PsesKind.EXISTING
    if adopts and ContactRole.POLICY_APPROVER not in held:
        _lack_role(context, Stage.PSES, "mark the contact who adopts the policy as policy approver")
    if ContactRole.HIPAA_PRIVACY not in held:
        context.doubt(
            Rule.ROLES_MIN,
            "mark one contact as HIPAA privacy officer if there is one",
            "contacts",
            since=Stage.SIGN,
        )


def _lack_role(context: Context, need: Stage, sentence: str) -> None:
    context.lack(Rule.ROLES_MIN, need, sentence, "contacts")


def check_cover(context: Context) -> None:
    """Ask for a signer with attested authority for each paper of each party."""
    record = context.record
    if not record.signatories or not context.readable("signatories"):
        return
    joins = EntityRole.JOINING_PARTY
    for index, entity in enumerate(record.legal_entities):
        if entity.role not in {EntityRole.CONTRACTING_PARTY, joins} or not entity.entity_id:
            continue
        signed = {
            paper
            for one in record.signatories
            if entity.entity_id in one.for_entity_ids and one.authority.attested
            for paper in one.signs
        }
        if entity.role is joins and SignedDocument.JOINDER in signed:
            continue
        needs_baa = _needs_baa(context, entity)
        for paper, title in _PAPERS.items():
            if paper not in signed and (needs_baa or paper is not SignedDocument.BAA):
                context.lack(
                    Rule.SIGNATORY_COVER,
                    Stage.SIGN,
                    f"name a signatory with attested authority who signs the {title} for this "
                    "entity",
                    "legal_entities",
                    index,
                )


def _needs_baa(context: Context, entity: LegalEntity) -> bool:
    """Say whether the entity signs a BAA: there is none where nobody bound by it is covered."""
    entities = context.record.legal_entities
    parties = [one for one in entities if one.role is EntityRole.CONTRACTING_PARTY]
    if entity in parties:
        parties = [entity]  # each has agreements of its own
    return not parties or not all(nobody_covered(entities, one.entity_id) for one in parties)


def check_signers(context: Context) -> None:
    """Keep the practice's signers apart from the PSO's, and doubt a shared mailbox."""
    by_id = {one.contact_id: index for index, one in enumerate(context.record.contacts)}
    own = context.pso_signer_email.casefold()
    signers = {one.contact_id for one in context.record.signatories}
    for index in sorted(by_id[one] for one in signers if one in by_id):
        email = context.record.contacts[index].email
        if own and email.casefold() == own:
            context.refuse(
                Rule.SIGNER_DISTINCT,
                "give another address; the PSO's own signatory signs with this one",
                "contacts",
                index,
                "email",
            )
        if is_shared_mailbox(email):
            context.doubt(
                Rule.EMAIL,
                "give the signatory's own address; several people may read this mailbox",
                "contacts",
                index,
                "email",
            )
    _doubt_one_address_for_two(context, by_id)


def _doubt_one_address_for_two(context: Context, by_id: Mapping[str, int]) -> None:
    """Doubt two signers who share an address: neither's link and code would prove who signed."""
    seen: dict[str, str] = {}
    for signer in dict.fromkeys(one.contact_id for one in context.record.signatories):
        if signer not in by_id:
            continue
        contact = context.record.contacts[by_id[signer]]
        first = seen.setdefault(contact.email.casefold(), signer)
        if contact.email and first != signer:
            context.doubt(
                Rule.EMAIL,
                "give each signatory an address of their own; another signatory has this one too",
                "contacts",
                by_id[signer],
                "email",
            )


def check_printed_names(context: Context) -> None:
    """Ask for a name that a signature panel can show: its parts may each be as long as they may."""
    for index, contact in enumerate(context.record.contacts):
        if len(contact.full_name) > SIGNED_LINE_MOST:
            context.lack(
                Rule.LIMITS,
                Stage.SUBMIT,
                f"shorten the name; as it is printed, with suffix and credentials, it takes at "
                f"most {SIGNED_LINE_MOST} characters",
                "contacts",
                index,
            )


def check_reviewers(context: Context) -> None:
    """Ask for a Reviewer at each open facility, one of whom may report to the PSO."""
    reviewers = context.record.reviewers
    if not reviewers or not context.readable("reviewers"):
        return
    if not any(one.can_report_to_pso for one in reviewers):
        context.lack(Rule.ROLES_MIN, Stage.PSES, "let one of them report to the PSO", "reviewers")
    for index, facility in enumerate(context.record.facilities):
        if facility.status is FacilityStatus.CLOSED or not facility.facility_id:
            continue
        people = {one.contact_id for one in reviewers if facility.facility_id in one.facility_ids}
        if not people:
            context.lack(
                Rule.ROLES_MIN, Stage.PSES, "name a Reviewer for this facility", "facilities", index
            )
        elif len(people) == 1:
            context.doubt(
                Rule.ROLES_MIN,
                "name a second Reviewer, so that somebody can stand in",
                "facilities",
                index,
            )


PEOPLE_RULES = (check_roles, check_cover, check_signers, check_printed_names, check_reviewers)
