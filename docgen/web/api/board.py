"""The board: where practices stand, how long stages took, who waits on whom; and stand-ins."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from docgen.ports.register_query import EnrollmentQuery, Paging
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import ListOf
from docgen.web.api.schemas_board import (
    AlertCount,
    BoardWhole,
    StageCountItem,
    StageDaysItem,
    StandInItem,
    WaitCountItem,
)
from docgen.web.site import office_of

router = Router(tags=["site"])
_MOST_STAND_INS = 50


@router.get("/board", response={200: BoardWhole, **refusals()}, url_name="board")
def board(request: HttpRequest) -> BoardWhole:
    """Count where all practices stand and what needs attention; lists narrow by the same words."""
    register, today = office_of(request).register, office_of(request).today()
    whole = register.stage_board(EnrollmentQuery(page=Paging(size=1)), today)
    waiting = register.waiting(today)
    return BoardWhole(
        stages=[StageCountItem.model_validate(item) for item in whole.counts],
        days=[StageDaysItem.model_validate(item) for item in whole.days],
        packets=[WaitCountItem.model_validate(item) for item in waiting.packets],
        practices=[WaitCountItem.model_validate(item) for item in waiting.practices],
        alerts=[AlertCount(alert=alert, count=count) for alert, count in waiting.alerts],
        drafts=waiting.drafts,
        overdue=waiting.overdue,
    )


@router.get("/stand-ins", response={200: ListOf[StandInItem], **refusals()}, url_name="stand-ins")
def stand_ins(request: HttpRequest) -> ListOf[StandInItem]:
    """List the newest 50 appointments of who countersigns for the PSO in whose place."""
    office = office_of(request)
    today = office.today()
    return ListOf(
        items=[
            StandInItem(
                id=item.id,
                principal=item.principal,
                person=item.person,
                title=item.title,
                first=item.first,
                last=item.last,
                reason=item.reason,
                appointed_by=item.appointed_by,
                appointed_at=item.appointed_at,
                ended_by=item.ended_by,
                ended_at=item.ended_at,
                is_in_force=item.holds_on(today),
            )
            for item in office.ledger.stand_ins.latest(_MOST_STAND_INS)
        ]
    )
