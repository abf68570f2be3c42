"""The settings page: who we are, what we talk to with a button to try it out, and what is amiss.

Settings are made in one file on the server, which is backed up and reviewed with it; the page shows
what holds and never a secret. The days of reminders and expiry can be changed from here, in that
very file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.signing import OWN_SIGNER
from docgen.errors import ConfigurationError, NotFound, Refused, StorageError
from docgen.services.copied import COPY, FIRST, places_of
from docgen.services.readiness import deployment_faults
from docgen.services.trial import Neighbor, try_out
from docgen.web.account.visitor import acting_person
from docgen.web.commands import for_pages
from docgen.web.desk.parts import Fact
from docgen.web.desk.periods import PeriodsForm, days_of, periods_of
from docgen.web.desk.pso import name_the_pso
from docgen.web.desk.wording import service_words
from docgen.web.site import office_of, settings_file_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.domain.pso import PsoSettings
    from docgen.services.office import Office

_KINDS = {
    "outbox": "letters are written to a folder on the server",
    "smtp": "a mail server",
    "http": "a public authority",
    "local": "the development authority of this site",
    "filesystem": "a folder on the server",
    "s3": "a bucket",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One neighbour as the page shows it; `service` and `name` tell signing services apart."""

    key: str
    title: str
    now: str
    service: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong, and what to do about it."""

    wrong: str
    remedy: str


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Show what holds here."""
    return _page(request, PeriodsForm(initial=days_of(office_of(request).rules)))


def _page(request: HttpRequest, form: PeriodsForm) -> HttpResponse:
    office, file = office_of(request), settings_file_of(request)
    context = {
        "identity": _pso(office.pso) if office.pso else [],
        "may_name": office.pso is None and file is not None,
        "services": _services(office),
        "periods": periods_of(office.rules),
        "form": form if file is not None and file.is_alone else None,
        "faults": [
            Fault(wrong=_sentence(wrong), remedy=_sentence(remedy))
            for wrong, _, remedy in (
                for_pages(item).partition(": ") for item in deployment_faults(office)
            )
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "docgen/desk/settings.html", context, status=status)


@require_POST
def change_periods(request: HttpRequest) -> HttpResponse:
    """Write other days into the settings, and go on with them; who did it is in the history.

    Not done once only: the same days written again change nothing.
    """
    office, file = office_of(request), settings_file_of(request)
    if file is None or not file.is_alone:
        raise Refused("The days are not changed on this page here, but in settings.toml.")
    form = PeriodsForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    days = {name: int(form.cleaned_data[name]) for name in PeriodsForm.base_fields}
    if days == days_of(office.rules):
        messages.info(request, "These days hold already; nothing was changed.")
        return redirect("desk:settings")
    try:
        file.set_days(days)
    except (Refused, ConfigurationError, StorageError) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form)
    actor = f"user:{acting_person(request).key}"
    with office.ledger.transaction():
        office.note(actor, "settings.days_changed", actor, before=days_of(office.rules), now=days)
    messages.success(request, "Stored. The new days hold from now on.")
    return redirect("desk:settings")


@require_POST
def try_neighbor(request: HttpRequest, neighbor: str) -> HttpResponse:
    """Try one neighbour out and say what came of it.

    Not done once only: a slow neighbour must not hold a transaction, and a second try harms nobody.
    """
    try:
        which = Neighbor(neighbor)
    except ValueError as error:
        raise NotFound("There is nothing of this name to try out.") from error
    office, service = office_of(request), request.POST.get("service", "")
    if service and service not in office.services:
        raise NotFound("There is no signing service of this name to try out.")
    trial = try_out(office, which, acting_person(request), service)
    words = f"{service_words(service)}: {trial.words}" if service else trial.words
    (messages.success if trial.works else messages.error)(request, words)
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
    chosen = office.rules.service
    return [
        *(_signing(office, key, is_chosen=key == chosen) for key in _chosen_first(office)),
        Service(key=Neighbor.MAIL, title="Mail", now=_kind(office.mailer.key)),
        Service(key=Neighbor.TIME, title="Time stamps", now=_kind(office.stamper.key)),
        Service(key=Neighbor.ARCHIVE, title="Archive", now=_archive(office)),
    ]


def _chosen_first(office: Office) -> list[str]:
    """List the signing services; the one used by itself comes first, even where it is missing."""
    others = sorted(set(office.services) - {office.rules.service})
    return [office.rules.service, *others]


def _signing(office: Office, key: str, *, is_chosen: bool) -> Service:
    name = service_words(key)
    used = "used where nothing else is chosen" if is_chosen else "can be chosen for a packet"
    invites = ""
    if key != OWN_SIGNER:
        ours = key in office.rules.invited_by_site
        invites = "; this site invites its signers" if ours else "; it invites its signers itself"
    return Service(
        key=Neighbor.SIGNING,
        title="Signing service",
        now=f"{name}, {used}{invites}",
        service=key,
        name=name,
    )


def _archive(office: Office) -> str:
    places = places_of(office.archive)
    first = _kind(places[FIRST].key)
    return f"{first}, with a second copy: {_kind(places[COPY].key)}" if COPY in places else first


def _kind(key: str) -> str:
    return _KINDS.get(key, key)


def _day(day: object) -> str:
    return f"{day}" if day else "–"


def _sentence(words: str) -> str:
    """Make half a sentence a whole one; what is typed stands in quotation marks."""
    typed = re.sub(r"`([^`]*)`", "\u201c\\1\u201d", words)
    is_name = "_" in typed.partition(" ")[0]  # of a setting, written as it is written there
    return f"{typed[:1] if is_name else typed[:1].upper()}{typed[1:]}."


urlpatterns = [
    path("settings", settings, name="settings"),
    path("settings/days", change_periods, name="settings-days"),
    path("settings/pso", name_the_pso, name="settings-pso"),
    path("settings/try/<slug:neighbor>", try_neighbor, name="settings-try"),
]
