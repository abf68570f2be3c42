"""The words of lists and records that more than one area shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.packet import PacketKind
from docgen.domain.signing import OWN_SIGNER, service_name
from docgen.domain.waiting import Need, WaitsOn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from docgen.domain.waiting import Wait

_KINDS = {
    PacketKind.CONTRACTING: "Contracting: PSA and BAA",
    PacketKind.ONBOARDING: "Onboarding: PSES policy",
}
# Who acts where nobody is signed in, as histories name them.
_UNNAMED = {
    "first-run": "whoever set up this site",
    "command-line": "somebody at the server’s command line",
}


def person_words(key: str, people: Mapping[str, str]) -> str:
    """Name one of our own people, or say who acted where it was nobody signed in."""
    return people.get(key, _UNNAMED.get(key, key))


def service_words(key: str) -> str:
    """Say through which signing service a packet goes."""
    return "our own signing pages" if key == OWN_SIGNER else service_name(key)


def kind_words(kind: str) -> str:
    """Say what a packet of this kind holds."""
    return _KINDS[PacketKind(kind)]


def is_named(wait: Wait) -> bool:
    """Say whether the name is that of who is waited for; else it is whom the need is about."""
    return bool(wait.name) and wait.on in {WaitsOn.PRACTICE, WaitsOn.COUNTERSIGNER}


def need_words(wait: Wait) -> str:
    """Say what is waited for, and whom it is about."""
    about = f" ({wait.name})" if wait.name and not is_named(wait) else ""
    return f"{wait.need.words}{about}"


def wait_words(wait: Wait) -> str:
    """Say who is waited for and for what."""
    if wait.on is WaitsOn.NOBODY or wait.need is Need.NOTHING:
        return "nobody"
    who = wait.name if is_named(wait) else wait.on.words
    return f"{who}: {need_words(wait)}"


def day_words(day: date | None) -> str:
    """Write a day, or "" for none."""
    return f"{day:%b} {day.day}, {day.year}" if day else ""
