"""Every address of the site. Only `arrive` holds a secret, and it leads on at once."""

from __future__ import annotations

from django.urls import path

from docgen.web.views import assets, callbacks, ceremony, entrance, outcome

handler400 = "docgen.web.views.problems.unusable"
handler404 = "docgen.web.views.problems.not_found"
handler500 = "docgen.web.views.problems.failed"

_AT = "signing/<slug:envelope>"

urlpatterns = [
    path("assets/<slug:digest>/<str:name>", assets.asset),
    path("callbacks/<slug:service>", callbacks.callback),
    path("health", callbacks.health),
    path("sign/<str:token>", entrance.arrive),
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
    path(f"{_AT}/done", outcome.done, name="done"),
]
