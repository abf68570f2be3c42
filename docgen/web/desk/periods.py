"""Reminders, expiry and retention: how long each takes here, and the form that changes the days.

The days stand in settings.toml. Where one process reads that file the page writes them there; where
several do, the page says by which names they stand in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from docgen.domain.retention import YEARS
from docgen.services.remind import APART
from docgen.settings import MOST_DAYS
from docgen.web.desk.parts import Fact
from docgen.web.form import Form

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from docgen.services.office import HouseRules


class PeriodsForm(Form):
    """The days that an administrator may change from the page."""

    expires_after_days = forms.IntegerField(
        label="Days until an envelope expires",
        min_value=1,
        max_value=MOST_DAYS,
        help_text="For what is sent from now on; what is out already keeps its last day.",
    )
    remind_after_days = forms.IntegerField(
        label="Days between reminders",
        min_value=0,
        max_value=MOST_DAYS,
        help_text="0 reminds nobody by itself; a coordinator still can.",
    )


def days_of(rules: HouseRules) -> dict[str, int]:
    """Give the days as they hold now, by their names in the settings."""
    reminders = rules.reminder_period
    return {
        "expires_after_days": rules.signing_period.days,
        "remind_after_days": reminders.days if reminders else 0,
    }


def periods_of(rules: HouseRules) -> Sequence[Fact]:
    """Say how long everything takes and is kept."""
    return (
        Fact(term="An envelope expires", words=f"{long(rules.signing_period)} after it is sent"),
        Fact(term="Reminders", words=_reminders(rules.reminder_period)),
        Fact(term="A one-time code is good for", words=long(rules.code_period)),
        Fact(term="A signing session lasts", words=long(rules.session_period)),
        Fact(
            term="Agreements are kept",
            words=f"while in effect, and {YEARS} years after (45 CFR 164.316(b)(2)(i)); longer "
            "while a legal hold lies on them",
        ),
        Fact(
            term="What may go after that",
            words="only when one person proposes it and another confirms",
        ),
        Fact(
            term="Everything archived is read again",
            words=f"every {_once_in(rules.scrub_period)}",
        ),
    )


def long(period: timedelta) -> str:
    """Say a period in its largest whole unit."""
    seconds = int(period.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} seconds"


def _reminders(period: timedelta | None) -> str:
    by_itself = f"every {_once_in(period)} by themselves" if period else "none by themselves"
    return f"{by_itself}; from the desk at most one every {_once_in(APART)} for each signer"


def _once_in(period: timedelta) -> str:
    """Say a period that comes round: “day”, “3 days”."""
    return long(period).removeprefix("1 ")
