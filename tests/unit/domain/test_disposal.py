"""How far a disposal has come follows from the history alone, whatever lies between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from docgen.domain.disposal import (
    CONFIRMED,
    DISPOSED,
    PROPOSED,
    WITHDRAWN,
    disposal_of,
    is_going,
)
from docgen.domain.history import Activity
from docgen.domain.retention import HELD, RELEASED
from tests.conftest import NOON


def history(*kinds: str) -> list[Activity]:
    """Make a history of these kinds, each by another person a minute later."""
    return [
        Activity(
            seq=40 + number,
            position=number + 1,
            at=NOON + timedelta(minutes=number),
            subject="pkt_1",
            kind=kind,
            actor=f"user:p{number}",
            details={"reason": f"why {number}"},
            salt="",
        )
        for number, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    ("kinds", "going", "proposed"),
    [
        ((), False, ""),
        ((CONFIRMED,), False, ""),
        ((DISPOSED,), False, ""),
        ((PROPOSED,), False, "p0"),
        ((PROPOSED, WITHDRAWN), False, ""),
        ((PROPOSED, HELD), False, ""),
        ((PROPOSED, HELD, RELEASED), False, ""),
        ((PROPOSED, HELD, RELEASED, CONFIRMED), False, ""),
        ((PROPOSED, "archive.opened", "hold.lift_proposed"), False, "p0"),
        ((PROPOSED, WITHDRAWN, PROPOSED), False, "p2"),
        ((PROPOSED, CONFIRMED), True, "p0"),
        ((PROPOSED, CONFIRMED, WITHDRAWN, HELD, PROPOSED), True, "p0"),
        ((PROPOSED, CONFIRMED, DISPOSED, "archive.opened"), True, "p0"),
    ],
)
def test_what_counts(kinds: tuple[str, ...], going: bool, proposed: str) -> None:  # noqa: FBT001  # a case
    """A hold or a withdrawal ends a proposal; nothing ends a decision."""
    told = history(*kinds)
    found = disposal_of(told)
    assert is_going(told) is going
    assert (found.proposed_by if found else "") == proposed


def test_everything_is_told() -> None:
    """Who, when, why, and the entries of the log."""
    found = disposal_of(history(PROPOSED, "archive.opened", CONFIRMED, DISPOSED))
    assert found is not None
    assert (found.proposed_by, found.reason, found.confirmed_by) == ("p0", "why 0", "p2")
    assert (found.confirmed_entry, found.disposed_entry) == (42, 43)
    assert found.disposed_at == NOON + timedelta(minutes=3)
