"""What a reader asked of the archive, as a question to the register and as a form to show again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from docgen.domain.evidence import Execution
from docgen.domain.packet import PacketState
from docgen.domain.plan import Source
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery, Paging, Period, RetentionState
from docgen.web.desk.asking import chosen, page_number
from docgen.web.desk.parts import Choice, Trouble
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

    from django.http import HttpRequest

SIZE = 50
DOCUMENTS = {"psa": "PSO agreement", "baa": "BAA", "pses": "PSES policy"}
EXECUTIONS = {Execution.ELECTRONIC: "electronically", Execution.WET_INK: "on paper"}
SOURCES = {
    Source.GENERATED: "our template",
    Source.COUNTERPARTY_PAPER: "the practice’s own paper",
    Source.ALREADY_ON_FILE: "executed before, on file",
}
RETENTIONS = {
    RetentionState.IN_EFFECT: "in effect, no date yet",
    RetentionState.KEPT: "ended, must be kept",
    RetentionState.MAY_GO: "its time has come",
    RetentionState.DISPOSED: "disposed of",
}
STATES = (
    PacketState.FULLY_EXECUTED,
    PacketState.ARCHIVED,
    PacketState.ON_FILE,
    PacketState.TERMINATED,
)
ORDERS = {
    "practice": (ArchiveOrder.PRACTICE, False),
    "-practice": (ArchiveOrder.PRACTICE, True),
    "signed": (ArchiveOrder.SIGNED, True),
    "-signed": (ArchiveOrder.SIGNED, False),
    "kept": (ArchiveOrder.RETENTION, False),
    "-kept": (ArchiveOrder.RETENTION, True),
}
NAMES = ("q", "document", "version", "state", "how", "source", "kept", "hold")
DAYS = {"from": "Signed from", "to": "Signed until", "on": "In effect on"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One field of the form that takes a day."""

    name: str
    label: str
    value: str
    is_wrong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the archive; with `problems`, it cannot be asked."""

    query: ArchiveQuery
    choices: tuple[Choice, ...]
    days: tuple[Day, ...]
    version: str
    problems: tuple[Trouble, ...]
    is_narrowed: bool


def asked_of(request: HttpRequest) -> Asked:
    """Read the question from the address."""
    wanted: dict[str, date | None] = {}
    days, problems = [], []
    for name, label in DAYS.items():
        text = request.GET.get(name, "").strip()[:20]
        wanted[name] = _day(text)
        is_wrong = bool(text) and wanted[name] is None
        days.append(Day(name=name, label=label, value=text, is_wrong=is_wrong))
        if is_wrong:
            words = f"{label}: write the day as 2026-11-23."
            problems.append(Trouble(words=words, anchor=f"filter-{name}"))
    first, last, on = wanted["from"], wanted["to"], wanted["on"]
    if first and last and last < first:
        words = "Signed until: give a day that is not before the first."
        problems.append(Trouble(words=words, anchor="filter-to"))
    signed = Period(first=first or date.min, last=last or date.max) if first or last else None
    document, hold = request.GET.get("document", ""), request.GET.get("hold", "")
    version = request.GET.get("version", "").strip()[:32]
    state, source = chosen(request, "state", PacketState), chosen(request, "source", Source)
    order, reverse = ORDERS.get(request.GET.get("sort", ""), (ArchiveOrder.SIGNED, False))
    query = ArchiveQuery(
        text=request.GET.get("q", "")[:100],
        slug=document if document in DOCUMENTS else "",
        template_versions=frozenset({version} if version else ()),
        sources=frozenset({source} if source else ()),
        states=frozenset({state} if state in STATES and state else ()),
        execution=chosen(request, "how", Execution),
        signed=signed,
        in_effect=Period(first=on, last=on) if on else None,
        retention=chosen(request, "kept", RetentionState),
        today=office_of(request).today(),
        on_hold={"yes": True, "no": False}.get(hold),
        order=order,
        reverse=reverse,
        page=Paging(number=page_number(request), size=SIZE),
    )
    return Asked(
        query=query,
        choices=_choices(request),
        days=tuple(days),
        version=version,
        problems=tuple(problems),
        is_narrowed=any(request.GET.get(name) for name in (*NAMES, *DAYS)),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _choices(request: HttpRequest) -> tuple[Choice, ...]:
    states = {item.value: item.words for item in STATES}
    held = {"yes": "on legal hold", "no": "not on hold"}
    return (
        _choice(request, "document", "Document", "all documents", DOCUMENTS),
        _choice(request, "state", "State", "all states", states),
        _choice(request, "how", "Signed how", "either way", _plain(EXECUTIONS.items())),
        _choice(request, "source", "Text from", "anywhere", _plain(SOURCES.items())),
        _choice(request, "kept", "Retention", "any", _plain(RETENTIONS.items())),
        _choice(request, "hold", "Legal hold", "any", held),
    )


def _plain(words: Iterable[tuple[StrEnum, str]]) -> dict[str, str]:
    return {item.value: said for item, said in words}


def _choice(
    request: HttpRequest, name: str, label: str, whole: str, words: Mapping[str, str]
) -> Choice:
    options = (("", whole), *words.items())
    return Choice(name=name, label=label, options=options, value=request.GET.get(name, ""))
