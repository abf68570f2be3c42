"""Addresses of the reading room."""

from __future__ import annotations

from django.urls import path

from docgen.web.desk.archive import disclosures, disposals, exports, holds, listing, record, reports

_AT = "archive/packets/<str:packet_id>"

urlpatterns = [
    path("archive", listing.archive, name="archive"),
    path("archive/export", exports.export_selection, name="archive-export"),
    path("archive/exports/<str:export_id>", exports.asked, name="archive-export-asked"),
    path("archive/exports/<str:export_id>/file", exports.file, name="archive-export-file"),
    path("archive/contracts", reports.contracts, name="archive-contracts"),
    path("archive/register", reports.register, name="archive-register"),
    path(_AT, record.record, name="archive-record"),
    path(f"{_AT}/files/<str:sha256>", record.file, name="archive-file"),
    path(f"{_AT}/files/<str:sha256>/read", record.read, name="archive-read"),
    path(f"{_AT}/verify", record.verify, name="archive-verify"),
    path(f"{_AT}/disclosure", disclosures.disclosure, name="archive-disclosure"),
    path(f"{_AT}/hold", holds.hold, name="archive-hold"),
    path(f"{_AT}/hold/place", holds.place, name="archive-hold-place"),
    path(f"{_AT}/hold/propose", holds.propose_lift, name="archive-hold-propose"),
    path(f"{_AT}/hold/lift", holds.lift, name="archive-hold-lift"),
    path(f"{_AT}/disposal", disposals.disposal, name="archive-disposal"),
    path(f"{_AT}/disposal/propose", disposals.propose, name="archive-disposal-propose"),
    path(f"{_AT}/disposal/withdraw", disposals.withdraw, name="archive-disposal-withdraw"),
    path(f"{_AT}/disposal/confirm", disposals.confirm, name="archive-disposal-confirm"),
]
