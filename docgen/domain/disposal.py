"""Disposal: what is kept goes once its retention is over, by two people, and that it went stays.

The state is in the packet's history, like that of a legal hold: nobody can change it without a
trace.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from docgen.domain.retention import HELD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity

PROPOSED, WITHDRAWN = "disposal.proposed", "disposal.withdrawn"
CONFIRMED = "disposal.confirmed"  # the decision; from here on it is carried out
DISPOSED = "packet.disposed"  # the end: nothing is left in the archive that was this packet's alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """A disposal that is proposed, decided or carried out; entries are those of the log."""

    proposed_by: str
    proposed_at: datetime
    reason: str
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    confirmed_entry: int = 0
    disposed_at: datetime | None = None
    disposed_entry: int = 0

    @property
    def is_decided(self) -> bool:
        """True once two people decided; nothing takes that back."""
        return self.confirmed_at is not None


def disposal_of(history: Sequence[Activity]) -> Disposal | None:
    """Give how far a packet's disposal has come, by its history; None where none is proposed.

    A legal hold ends a proposal: after it, somebody must propose anew.
    """
    found: Disposal | None = None
    for item in history:
        who = item.actor.removeprefix("user:")
        if item.kind == CONFIRMED and found is not None:
            found = replace(found, confirmed_by=who, confirmed_at=item.at, confirmed_entry=item.seq)
        elif item.kind == DISPOSED and found is not None:
            found = replace(found, disposed_at=item.at, disposed_entry=item.seq)
        elif found is not None and found.is_decided:
            continue
        elif item.kind == PROPOSED:
            why = str(item.details.get("reason", ""))
            found = Disposal(proposed_by=who, proposed_at=item.at, reason=why)
        elif item.kind in {WITHDRAWN, HELD}:
            found = None
    return found


def is_going(history: Sequence[Activity]) -> bool:
    """Say whether two people decided to dispose of a packet; what is missing then is no damage."""
    found = disposal_of(history)
    return found is not None and found.is_decided
