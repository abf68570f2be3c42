"""The effective date of agreements whose parties fixed a day: that day, or the last signature's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.verifier.handling import failed
from tests.verifier.making import make, rebuild
from tests.verifier.plain import PDFS, plain_kit

if TYPE_CHECKING:
    from tests.verifier.making import Made

SIGNED, FIXED = "2026-11-23", "2027-01-01"


@pytest.fixture(scope="module")
def later() -> Made:
    """Give a packet that was signed before the day on which it begins."""
    return make(plain_kit(), PDFS, effective_from=FIXED)


def test_a_later_day_in_the_plan_is_the_effective_date(later: Made, anchor: Any) -> None:
    """The statement says that day, and everything holds."""
    assert later.parts.statement.effective_date == FIXED
    assert failed(later.data, anchor) == set()


def test_a_day_before_the_last_signature_changes_nothing(anchor: Any) -> None:
    """Nothing takes effect before it is signed."""
    made = make(plain_kit(), PDFS, effective_from="2026-11-01")
    assert made.parts.statement.effective_date == SIGNED
    assert failed(made.data, anchor) == set()


@pytest.mark.parametrize("stated", [SIGNED, "2026-12-31", "2027-01-02"])
@pytest.mark.parametrize("zone", ["America/Chicago", "Nowhere/Unknown"])
def test_any_other_date_is_refused(later: Made, anchor: Any, stated: str, zone: str) -> None:
    """Neither the day of signing nor another day stands for the one agreed on."""
    statement = replace(later.parts.statement, effective_date=stated, time_zone=zone)
    assert "effective.date" in failed(rebuild(later, plain_kit(), statement=statement).data, anchor)


def test_the_day_holds_without_the_time_zone(later: Made, anchor: Any) -> None:
    """A computer that does not know the zone knows the fixed day all the same."""
    statement = replace(later.parts.statement, time_zone="Nowhere/Unknown")
    made = rebuild(later, plain_kit(), statement=statement)
    assert "effective.date" not in failed(made.data, anchor)
