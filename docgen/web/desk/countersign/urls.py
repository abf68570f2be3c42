"""Addresses of the countersigner's desk."""

from __future__ import annotations

from django.urls import path

from docgen.web.desk.countersign import queue, review, stand_ins

_AT = "countersign/<str:packet_id>"

urlpatterns = [
    path("countersign", queue.queue, name="countersign"),
    path("countersign/take-over", queue.take_over_picked, name="countersign-take-over"),
    path("countersign/stand-ins", stand_ins.stand_ins, name="stand-ins"),
    path(
        "countersign/stand-ins/<str:stand_in_id>/end", stand_ins.end_stand_in, name="stand-in-end"
    ),
    path(_AT, review.review, name="countersign-packet"),
    path(f"{_AT}/read/<slug:slug>", review.read, name="countersign-read"),
    path(f"{_AT}/files/<slug:slug>.pdf", review.file, name="countersign-file"),
]
