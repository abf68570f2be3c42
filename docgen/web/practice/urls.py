"""Addresses of the practice's own pages; only `practice-link` holds a secret, and it leads on."""

from __future__ import annotations

from django.urls import path

from docgen.web.practice import entrance, form, start

_AT = "practice/<slug:guest>"

urlpatterns = [
    path("start", start.start, name="start"),
    path("start/sample/<slug:slug>/<slug:kind>", start.sample, name="start-sample"),
    path("start/blank/<slug:kind>", start.blank, name="start-blank"),
    path("practice/link/<str:token>", entrance.arrive, name="practice-link"),
    path(_AT, entrance.welcome, name="practice"),
    path(f"{_AT}/form", form.form, name="practice-form"),
    path(f"{_AT}/form/<str:section>", form.section, name="practice-form-section"),
    path(f"{_AT}/form/<str:section>/<str:item>", form.item, name="practice-form-item"),
]
