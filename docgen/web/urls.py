"""Every address of the site. Only `arrive` holds a secret, and it leads on at once."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from docgen.web import asset, callbacks, watch
from docgen.web.account.setup import setup
from docgen.web.api.mount import mounted
from docgen.web.executed import views as executed
from docgen.web.practice import urls as practice
from docgen.web.signing import ceremony, entrance, outcome, outside

handler400 = "docgen.web.problems.unusable"
handler403 = "docgen.web.problems.forbidden"
handler404 = "docgen.web.problems.not_found"
handler429 = "docgen.web.problems.too_many"
handler500 = "docgen.web.problems.failed"

_AT = "signing/<slug:envelope>"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="desk:home"), name="root"),
    path("setup/<slug:token>", setup, name="setup"),
    path("account/", include("docgen.web.account.urls")),
    path("desk/", include("docgen.web.desk.urls")),
    mounted("api/v1/"),
    path("assets/<slug:digest>/<str:name>", asset.asset, name="asset"),
    path("callbacks/<slug:service>", callbacks.callback, name="callback"),
    path("health", callbacks.health, name="health"),
    path("healthz", watch.healthz, name="healthz"),
    path("readyz", watch.readyz, name="readyz"),
    path("metrics", watch.metrics, name="metrics"),
    path("sign/<str:token>", entrance.arrive, name="arrive"),
    *practice.urlpatterns,
    path("executed/<slug:packet>", executed.entrance, name="executed"),
    path("executed/<slug:packet>/set", executed.executed_set, name="executed-set"),
    path("executed/<slug:packet>/files/<slug:sha256>", executed.file, name="executed-file"),
    path("executed/<slug:packet>/files/<slug:sha256>/pages", executed.pages, name="executed-pages"),
    path(_AT, entrance.welcome, name="welcome"),
    path(f"{_AT}/code", entrance.code, name="code"),
    path(f"{_AT}/not-me", entrance.not_me, name="not-me"),
    path(f"{_AT}/next", ceremony.next_page, name="next"),
    path(f"{_AT}/consent", ceremony.consent, name="consent"),
    path(f"{_AT}/read/<slug:slug>", ceremony.read, name="read"),
    path(f"{_AT}/documents/<slug:slug>.pdf", ceremony.document, name="document"),
    path(f"{_AT}/sign", ceremony.sign, name="sign"),
    path(f"{_AT}/decline", outcome.decline, name="decline"),
    path(f"{_AT}/paper", outcome.paper, name="paper"),
    path(f"{_AT}/outside", outside.outside, name="outside"),
    path(f"{_AT}/back", outside.back, name="back"),
    path(f"{_AT}/done", outcome.done, name="done"),
    path(f"{_AT}/copies/<slug:slug>", outcome.copy, name="copy"),
]
