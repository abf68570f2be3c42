"""Retention: no date while in effect, then six years from creation or end, whichever is later."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.retention import YEARS, retain_until, years_later

days = st.dates(min_value=date(1996, 1, 1), max_value=date(2200, 12, 31))


@given(days, days | st.none())
def test_in_effect_there_is_no_date(created: date, ended: date | None) -> None:
    """Whatever else is known, what is in effect may not go."""
    assert retain_until(created, in_effect=True, last_in_effect=ended) is None


@given(days, days | st.none())
def test_it_is_six_years_after_the_later_of_both(created: date, ended: date | None) -> None:
    """Never earlier than six years after either, and exactly that after the later."""
    until = retain_until(created, in_effect=False, last_in_effect=ended)
    assert until is not None
    for day in (created, *([ended] if ended else [])):
        assert until.year - day.year >= YEARS
        assert until >= years_later(day, YEARS)
    assert until == years_later(max(created, ended or created), YEARS)


@given(days, days, days)
def test_a_later_end_never_shortens_it(created: date, one: date, other: date) -> None:
    """The clock can only be moved on."""
    first, second = sorted((one, other))
    before = retain_until(created, in_effect=False, last_in_effect=first)
    after = retain_until(created, in_effect=False, last_in_effect=second)
    assert before is not None
    assert after is not None
    assert before <= after


@pytest.mark.parametrize(
    ("created", "ended", "until"),
    [
        (date(2026, 11, 23), date(2030, 6, 30), date(2036, 6, 30)),
        (date(2026, 11, 23), date(2020, 1, 1), date(2032, 11, 23)),
        (date(2026, 11, 23), None, date(2032, 11, 23)),
        (date(2024, 2, 29), date(2028, 2, 29), date(2034, 3, 1)),
        (date(2018, 2, 28), date(2026, 2, 28), date(2032, 2, 28)),
    ],
)
def test_known_dates(created: date, ended: date | None, until: date) -> None:
    """Worked by hand; after 29 February it is kept a day longer, never a day less."""
    assert retain_until(created, in_effect=False, last_in_effect=ended) == until
