"""A history as programs read it: what happened, in the words of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.web.api.schemas import HistoryItem
from docgen.web.desk.activity import moments_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.services.office import Office


def timeline_of(office: Office, subject: str, signers: Mapping[str, str]) -> list[HistoryItem]:
    """Tell a subject's history, oldest first; `signers` names those who sign by their keys."""
    told = office.ledger.history.of(subject)
    people = {one.key: one.name for one in office.ledger.people.list()}
    moments = reversed(moments_of(told, people, signers))
    return [
        HistoryItem(
            entry=one.seq, at=it.at, kind=one.kind, words=it.words, who=it.who, more=it.more
        )
        for one, it in zip(told, moments, strict=True)
    ]
