"""The certificate of completion: who signed what, when and how, for a person to read."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docgen.domain.history import timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from docgen.domain.evidence import Statement
    from docgen.domain.history import Activity
    from docgen.domain.plan import Plan

# What the certificate calls each activity; the others are in the bundle's history only.
WORDS = {
    "packet.generated": "Documents generated",
    "plan.approved": "Plan approved",
    "packet.sending": "Sending decided",
    "envelope.opened": "Documents certified and sent",
    "signer.invited": "Invitation mailed",
    "signer.code_sent": "One-time code mailed",
    "signer.identified": "Code given, person identified",
    "signer.consented": "Agreed to electronic records",
    "signer.read": "Document read",
    "signer.signed": "Signed",
    "envelope.sealed": "Sealed against changes",
    "packet.executed": "Fully executed",
}


@cache
def _template() -> Template:
    environment: Environment = ImmutableSandboxedEnvironment(
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    source = files(__package__).joinpath("completion.html").read_text("utf-8")
    return environment.from_string(source)


def completion_page(
    statement: Statement, plan: Plan, history: Sequence[Activity], *, development: bool
) -> bytes:
    """Write the certificate as one HTML page that refers to nothing outside itself."""
    lines = [
        {
            "at": timestamp(item.at)[:19].replace("T", " "),
            "what": WORDS[item.kind],
            "who": _who(item.actor, plan),
            "detail": _detail(item),
        }
        for item in history
        if item.kind in WORDS
    ]
    page = _template().render(statement=statement, plan=plan, lines=lines, development=development)
    return page.encode()


def _who(actor: str, plan: Plan) -> str:
    kind, _, key = actor.partition(":")
    if kind != "signer":
        return "program" if kind == "system" else key
    return plan.recipient(key).organization


def _detail(activity: Activity) -> str:
    if activity.kind == "signer.read":
        return str(activity.details["document"]).upper()
    if activity.kind == "signer.consented":
        return f"disclosure {activity.details['disclosure_version']}"
    return ""
