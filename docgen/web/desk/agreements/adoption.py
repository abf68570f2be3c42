"""Adopting a version: a legal approver takes the text as it stands now into use."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from docgen.errors import InputError, NotFound, Refused
from docgen.services.adopt import adopt
from docgen.web.account.activities import ways
from docgen.web.account.again import again_first
from docgen.web.account.visitor import acting_person
from docgen.web.desk.agreements.listing import title_of
from docgen.web.desk.agreements.standing import badge_of, version_of, versions_of
from docgen.web.desk.parts import Crumb
from docgen.web.form import Form
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.db.models import Account


class AdoptForm(Form):
    """That the text was read, and which text that was."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    read = forms.BooleanField(
        label="I have read this text and adopt it for use by the PSO.",
        error_messages={"required": "Read the text first, then tick the box."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@again_first
def adopt_version(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Say what adopting means, and adopt the text that was shown."""
    office = office_of(request)
    versions = versions_of(office, slug)
    found = version_of(versions, version)
    if found.template is None:
        raise NotFound("The text of this version is not here, so nobody can adopt it.")
    place = reverse("desk:template", args=[slug, version])
    form = AdoptForm(request.POST or None, initial={"digest": found.template.digest})
    if request.method == "POST" and form.is_valid():
        seen = str(form.cleaned_data["digest"])

        def act() -> str:
            how = ", ".join(ways(request, cast("Account", request.user)))
            adopt(office, slug, version, acting_person(request), how, seen=seen)
            messages.success(request, "Adopted. Packets generated from now on are made from it.")
            return place

        try:
            return once(request, act)
        except (InputError, Refused) as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "title": f"Adopt version {version}",
        "lead": title_of(slug, versions),
        "badge": badge_of(found),
        "found": found,
        "digest": found.template.digest,
        "place": place,
        "is_newest": version == versions[0].version,
        "crumbs": [
            Crumb(words="Templates", url=reverse("desk:templates")),
            Crumb(words=f"{title_of(slug, versions)} {version}", url=place),
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "docgen/desk/agreements/adopt.html", context, status=status)
