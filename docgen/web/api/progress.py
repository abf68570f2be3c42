"""How an enrollment goes on: its history, its tasks, and who is invited to fill in the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja import Router

from docgen.domain.task import Task
from docgen.errors import NotFound
from docgen.services.practice_form import invite, revoke
from docgen.services.task import mark_done, mark_open
from docgen.web.account.visitor import acting_person
from docgen.web.api.bodies import (
    InviteTaken,
    TaskTaken,
)
from docgen.web.api.idempotency import carry_out
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import (
    HistoryItem,
    InvitationItem,
    Invited,
    ListOf,
    TaskStanding,
)
from docgen.web.api.timeline import timeline_of
from docgen.web.site import office_of

if TYPE_CHECKING:
    from docgen.domain.form_guest import FormGuest
    from docgen.services.office import Office

router = Router(tags=["enrollments"])
_AT = "/{str:enrollment_id}"


@router.get(
    f"{_AT}/history",
    response={200: ListOf[HistoryItem], **refusals(404)},
    url_name="enrollment-history",
)
def history(request: HttpRequest, enrollment_id: str) -> ListOf[HistoryItem]:
    """Tell everything that happened to an enrollment, oldest first."""
    office = office_of(request)
    office.ledger.enrollments.latest(enrollment_id)
    return ListOf(items=timeline_of(office, enrollment_id, {}))


@router.post(
    f"{_AT}/tasks/{{str:task}}",
    response={200: ListOf[TaskStanding], **refusals(404, 409, 413, 415)},
    url_name="enrollment-task",
)
def tick(request: HttpRequest, enrollment_id: str, task: str, body: TaskTaken) -> HttpResponse:
    """Mark a task as done, or as open again; the answer is every task of the enrollment."""
    office = office_of(request)
    if task not in {item.value for item in Task}:
        raise NotFound("There is no task of this name.")
    mark = mark_done if body.done else mark_open

    def tell(_: object) -> ListOf[TaskStanding]:
        tasks = office.register.enrollment(enrollment_id).tasks
        return ListOf(items=[TaskStanding.model_validate(one) for one in tasks])

    return carry_out(
        request, lambda: mark(office, enrollment_id, Task(task), acting_person(request)), tell
    )


@router.get(
    f"{_AT}/invitations",
    response={200: ListOf[InvitationItem], **refusals(404)},
    url_name="enrollment-invitations",
)
def invitations(request: HttpRequest, enrollment_id: str) -> ListOf[InvitationItem]:
    """List who of the practice was invited to fill in its form."""
    return _invited(office_of(request), enrollment_id)


def _invited(office: Office, enrollment_id: str) -> ListOf[InvitationItem]:
    office.ledger.enrollments.latest(enrollment_id)
    now = office.clock.now()
    return ListOf(
        items=[
            InvitationItem(
                id=one.id,
                name=one.known_name,
                email=one.email,
                asked_by=one.asked_by,
                asked_at=one.asked_at,
                link_until=one.link_until,
                is_open=one.may_come(now),
                withdrawn_at=one.revoked_at,
                submitted_at=one.submitted_at,
            )
            for one in office.ledger.form_guests.of_enrollment(enrollment_id)
        ]
    )


@router.post(
    f"{_AT}/invitations/{{str:invitation_id}}/withdraw",
    response={200: ListOf[InvitationItem], **refusals(404, 409, 413, 415)},
    url_name="enrollment-invitation-withdraw",
)
def withdraw_invitation(
    request: HttpRequest, enrollment_id: str, invitation_id: str
) -> HttpResponse:
    """End an invitation's link and visit; the answer is every invitation. This takes no body."""
    office = office_of(request)

    def act() -> None:
        revoke(office, enrollment_id, invitation_id, acting_person(request))

    return carry_out(request, act, lambda _: _invited(office, enrollment_id))


@router.post(
    f"{_AT}/invitations",
    response={201: Invited, **refusals(404, 409, 413, 415)},
    url_name="enrollment-invitations",
)
def invite_guest(request: HttpRequest, enrollment_id: str, body: InviteTaken) -> HttpResponse:
    """Invite somebody of the practice to fill in its form; the link goes by mail, never here."""

    def act() -> FormGuest:
        person = acting_person(request)
        return invite(office_of(request), enrollment_id, body.name, body.email, person)

    return carry_out(request, act, Invited.model_validate, 201)
