"""What waits for the PSO's signature, longest first, each with what differs from standard."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.person import Role
from docgen.domain.plan import PSO_KEY
from docgen.errors import InputError, Refused
from docgen.ports.register_query import Paging
from docgen.services.stand_in import holding, take_over
from docgen.web.account.visitor import acting_person
from docgen.web.desk.asking import page_number
from docgen.web.desk.countersign.sitting import begin_sitting
from docgen.web.desk.parts import Action, Badge, Cell, Column, Pager, Row, Tab, Table, Tone
from docgen.web.desk.wording import day_words
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.history import Activity
    from docgen.domain.person import Person
    from docgen.ports.register import CountersignLine
    from docgen.services.office import Office

SIZE = 25
LONG_DAYS = 5
STANDARD = "Nothing differs from standard."
_COLUMNS = (
    Column(words="Practice"),
    Column(words="Documents"),
    Column(words="Signed for the practice"),
    Column(words="Waiting"),
    Column(words="Differs from standard"),
)


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List what waits: a countersigner's own, those they stand in for, or everybody's."""
    office, person = office_of(request), acting_person(request)
    signs = Role.PSO_COUNTERSIGNER in person.roles
    whose = request.GET.get("whose", "") if signs else "all"
    begin_sitting(request)
    email = "" if whose == "all" else person.email
    page = office.register.countersign_queue(email, Paging(number=page_number(request), size=SIZE))
    table = Table(
        caption="To countersign",
        columns=_COLUMNS,
        rows=rows_of(office, page.items, person),
        pager=Pager.numbered(page.number, page.size, page.total),
    )
    context = {
        "lead": _lead(page.items, page.total),
        "actions": _first(page.items) if signs and whose != "all" and page.number == 1 else [],
        "table": table,
        "tabs": _tabs(person, is_all=whose == "all"),
        "stood_in": _stood_in(office, person) if signs and whose != "all" else None,
        "is_all": whose == "all",
    }
    return render(request, "docgen/desk/countersign/queue.html", context)


def _tabs(person: Person, *, is_all: bool) -> list[Tab]:
    """Let a countersigner look at their own packets and at everybody's."""
    if Role.PSO_COUNTERSIGNER not in person.roles:
        return []
    place = reverse("desk:countersign")
    return [
        Tab(words="For you", url=place, is_here=not is_all),
        Tab(words="For anybody", url=f"{place}?{urlencode({'whose': 'all'})}", is_here=is_all),
    ]


def _lead(lines: Sequence[CountersignLine], total: int) -> str:
    if not total:
        return ""
    differing = sum(1 for item in lines if item.packet.departures)
    waits = "1 packet waits" if total == 1 else f"{total} packets wait"
    shown = "" if len(lines) == total else " of those on this page"
    differs = "differ" if differing > 1 else "differs"
    return (
        f"{waits}, longest first; {differing or 'none'}{shown} {differs} from standard. "
        f"More than {LONG_DAYS} days is marked as long."
    )


def _first(lines: Sequence[CountersignLine]) -> list[Action]:
    if not lines:
        return []
    url = reverse("desk:countersign-packet", args=[lines[0].packet.packet_id])
    return [Action(words="Begin with the first", url=url, is_main=True)]


def rows_of(
    office: Office, lines: Sequence[CountersignLine], person: Person, *, picks: bool = False
) -> list[Row]:
    """Give a row for each packet; `picks` gives it a tick box."""
    signed = signed_for(office, [item.packet.packet_id for item in lines])
    return [
        Row(
            pick=item.packet.packet_id if picks else "",
            cells=(
                Cell(
                    words=item.packet.practice,
                    url=_url(item, person),
                    below=item.packet.packet_id,
                ),
                Cell(words="; ".join(item.packet.titles)),
                _signed_cell(office, signed[item.packet.packet_id]),
                Cell(badge=age_badge(office, item.packet.wait.since), below=_whom(item, person)),
                Cell(words=" ".join(item.packet.departures) or STANDARD),
            ),
        )
        for item in lines
    ]


def _url(line: CountersignLine, person: Person) -> str:
    """Lead who signs to the review, anybody else to the packet."""
    mine = line.email.casefold() == person.email.casefold()
    signs = mine and Role.PSO_COUNTERSIGNER in person.roles
    name = "desk:countersign-packet" if signs else "desk:packet"
    return reverse(name, args=[line.packet.packet_id])


def _whom(line: CountersignLine, person: Person) -> str:
    mine = line.email.casefold() == person.email.casefold()
    return "for you" if mine else f"for {line.countersigner}"


def signed_for(office: Office, packets: Sequence[str]) -> Mapping[str, list[Activity]]:
    """Give the practice's signatures of each packet, by one query."""
    found: dict[str, list[Activity]] = defaultdict(list)
    for item in office.ledger.history.of_kind("signer.signed", packets):
        if item.actor != f"signer:{PSO_KEY}":
            found[item.subject].append(item)
    return found


def _signed_cell(office: Office, signed: Sequence[Activity]) -> Cell:
    if not signed:
        return Cell(words="–", below="not recorded here")
    who = [f"{item.details['name']}, {item.details['title']}" for item in signed]
    last = max(datetime.fromisoformat(str(item.details["signed_at"])) for item in signed)
    return Cell(words="; ".join(who), below=day_words(office.day_of(last)))


def days_since(office: Office, since: datetime) -> int:
    """Count the days since then, by the PSO's calendar."""
    return (office.today() - office.day_of(since)).days


def age_badge(office: Office, since: datetime) -> Badge:
    """Say how long something waits; what waits long is marked."""
    days = days_since(office, since)
    words = "today" if days < 1 else "1 day" if days == 1 else f"{days} days"
    if days > LONG_DAYS:
        return Badge(words=f"{words}, long", tone=Tone.BAD)
    return Badge(words=words, tone=Tone.WAIT)


def _stood_in(office: Office, person: Person) -> dict[str, object] | None:
    """Give what waits for whom this person stands in for today; None when for nobody."""
    found = holding(office, person)
    if not found:
        return None
    named = office.ledger.people.get(found[0].principal)
    page = office.register.countersign_queue(named.email, Paging(size=SIZE))
    return {
        "name": named.name,
        "title": found[0].title,
        "last": day_words(found[0].last),
        "total": page.total,
        "table": Table(
            caption=f"Packets for {named.name}",
            columns=_COLUMNS,
            rows=rows_of(office, page.items, person, picks=True),
            picks="packet",
        ),
    }


@require_POST
def take_over_picked(request: HttpRequest) -> HttpResponse:
    """Take over the packets picked, all of them or none."""
    picked = request.POST.getlist("packet")[:SIZE]

    def act() -> str:
        if not picked:
            raise InputError("Pick at least one packet to take over.")
        for packet_id in picked:
            take_over(office_of(request), packet_id, acting_person(request))
        many = "1 packet" if len(picked) == 1 else f"{len(picked)} packets"
        messages.success(request, f"Taken over: {many}. You sign with your own name and title.")
        return reverse("desk:countersign")

    try:
        return once(request, act)
    except (InputError, Refused) as refusal:
        messages.error(request, f"{refusal} Nothing was taken over.")
        return redirect("desk:countersign")
