"""Reassignment: who is in each signer's place, by the plan and by what happened since."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docgen.domain.history import Activity
    from docgen.domain.plan import Plan

REASSIGNED = "signer.reassigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSigner:
    """The person in a signer's place."""

    name: str
    title: str
    email: str = field(repr=False)


def signers_in_place(plan: Plan, history: Iterable[Activity]) -> dict[str, PlacedSigner]:
    """Give who signs as each recipient: as planned, or as reassigned since."""
    now = {
        item.key: PlacedSigner(name=item.name, title=item.title, email=item.email)
        for item in plan.recipients
    }
    for activity in history:
        if activity.kind == REASSIGNED:
            told = cast("Mapping[str, str]", activity.details["after"])
            after = PlacedSigner(name=told["name"], title=told["title"], email=told["email"])
            now[str(activity.details["recipient"])] = after
    return now
