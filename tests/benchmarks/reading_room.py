"""What is asked of the reading room: each kind of question with other names and numbers every time."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from docgen.domain.evidence import Execution
from docgen.domain.packet import PacketState
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery, Paging, Period, RetentionState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.benchmarks.bulk import Loader

TODAY = date(2026, 11, 23)
_PAGE = 50
_FIRST_DAY = date(2020, 3, 1)
_DAYS = 2000
_COMMON = ("oncology", "cancer", "hospital", "university", "associates")

Ask = ArchiveQuery


class Questions:
    """Makes questions about what was loaded; the same seed asks the same."""

    def __init__(self, loader: Loader, seed: int) -> None:
        self._loader = loader
        self._random = random.Random(seed)  # noqa: S311  # chooses questions, guards nothing

    def kinds(self) -> Mapping[str, Callable[[], ArchiveQuery]]:
        """Name each kind of question, and give what makes the next one of it."""
        return {
            "everything": Ask,
            "everything, any page": lambda: Ask(page=self._page(self._loader.documents)),
            "by practice": lambda: Ask(order=ArchiveOrder.PRACTICE),
            "by practice, any page": lambda: Ask(
                order=ArchiveOrder.PRACTICE, page=self._page(self._loader.documents)
            ),
            "what may go first": lambda: Ask(order=ArchiveOrder.RETENTION),
            "a practice's name": lambda: Ask(text=self._practice()),
            "a word of a name": lambda: Ask(text=self._practice().split()[0].lower()),
            "part of a word": lambda: Ask(text=self._practice()[1:6].lower()),
            "an EIN": lambda: Ask(text=self._of("ein")),
            "an NPI": lambda: Ask(text=self._of("npi")),
            "a signer": lambda: Ask(text=self._signer()),
            "a packet's id": lambda: Ask(text=self._random.choice(self._loader.packets)),
            "nobody's name": lambda: Ask(text=f"zzyx{self._random.randint(0, 10**6)}"),
            "a common word": lambda: Ask(text=self._random.choice(_COMMON)),
            "a common word, by practice": lambda: Ask(
                text=self._random.choice(_COMMON), order=ArchiveOrder.PRACTICE
            ),
            "a common word, page 2 to 20": lambda: Ask(
                text=self._random.choice(_COMMON), page=Paging(number=self._random.randint(2, 20))
            ),
            "two common words": lambda: Ask(text="university hospital"),
            "signed in a month": lambda: Ask(signed=self._days(30)),
            "signed in two years": lambda: Ask(signed=self._days(730)),
            "in effect on a day": lambda: Ask(in_effect=self._days(0)),
            "terminated": lambda: Ask(states=frozenset({PacketState.TERMINATED})),
            "a template's version": lambda: Ask(
                slug=self._slug(), template_versions=frozenset({"1.1.0"})
            ),
            "to be kept": lambda: Ask(
                retention=RetentionState.KEPT, today=TODAY, order=ArchiveOrder.RETENTION
            ),
            "in effect now": lambda: Ask(retention=RetentionState.IN_EFFECT, today=TODAY),
            "what may go": lambda: Ask(retention=RetentionState.MAY_GO, today=TODAY),
            "executed or terminated": lambda: Ask(
                states=frozenset({PacketState.ARCHIVED, PacketState.TERMINATED}),
                order=ArchiveOrder.PRACTICE,
            ),
            "signed on paper": lambda: Ask(execution=Execution.WET_INK),
            "on legal hold": lambda: Ask(on_hold=True),
            "several": lambda: replace(
                Ask(text=self._random.choice(_COMMON), in_effect=self._days(365)),
                slug=self._slug(),
                order=ArchiveOrder.PRACTICE,
            ),
            "several, rare": lambda: Ask(
                text=self._practice(), signed=self._days(730), slug=self._slug()
            ),
        }

    def _page(self, documents: int) -> Paging:
        return Paging(number=self._random.randint(1, max(1, documents // _PAGE)))

    def _practice(self) -> str:
        return self._random.choice(self._loader.known).practice

    def _of(self, name: str) -> str:
        record = json.loads(self._random.choice(self._loader.known).record)
        return str(record["legal_entities"][0][name])

    def _signer(self) -> str:
        record = json.loads(self._random.choice(self._loader.known).record)
        one = self._random.choice(record["contacts"])
        return f"{one['given_name']} {one['family_name']}"

    def _slug(self) -> str:
        return self._random.choice(("psa", "baa", "pses"))

    def _days(self, length: int) -> Period:
        first = _FIRST_DAY + timedelta(days=self._random.randint(0, _DAYS))
        return Period(first=first, last=first + timedelta(days=length))
