"""Batches: one act for many enrollments or packets, with a result for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja import Router

from docgen.services.batch import begin
from docgen.web.account.visitor import acting_person
from docgen.web.api.bodies import (
    BatchTaken,
)
from docgen.web.api.idempotency import carry_out
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import (
    BatchWhole,
)
from docgen.web.site import office_of

if TYPE_CHECKING:
    from docgen.domain.batch import Batch

router = Router(tags=["batches"])


@router.post("", response={201: BatchWhole, **refusals(413, 415)}, url_name="batches")
def begin_batch(request: HttpRequest, body: BatchTaken) -> HttpResponse:
    """Have an act carried out for each subject; what is refused holds up nothing else."""

    def act() -> Batch:
        return begin(office_of(request), body.act, body.subjects, acting_person(request))

    return carry_out(request, act, BatchWhole.model_validate, 201)


@router.get("/{str:batch_id}", response={200: BatchWhole, **refusals(404)}, url_name="batch")
def batch(request: HttpRequest, batch_id: str) -> BatchWhole:
    """Say how each line of a batch stands."""
    return BatchWhole.model_validate(office_of(request).ledger.batches.get(batch_id))
