"""The settings page: who we are, what we talk to with a button to try it out, and what is amiss.

Settings are made in one file on the server, which is backed up and reviewed with it; the page shows
what holds and never a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.retention import YEARS
from docgen.errors import NotFound
from docgen.services.readiness import deployment_faults
from docgen.services.remind import APART
from docgen.services.trial import Neighbor, try_out
from docgen.web.account.visitor import acting_person
from docgen.web.commands import for_pages
from docgen.web.desk.parts import Fact
from docgen.web.desk.pso import name_the_pso
from docgen.web.desk.wording import service_words
from docgen.web.site import first_settings_of, office_of

if TYPE_CHECKING:
    from datetime import timedelta

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.pso import PsoSettings
    from docgen.services.office import Office

_KINDS = {
    "outbox": "letters are written to a folder on the server",
    "smtp": "a mail server",
    "http": "a public authority",
    "local": "the development authority of this site",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One neighbour as the page shows it."""

    key: str
    title: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong, and what to do about it."""

    wrong: str
    remedy: str


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Show what holds here."""
    office = office_of(request)
    context = {
        "identity": _pso(office.pso) if office.pso else [],
        "may_name": office.pso is None and first_settings_of(request) is not None,
        "services": _services(office),
        "periods": _periods(office),
        "faults": [
            Fault(wrong=_sentence(wrong), remedy=_sentence(remedy))
            for wrong, _, remedy in (
                for_pages(item).partition(": ") for item in deployment_faults(office)
            )
        ],
    }
    return render(request, "docgen/desk/settings.html", context)


@require_POST
def try_neighbor(request: HttpRequest, neighbor: str) -> HttpResponse:
    """Try one neighbour out and say what came of it.

    Not done once only: a slow neighbour must not hold a transaction, and a second try harms nobody.
    """
    try:
        which = Neighbor(neighbor)
    except ValueError as error:
        raise NotFound("There is nothing of this name to try out.") from error
    trial = try_out(office_of(request), which, acting_person(request))
    (messages.success if trial.works else messages.error)(request, trial.words)
    return redirect("desk:settings")


def _pso(pso: PsoSettings) -> list[Fact]:
    signatory = pso.signatory
    return [
        Fact(term="Legal name", words=pso.legal_name),
        Fact(term="AHRQ PSO number", words=pso.pso_number),
        Fact(
            term="Listed",
            words=f"{_day(pso.listed_on)} to {_day(pso.listing_expires_on)}",
        ),
        Fact(term="Program", words=pso.program.name),
        Fact(term="E-mail", words=pso.email),
        Fact(term="Signs for the PSO", words=f"{signatory.title}, {signatory.email}"),
        Fact(term="Time zone", words=pso.time_zone),
    ]


def _services(office: Office) -> list[Service]:
    return [
        Service(
            key=Neighbor.SIGNING, title="Signing service", now=service_words(office.rules.service)
        ),
        Service(key=Neighbor.MAIL, title="Mail", now=_kind(office.mailer.key)),
        Service(key=Neighbor.TIME, title="Time stamps", now=_kind(office.stamper.key)),
    ]


def _periods(office: Office) -> list[Fact]:
    rules = office.rules
    return [
        Fact(term="An envelope expires", words=f"{_long(rules.signing_period)} after it is sent"),
        Fact(term="Reminders", words=_reminders(rules.reminder_period)),
        Fact(term="A one-time code is good for", words=_long(rules.code_period)),
        Fact(term="A signing session lasts", words=_long(rules.session_period)),
        Fact(
            term="Agreements are kept",
            words=f"while in effect, and {YEARS} years after (45 CFR 164.316(b)(2)(i))",
        ),
    ]


def _reminders(period: timedelta | None) -> str:
    by_itself = f"every {_once_in(period)} by themselves" if period else "none by themselves"
    return f"{by_itself}; from the desk at most one every {_once_in(APART)} for each signer"


def _once_in(period: timedelta) -> str:
    """Say a period that comes round: “day”, “3 days”."""
    return _long(period).removeprefix("1 ")


def _kind(key: str) -> str:
    return _KINDS.get(key, key)


def _day(day: object) -> str:
    return f"{day}" if day else "–"


def _long(period: timedelta) -> str:
    """Say a period in its largest whole unit."""
    seconds = int(period.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} seconds"


def _sentence(words: str) -> str:
    """Make half a sentence a whole one; what is typed stands in quotation marks."""
    typed = re.sub(r"`([^`]*)`", "\u201c\\1\u201d", words)
    is_name = "_" in typed.partition(" ")[0]  # of a setting, written as it is written there
    return f"{typed[:1] if is_name else typed[:1].upper()}{typed[1:]}."


urlpatterns = [
    path("settings", settings, name="settings"),
    path("settings/pso", name_the_pso, name="settings-pso"),
    path("settings/try/<slug:neighbor>", try_neighbor, name="settings-try"),
]
