"""A page on which whoever tries a simulator out does what the people of an envelope would do."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from integrations.simulators.mischief import CHOICES
from integrations.simulators.server import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integrations.simulators.envelope import Envelope, Person

_LEAVE = '<input type="hidden" name="leave" value="yes">'
LATER = "later"  # goes back without having done anything
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}, simulated</title>
<link rel="icon" href="data:,">
<style>body{{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}}
form{{display:inline}}button{{margin:.2rem}}</style>
<h1>{title}, simulated</h1><p>Nothing here is real; nobody signs anything.</p>{rows}</html>"""


def _row(envelope: Envelope) -> str:
    people = "".join(
        f"<li>{html.escape(person.name)} ({html.escape(person.email)}): {_standing(person)} "
        + "".join(_button(envelope, person, act) for act in ("view", "sign", "decline"))
        * (person in envelope.turn)
        + "</li>"
        for person in envelope.people
    )
    state = envelope.ended.value if envelope.ended else "out for signature"
    return (
        f"<h2>{html.escape(envelope.title)}</h2><p>{html.escape(envelope.id)}: {state}</p>"
        f"<ol>{people}</ol>"
    )


def _standing(person: Person) -> str:
    if person.signed_at:
        return "signed"
    if person.declined_at:
        return "declined"
    return "has looked at it" if person.viewed_at else "invited"


def _button(envelope: Envelope, person: Person, act: str, *, leave: bool = False) -> str:
    return (
        f'<form method="post" action="{PEOPLE}">{_LEAVE * leave}'
        f'<input type="hidden" name="envelope" value="{html.escape(envelope.id)}">'
        f'<input type="hidden" name="person" value="{html.escape(person.id)}">'
        f'<button name="act" value="{act}">{act}</button></form>'
    )


def _choice(name: str, words: str, kinds: Iterable[str]) -> str:
    options = "".join(f"<option>{html.escape(kind)}</option>" for kind in kinds)
    return (
        f'<form method="post" action="{PEOPLE}"><label>{words} <select name="{name}">{options}'
        "</select></label><button>Do so</button></form><br>"
    )


def people_page(title: str, envelopes: Iterable[Envelope]) -> bytes:
    """Show the envelopes, with a button for each thing a person or the service could do."""
    choices = "".join(_choice(*choice) for choice in CHOICES)
    rows = "".join(_row(envelope) for envelope in envelopes) or "<p>No envelope yet.</p>"
    rows += f"<h2>Have it misbehave</h2>{choices}"
    return _PAGE.format(title=html.escape(title), rows=rows).encode()


def signing_page(title: str, envelope: Envelope, person: Person) -> bytes:
    """Show one person what they may do with an envelope, and lead them back afterwards."""
    words = f"<h2>{html.escape(envelope.title)}</h2><p>For {html.escape(person.name)}.</p>"
    buttons = [
        _button(envelope, person, act, leave=True)
        for act in ("sign", "decline", LATER)
        if person in envelope.turn
    ]
    rows = words + ("".join(buttons) or "<p>There is nothing to sign here now.</p>")
    return _PAGE.format(title=html.escape(title), rows=rows).encode()
