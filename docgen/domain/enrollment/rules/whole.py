"""Rules about the record as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.canonical import canonical_bytes
from docgen.domain.enrollment.findings import Place, Rule
from docgen.domain.enrollment.kinds import is_blank
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import ContractingModel, EntityRole, PsesKind

if TYPE_CHECKING:
    from docgen.domain.enrollment.rules.context import Context

RECORD_BYTES_MOST = 1_048_576


def check_size(context: Context) -> None:
    """Refuse a record that would not fit into one mebibyte."""
    if len(canonical_bytes(context.record)) > RECORD_BYTES_MOST:
        context.findings.refuse(
            Place(), Rule.LIMITS, "shorten it; an enrollment takes at most one mebibyte"
        )


def check_policy_on_file(context: Context) -> None:
    """Ask who attests a policy that is already on file."""
    pses = context.record.pses
    if pses.kind is PsesKind.EXISTING and is_blank(pses.existing):
        context.lack(
            Rule.REQUIRED, Stage.PSES, "describe and attest the policy on file", "pses", "existing"
        )


def check_consent(context: Context) -> None:
    """Refuse to prepare for signature on consent to a disclosure that is not the current one."""
    accepted = context.record.consents.electronic_records.version
    current = context.disclosure_version
    if accepted and current and accepted != current:
        context.refuse(
            Rule.CONSENT,
            "ask the practice to accept the current electronic records disclosure",
            "consents",
            "electronic_records",
            "version",
            since=Stage.SIGN,
        )


def check_model(context: Context) -> None:
    """Doubt joining parties under a contracting model that has none."""
    model = context.record.practice.contracting_model
    joining = any(one.role is EntityRole.JOINING_PARTY for one in context.record.legal_entities)
    if joining and model is ContractingModel.SINGLE_ENTITY:
        context.doubt(
            Rule.REFS,
            "choose joinder, or give the other legal entities another role",
            "practice",
            "contracting_model",
        )


WHOLE_RULES = (check_size, check_policy_on_file, check_consent, check_model)
