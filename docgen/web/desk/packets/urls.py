"""Addresses of the packet pages."""

from __future__ import annotations

from django.urls import path

from docgen.web.desk.packets import acts, listing, paper, preview, proposals, record, review

_AT = "packets/<str:packet_id>"

urlpatterns = [
    path("packets", listing.packets, name="packets"),
    path("packets/act", listing.act_on_many, name="packets-act"),
    path(_AT, record.record, name="packet"),
    path(f"{_AT}/history", record.history, name="packet-history"),
    path(f"{_AT}/documents/<slug:slug>", preview.document, name="packet-document"),
    path(f"{_AT}/files/<slug:slug>.<str:form>", preview.file, name="packet-file"),
    path(f"{_AT}/approve", acts.approve_plan, name="packet-approve"),
    path(f"{_AT}/send", acts.send_packet, name="packet-send"),
    path(f"{_AT}/remind", acts.remind_signers, name="packet-remind"),
    path(f"{_AT}/take-back", acts.take_back, name="packet-take-back"),
    path(f"{_AT}/review", review.review, name="packet-review"),
    path(f"{_AT}/review/release", review.release, name="packet-release"),
    path(f"{_AT}/review/return", review.take_in, name="packet-return"),
    path(f"{_AT}/review/agree", review.agree_terms, name="packet-agree"),
    path(f"{_AT}/review/<int:number>/<slug:slug>.<str:form>", review.draft, name="packet-draft"),
    path(f"{_AT}/returned/<str:digest>", review.returned, name="packet-returned"),
    path(f"{_AT}/returned/<str:digest>/changes", proposals.proposals, name="packet-proposals"),
    path(f"{_AT}/paper", paper.paper, name="packet-paper"),
    path(f"{_AT}/paper/in", paper.take_in, name="packet-paper-in"),
    path(f"{_AT}/paper/end", paper.end, name="packet-end"),
    path(f"{_AT}/paper/scan", paper.scan_file, name="packet-scan"),
    path(f"{_AT}/signers/<str:recipient>", acts.reassign_signer, name="packet-reassign"),
    path(f"{_AT}/signers/<str:recipient>/asked", acts.answer_request, name="packet-asked"),
    path(f"{_AT}/signers/<str:recipient>/code", acts.show_code, name="packet-code"),
]
