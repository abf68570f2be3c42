"""What is gone is told from what never was, and "not yet" from "no"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from docgen.errors import DocgenError, Gone, NotFound, ServiceRejected, ServiceUnavailable
from integrations.esign.dropbox_sign.client import WORDS
from integrations.simulators.dropbox_sign import DropboxSignSimulator
from integrations.simulators.wire import Refusal, Route
from integrations.system.clock import StandingClock
from integrations.vendor.session import ServiceSession, Words
from tests.contracts.esign import AT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.simulators.wire import Answered, Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An answer, and what it is to us."""

    status: int
    name: str
    meant: type[DocgenError]
    words: Words = WORDS


class _Refusing(DropboxSignSimulator):
    """Refuses everything in one way."""

    def __init__(self, case: Case) -> None:
        super().__init__(now=StandingClock(AT).now)
        self.case = case

    def routes(self) -> Sequence[Route]:
        return (Route(method="GET", pattern="/", act=self.refuse, open=True),)

    def refuse(self, asked: Asked) -> Answered:
        raise Refusal(self.case.status, {"error": {"error_name": self.case.name}})


@pytest.mark.parametrize(
    "case",
    [
        Case(status=410, name="deleted", meant=Gone),
        Case(status=404, name="not_found", meant=NotFound),
        Case(status=409, name="conflict", meant=ServiceUnavailable),
        Case(status=422, name="unprocessable_entity", meant=ServiceUnavailable),
        Case(status=503, name="maintenance", meant=ServiceUnavailable),
        Case(status=402, name="payment_required", meant=ServiceRejected),
        Case(status=409, name="another_word", meant=ServiceRejected),
        Case(
            status=409,
            name="conflict",
            meant=ServiceRejected,
            words=replace(WORDS, later=frozenset()),
        ),
    ],
    ids=lambda it: f"{it.status} {it.name} {it.meant.__name__}",
)
def test_an_answer_means(case: Case) -> None:
    """By its status, and by the vendor's word for it where the status leaves it open."""
    with _Refusing(case) as running:
        session = ServiceSession("any", case.words, StandingClock(AT).now, pause=lambda _: None)
        with pytest.raises(case.meant) as refused:
            session.ask("GET", f"{running.url}/", {})
    assert type(refused.value) is case.meant
    assert case.name in str(refused.value)
