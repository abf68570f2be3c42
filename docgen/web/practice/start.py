"""The start page: the blank sample agreements, the guide, and the way to one's own form."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from docgen.errors import InputError
from docgen.services.ceremony.flood import Tried
from docgen.services.practice_form import ask_start
from docgen.services.sample import blank_forms
from docgen.web.client import count, refuse_flood
from docgen.web.desk.enrollments.blanks import TYPES, form_of, handed_over
from docgen.web.signing.ceremony import PDF_POLICY
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.services.office import Office

TITLES = {
    "psa": "PSO agreement (PSA)",
    "baa": "Business associate agreement (BAA)",
    "pses": "PSES policy",
}
_KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_made: dict[str, dict[str, bytes]] = {}
_making = Lock()


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Offer what a practice reads first, and mail it a link to its form if it asks for one."""
    context: dict[str, object] = {
        "titles": TITLES.items(),
        "guide": office_of(request).rules.guide_url,
    }
    if request.method != "POST":
        return render(request, "docgen/practice/start.html", context)
    refuse_flood(request, Tried.CODE)
    count(request, Tried.CODE)
    address = request.POST.get("address", "")[:300]
    try:
        # The sweep mails it: a letter sent here would tell, by its time, who is known.
        ask_start(office_of(request), address)
    except InputError as refusal:
        context |= {"problem": str(refusal), "given": address}
        return render(request, "docgen/practice/start.html", context, status=422)
    return render(request, "docgen/practice/start.html", context | {"is_asked": True})


@require_safe
def sample(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Hand over one blank agreement."""
    if slug not in TITLES or kind not in _KINDS:
        raise Http404
    found = _samples(office_of(request))
    data = next(
        (
            data
            for name, data in found.items()
            if name.startswith(f"{slug}-") and name.endswith(f".{kind}")
        ),
        None,
    )
    if data is None:
        raise Http404
    response = HttpResponse(data, content_type=_KINDS[kind])
    how = "inline" if kind == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{slug}-blank.{kind}"'
    if kind == "pdf":
        response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def _samples(office: Office) -> dict[str, bytes]:
    """Make the blank agreements once; whoever comes meanwhile waits for the same ones."""
    key = str(office.templates)
    with _making:
        if key not in _made:
            _made[key] = blank_forms(office)
        return _made[key]


@require_safe
def blank(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand over the blank enrollment form."""
    if kind not in TYPES or kind == "csv":
        raise Http404
    return handed_over(kind, form_of(office_of(request), kind, None))
