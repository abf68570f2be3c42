"""Addresses of the pages about the agreements' texts."""

from __future__ import annotations

from django.urls import path

from docgen.web.desk.agreements import adoption, difference, listing, record, signed

_AT = "templates/<str:slug>"

urlpatterns = [
    path("templates", listing.templates, name="templates"),
    path(f"{_AT}/compare", difference.compare, name="template-compare"),
    path(f"{_AT}/practices", signed.practices, name="template-practices"),
    path(f"{_AT}/<str:version>", record.record, name="template"),
    path(f"{_AT}/<str:version>/adopt", adoption.adopt_version, name="template-adopt"),
]
