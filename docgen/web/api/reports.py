"""Reports on the archive: two contracts in every 24 months, and the register of agreements."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from docgen.errors import NotFound
from docgen.ports.register import Page
from docgen.services.register_report import (
    CONTRACTS_NEEDED,
    contract_periods,
    contracts_of,
    draw_up,
    packed,
)
from docgen.web.account.visitor import acting_person
from docgen.web.api.packets import handed_over
from docgen.web.api.paging import PageAsked
from docgen.web.api.refusals import ZIP, gives, refusals
from docgen.web.api.schemas import ArchiveItem, PageOf
from docgen.web.api.schemas_archive import ContractPeriodItem, ContractReport
from docgen.web.site import office_of

if TYPE_CHECKING:
    from docgen.services.register_report import ContractPeriod

router = Router(tags=["archive"])


@router.get(
    "/contracts", response={200: ContractReport, **refusals()}, url_name="archive-contracts"
)
def contracts(request: HttpRequest) -> ContractReport:
    """Say for each period of 24 months since the listing how many providers were under contract.

    The rule is 42 U.S.C. 299b-24(b)(1)(C), 42 CFR 3.102(b)(2)(i)(C). Without a day of the listing
    in the settings there is no period.
    """
    office = office_of(request)
    found = contract_periods(office, office.today())
    return ContractReport(
        listed_on=office.pso.listed_on if office.pso else None,
        needed=CONTRACTS_NEEDED,
        periods=[_told(item) for item in found],
    )


def _told(period: ContractPeriod) -> ContractPeriodItem:
    return ContractPeriodItem(
        first=period.first,
        last=period.last,
        is_running=period.is_running,
        is_met=period.is_met,
        providers=period.providers,
        contracts=len(period.contracts),
        without_copy=len(period.without_copy),
    )


class ContractsAsked(PageAsked):
    """Which contracts of one period; without a copy they do not count."""

    first: date
    has_copy: bool = True


@router.get(
    "/contracts/counted",
    response={200: PageOf[ArchiveItem], **refusals(404)},
    url_name="archive-contracts-counted",
)
def counted(request: HttpRequest, asked: Query[ContractsAsked]) -> PageOf[ArchiveItem]:
    """List the contracts of the period that begins on `first`; their packets can be exported."""
    paging = asked.paging(request)
    office = office_of(request)
    periods = contract_periods(office, office.today())
    period = next((item for item in periods if item.first == asked.first), None)
    if period is None:
        raise NotFound("No period of the report begins on this day.")
    lines = period.contracts if asked.has_copy else period.without_copy
    start = (paging.number - 1) * paging.size
    page = Page(
        items=tuple(item.packet_id for item in lines[start : start + paging.size]),
        total=len(lines),
        number=paging.number,
        size=paging.size,
    )
    found = contracts_of(office_of(request), page.items)
    items = [ArchiveItem.model_validate(line) for line in found]
    return PageOf(items=items, total=page.total, next=asked.next(page))


@router.get(
    "/register",
    response={200: bytes, **refusals(409)},
    url_name="archive-register",
    openapi_extra=gives(ZIP),
)
def register(request: HttpRequest) -> HttpResponse:
    """Draw up the register of all agreements and fetch it with its proof, as a zip.

    That it was drawn up is an activity, which the signed log holds; so each fetch gives another.
    """
    office = office_of(request)
    made = draw_up(office, acting_person(request))
    return handed_over(packed(made), ZIP, f"register-{office.today().isoformat()}.zip")
