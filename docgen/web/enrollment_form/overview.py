"""The form as a whole: its sections with how far each is, and handing it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from docgen.domain.enrollment.stages import Stage
from docgen.web.enrollment_form.standing import STEPS, standing
from docgen.web.enrollment_form.storing import examined, values_of
from docgen.web.enrollment_form.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from docgen.errors import Problem
    from docgen.web.enrollment_form.host import Host


def page_of_overview(
    request: HttpRequest,
    host: Host,
    *,
    problems: tuple[Problem, ...] = (),
    more: Mapping[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the sections, what each step still needs, and the way to hand the form in."""
    newest = host.office.ledger.enrollments.latest(host.enrollment_id)
    values = values_of(newest)
    found = examined(host.office, values, draft=True)
    sections = standing(values, found, host.address)
    steps = [
        {
            "words": words,
            "count": sum(one.needed_for is stage for one in found.missing),
        }
        for stage, words in STEPS.items()
    ]
    teller = Teller(places={}, address=host.address)
    context = dict(host.told) | {
        "layout": host.layout,
        "newest": newest,
        "is_draft": newest.is_draft,
        "overview": sections,
        "done": sum(one.done for one in sections),
        "total": sum(one.total for one in sections),
        "needs": steps,
        "may_submit": newest.is_draft
        and not any(one.needed_for is Stage.SUBMIT for one in found.missing),
        "problems": teller.listed((*found.problems, *problems)),
        "base": newest.version,
        **(more or {}),
    }
    return render(request, "docgen/form/overview.html", context, status=status)
