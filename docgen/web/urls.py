"""Every address of the site."""

from __future__ import annotations

from django.urls import path

from docgen.web.views import assets, callbacks, ceremony, entrance, outcome

handler404 = "docgen.web.views.problems.not_found"
handler500 = "docgen.web.views.problems.failed"

urlpatterns = [
    path("assets/<slug:digest>/<str:name>", assets.asset),
    path("callbacks/<slug:service>", callbacks.callback),
    path("health", callbacks.health),
    path("sign/<str:token>", entrance.welcome, name="welcome"),
    path("sign/<str:token>/code", entrance.code, name="code"),
    path("sign/<str:token>/not-me", entrance.not_me, name="not-me"),
    path("signing", ceremony.next_page, name="next"),
    path("signing/consent", ceremony.consent, name="consent"),
    path("signing/read/<slug:slug>", ceremony.read, name="read"),
    path("signing/documents/<slug:slug>.pdf", ceremony.document, name="document"),
    path("signing/sign", ceremony.sign, name="sign"),
    path("signing/decline", outcome.decline, name="decline"),
    path("signing/paper", outcome.paper, name="paper"),
    path("signing/done", outcome.done, name="done"),
]
