"""Nothing is said to have happened tomorrow, and no agreement starts before it was asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import EffectiveDateRule

if TYPE_CHECKING:
    from docgen.domain.enrollment.rules.context import Context

_PAST = frozenset({"reviewed_at", "approved_on", "training_completed_at", "contract_date"})
# Moments are in UTC, while `today` is the service's day: the two may be one day apart.
_SLACK = timedelta(days=1)


def check_past(context: Context) -> None:
    """Refuse reviews, attestations and consents dated in the future."""
    for leaf in context.leaves():
        value = leaf.value
        if isinstance(value, datetime):
            late = value.date() > context.today + _SLACK
        else:
            late = isinstance(value, date) and leaf.steps[-1] in _PAST and value > context.today
        if late:
            context.refuse(Rule.DATES, "give a date that is not in the future", *leaf.steps)


def check_effective_date(context: Context) -> None:
    """Refuse an agreement that starts before it was asked for; that would be backdating."""
    terms, submitted = context.record.terms, context.record.submitted_at
    fixed = terms.effective_date_rule is EffectiveDateRule.FIXED
    if fixed and terms.effective_date is None:
        context.lack(Rule.DATES, Stage.SIGN, "give the effective date", "terms", "effective_date")
    if terms.effective_date is None:
        return
    if not fixed and context.readable("terms", "effective_date_rule"):
        context.refuse(
            Rule.DATES,
            "leave this empty, or choose fixed as the way the effective date is found",
            "terms",
            "effective_date",
        )
    earliest = (submitted.date() if submitted else context.today) - _SLACK
    if terms.effective_date < earliest:
        context.refuse(
            Rule.DATES,
            "give a date that is not before the form was submitted; an agreement is not backdated",
            "terms",
            "effective_date",
        )


def check_entity_dates(context: Context) -> None:
    """Refuse a legal entity that ends before it starts."""
    for index, one in enumerate(context.record.legal_entities):
        if one.effective_from and one.effective_to and one.effective_to <= one.effective_from:
            context.refuse(
                Rule.DATES,
                "give a last day after the first day",
                "legal_entities",
                index,
                "effective_to",
            )


DATE_RULES = (check_past, check_effective_date, check_entity_dates)
