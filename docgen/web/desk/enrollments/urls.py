"""Addresses of the enrollment pages."""

from __future__ import annotations

from django.urls import path

from docgen.web.desk.enrollments import (
    blanks,
    filling,
    guests,
    listing,
    record,
    sources,
    uploads,
    versions,
)

_AT = "enrollments/<str:enrollment_id>"

urlpatterns = [
    path("enrollments", listing.enrollments, name="enrollments"),
    path("enrollments/act", listing.act_on_many, name="enrollments-act"),
    path("enrollments/new", filling.begin, name="enrollment-new"),
    path("enrollments/upload", uploads.upload, name="enrollments-upload"),
    path("enrollments/upload/<str:key>", uploads.uploaded, name="enrollments-uploaded"),
    path("enrollments/blank/<str:kind>", blanks.blank, name="enrollments-blank"),
    path(_AT, record.record, name="enrollment"),
    path(f"{_AT}/history", record.history, name="enrollment-history"),
    path(f"{_AT}/generate", record.generate, name="enrollment-generate"),
    path(f"{_AT}/tick", record.tick, name="enrollment-tick"),
    path(f"{_AT}/form", filling.form, name="enrollment-form"),
    path(f"{_AT}/form/<str:section>", filling.section, name="enrollment-form-section"),
    path(f"{_AT}/form/<str:section>/<str:item>", filling.item, name="enrollment-form-item"),
    path(f"{_AT}/versions", versions.versions, name="enrollment-versions"),
    path(f"{_AT}/sources", sources.sources, name="enrollment-sources"),
    path(f"{_AT}/sources/<slug:slug>/file", sources.file, name="enrollment-source-file"),
    path(f"{_AT}/sources/<slug:slug>/<slug:way>", sources.choose, name="enrollment-source"),
    path(f"{_AT}/guests", guests.guests, name="enrollment-guests"),
    path(f"{_AT}/guests/<str:guest>/withdraw", guests.withdraw, name="enrollment-guest-withdraw"),
    path(f"{_AT}/upload", uploads.upload, name="enrollment-upload"),
    path(f"{_AT}/blank/<str:kind>", blanks.draft, name="enrollment-blank"),
]
