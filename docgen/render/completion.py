"""The certificate of completion: who signed what, when and how, for a person to read."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docgen.domain.evidence import Execution
from docgen.domain.history import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jinja2 import Template

    from docgen.domain.evidence import Attestation, EvidencedDocument, Statement
    from docgen.domain.history import Activity
    from docgen.domain.plan import Plan

# What each activity is called where people read a history; every kind the product writes is here.
WORDS = {
    "enrollment.stored": "Enrollment form stored",
    "form.invited": "Practice invited to fill in its form",
    "form.guest_identified": "Practice opened its form",
    "form.submitted": "Form submitted by the practice",
    "form.invitation_withdrawn": "Invitation to the form withdrawn",
    "source.chosen": "Source of a document chosen",
    "task.done": "Task marked as done",
    "task.reopened": "Task opened again",
    "template.adopted": "Template adopted",
    "packet.generated": "Documents generated",
    "packet.superseded": "Replaced by a newer packet",
    "review.released": "Drafts released for review",
    "review.mailed": "Drafts mailed for review",
    "review.returned": "Changes to a draft returned",
    "terms.agreed": "Terms agreed",
    "plan.approved": "Plan approved",
    "packet.on_file": "Put on file, nothing to be signed",
    "packet.sending": "Sending decided",
    "packet.sent": "Handed to the signing service",
    "packet.viewed": "Reported as viewed",
    "packet.partly_signed": "Reported as partly signed",
    "packet.fully_executed": "Reported as fully executed",
    "packet.declined": "Reported as declined",
    "packet.voided": "Reported as voided",
    "packet.expired": "Reported as expired",
    "packet.failed": "Reported as failed",
    "packet.contradicted": "Contradictory reports received",
    "packet.envelope_voided": "Envelope voided",
    "packet.envelope_missing": "No longer found at the signing service",
    "packet.envelope_found": "Found at the signing service again",
    "packet.taken_back": "Taken back",
    "packet.void_asked": "Taking back asked of the signing service",
    "packet.not_filed": "Filing refused",
    "packet.quarantined": "What the signing service handed over set aside",
    "packet.executed": "Fully executed",
    "packet.archived": "Archived",
    "object.damaged": "Archived file found damaged",
    "object.mended": "Archived file restored",
    "object.copied": "Copied to the second archive",
    "scrub.finished": "Whole archive read and compared",
    "packet.terminated": "Terminated",
    "envelope.opened": "Documents certified and sent",
    "envelope.sealed": "Sealed against changes",
    "envelope.voided": "Envelope voided",
    "envelope.expired": "Envelope expired",
    "signer.invited": "Invitation mailed",
    "signer.link_opened": "Link opened, code asked for",
    "signer.code_sent": "One-time code mailed",
    "signer.code_read_out": "Code read out by telephone",
    "signer.identified": "Person identified",
    "signer.led": "Went on to the signing service",
    "signer.consented": "Agreed to electronic records",
    "signer.read": "Document read",
    "signer.shown_outdated": "Asked to read again what had changed",
    "signer.signed": "Signed",
    "signer.reported": "Reported as having signed",
    "signer.declined": "Declined to sign",
    "signer.asked_for_paper": "Asked to sign on paper",
    "signer.says_other_person": "Said that somebody else signs",
    "signer.asked_to_reassign": "Named another person to sign instead",
    "signer.reassign_refused": "The other person was not confirmed",
    "signer.reassign_refusal_mailed": "Told that the other person was not confirmed",
    "signer.reassigned": "Reassigned to another person",
    "signer.reassign_ordered": "Another person asked of the signing service",
    "signer.reassign_failed": "The signing service did not put the other person in",
    "stand_in.appointed": "Stand-in appointed",
    "stand_in.ended": "Stand-in’s appointment ended",
    "signer.relieved": "Told that nothing is asked any more",
    "signer.reminder_ordered": "Reminder ordered",
    "signer.reminded": "Reminder mailed",
    "signer.copy_sent": "Executed copy mailed to a signer",
    "mail.bounced": "Letter came back",
    "paper.taken_in": "Paper taken in and attested",
    "evidence.collected": "Evidence collected",
    "evidence.renewed": "Evidence time-stamped again",
    "copy.sent": "Executed copy mailed",
    "copy.code_sent": "Code for the copies mailed",
    "copy.visitor_identified": "Code given for the copies",
    "copy.collected": "Executed copy fetched",
    "archive.searched": "Archive searched",
    "archive.opened": "Archived record opened",
    "archive.fetched": "Archived file fetched",
    "archive.verified": "Evidence bundle verified",
    "archive.exported": "Exported from the archive",
    "archive.disclosed": "Disclosure set made",
    "register.drawn_up": "Register of agreements drawn up",
    "hold.placed": "Legal hold placed",
    "hold.lift_proposed": "Lifting the legal hold proposed",
    "hold.lifted": "Legal hold lifted",
    "disposal.proposed": "Disposal proposed",
    "disposal.withdrawn": "Proposal to dispose withdrawn",
    "disposal.confirmed": "Disposal confirmed by a second person",
    "packet.disposed": "Disposed of under retention",
    "person.stored": "Person's roles stored",
    "neighbor.tried": "Mail, time stamps or signing service tried out",
    "pso.named": "PSO named in the settings",
    "settings.days_changed": "Days of reminders and expiry changed",
    "person.added": "Person added",
    "person.changed": "Person changed",
    "person.activated": "Person made active",
    "person.deactivated": "Person made inactive",
    "account.signed_in": "Signed in",
    "account.signed_out": "Signed out",
    "account.code_refused": "Code refused",
    "account.second_factor_added": "Second factor added",
    "account.second_factor_removed": "Second factor removed",
    "account.second_factor_refused": "Second factor refused",
    "callback.registered": "Callback address registered",
    "callback.secret_changed": "Callback address got a new secret",
    "callback.switched_off": "Callback address switched off",
    "callback.switched_on": "Callback address switched on",
    "key.rotated": "Key rotated",
    "certificate.revoked": "Certificate withdrawn",
    "token.issued": "API token issued",
    "token.revoked": "API token revoked",
}
# What the certificate says of a document that is not signed in its packet.
ELSEWHERE = {
    "already_on_file": "executed before, on file",
    "not_applicable": "left out",
}


@cache
def page_template(name: str) -> Template:
    """Give a page of this package; whatever is put into it is escaped, and must be there."""
    environment: Environment = ImmutableSandboxedEnvironment(
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    source = files(__package__).joinpath(name).read_text("utf-8")
    return environment.from_string(source)


def completion_page(
    statement: Statement,
    plan: Plan,
    history: Sequence[Activity],
    *,
    attestation: Attestation | None,
    development: bool,
    disclosure: bool = False,
) -> bytes:
    """Write the certificate as one HTML page that refers to nothing outside itself.

    For a disclosure set it names our own people by what they are, and no place of an original.
    """
    lines = [
        {
            "at": timestamp(item.at)[:19].replace("T", " "),
            "what": WORDS.get(item.kind, item.kind),
            "who": _side(item.actor, plan) if disclosure else _who(item.actor, plan),
            "detail": _detail(item, plan),
        }
        for item in history
    ]
    page = page_template("completion.html").render(
        statement=statement,
        plan=plan,
        documents=[
            (item, how_executed(item), _reason(item.slug, plan)) for item in statement.documents
        ],
        attestation=attestation,
        lines=lines,
        development=development,
        disclosure=disclosure,
    )
    return page.encode()


def how_executed(document: EvidencedDocument) -> str:
    """Say how a document came to bind, or why it is here."""
    if document.execution is Execution.ELECTRONIC:
        return "signed electronically"
    if document.execution is Execution.WET_INK:
        own = document.source == "counterparty_paper"
        return "signed on paper, the practice's own document" if own else "signed on paper"
    return ELSEWHERE.get(document.source, "not signed here")


def _reason(slug: str, plan: Plan) -> str:
    return next((item.reason for item in plan.documents if item.slug == slug), "")


def _who(actor: str, plan: Plan) -> str:
    kind, _, key = actor.partition(":")
    if kind != "signer":
        return "program" if kind == "system" else key
    return _organization(key, plan)


def _side(actor: str, plan: Plan) -> str:
    return "issuer" if actor.startswith("user:") else _who(actor, plan)


def _organization(key: object, plan: Plan) -> str:
    return next((item.organization for item in plan.recipients if item.key == key), str(key))


def _detail(activity: Activity, plan: Plan) -> str:
    """Say the one thing about an activity that a reader of the certificate looks for."""
    details = activity.details
    say = _DETAILS.get(activity.kind)
    if say is not None:
        return say(details)
    return _organization(details["recipient"], plan) if "recipient" in details else ""


def _named(who: object) -> str:
    return f"{who['name']}, {who['title']}" if isinstance(who, dict) else ""


def _passed(told: Mapping[str, object]) -> str:
    return f"from {_named(told['before'])} to {_named(told['after'])}, {told['authority']}"


_DETAILS: dict[str, Callable[[Mapping[str, object]], str]] = {
    "plan.approved": lambda told: str(told["capacity"]).replace("_", " "),
    "review.released": lambda told: f"round {told['round']}",
    "review.mailed": lambda told: f"round {told['round']}",
    "review.returned": lambda told: f"round {told['round']}",
    "signer.read": lambda told: str(told["document"]).upper(),
    "signer.consented": lambda told: f"disclosure {told['disclosure_version']}",
    "signer.identified": lambda told: str(told.get("method", "")),
    "signer.signed": lambda told: f"{told['name']}, {told['title']}",
    "signer.reported": lambda told: f"{told['name']}, by {told['service']}",
    "signer.asked_to_reassign": lambda told: _named(told["wanted"]),
    "signer.reassigned": _passed,
    "signer.reassign_ordered": _passed,
    "signer.reassign_failed": _passed,
    "paper.taken_in": lambda told: f"{told['pages']} pages, dated {told['signed_on']}",
}
