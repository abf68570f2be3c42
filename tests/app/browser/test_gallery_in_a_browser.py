"""Every component at once, full of the longest words, at every size, in light and dark."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.web.desk.parts import (
    Action,
    Badge,
    Cell,
    Choice,
    Column,
    Fact,
    Filters,
    Moment,
    Pager,
    Row,
    Tab,
    Table,
    Tone,
    Trouble,
)
from tests.app.browser.desk_site import look
from tests.conftest import NOON

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tests.app.browser.desk_site import OfficeHours, look

LONG = "Regional Comprehensive Radiation Oncology and Multidisciplinary Cancer Institute, P.L.L.C."
WORD = "Ärztegemeinschaftspraxisverwaltungsgesellschaft" * 2


def rows() -> list[Row]:
    """Give a row for each state, with names that strain the layout."""
    return [
        Row(
            cells=(
                Cell(words=name, url="/desk/", below="PSO agreement (PSA) and BAA"),
                Cell(badge=Badge.of(state)),
                Cell(words="1,234"),
                Cell(at=NOON),
            ),
            pick=state.value,
        )
        for state, name in zip(
            PacketState, [LONG, WORD, "عيادة المثال", "例示診療所"] * 9, strict=False
        )
    ]


def context() -> dict[str, object]:
    """Give every component something to show."""
    from docgen.web.desk.people import NewPersonForm

    columns = (
        Column(words="Practice", key="practice"),
        Column(words="State"),
        Column(words="Pages", key="pages", is_number=True),
        Column(words="Since", key="since"),
    )
    pager = Pager.numbered(2, 50, 5000)
    return {
        "actions": [
            Action(words="Main act", url="/desk/", is_main=True),
            Action(words="Other", url="/desk/"),
        ],
        "table": Table(
            caption="Packets",
            columns=columns,
            rows=rows(),
            sort="-since",
            picks="packet",
            pager=pager,
        ),
        "filters": Filters(
            label="Search",
            hint="practice, NPI or EIN",
            choices=(Choice(name="state", label="State", options=(("", "all"), ("sent", "sent"))),),
        ),
        "facts": [
            Fact(term="Practice", words=LONG),
            Fact(term="State", badge=Badge(words="waits for you", tone=Tone.WAIT)),
            Fact(term="Since", at=NOON),
            Fact(term="Nothing here"),
        ],
        "moments": [
            Moment(
                at=NOON + timedelta(days=number), words="Sent", who="Casey", more=LONG, tone=tone
            )
            for number, tone in enumerate(Tone)
        ],
        "tabs": [
            Tab(words="Overview", url="/desk/", is_here=True),
            Tab(words="History", url="/desk/", count=12),
        ],
        "problems": [Trouble(words="The NPI has nine digits; it needs ten.", anchor="id_name")],
        "form": NewPersonForm({"email": "wrong"}),
        "action": Action(words="Generate one", url="/desk/"),
    }


@pytest.fixture
def gallery(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the gallery where the first page is."""
    del app
    from django.http import HttpResponse as Answer
    from django.template import engines
    from django.urls import clear_url_caches

    template = engines["django"].from_string(
        (Path(__file__).parent / "gallery.html").read_text("utf-8")
    )

    def view(request: HttpRequest) -> HttpResponse:
        return Answer(template.render(context(), request))

    from docgen.web.desk import urls

    shown = next(item for item in urls.urlpatterns if item.name == "home")
    monkeypatch.setattr(shown, "callback", view)
    clear_url_caches()


@pytest.mark.usefixtures("gallery")
def test_every_component_is_well_made(office_hours: OfficeHours) -> None:
    """Nothing scrolls sideways, nothing is too small, and axe finds nothing."""
    page = office_hours.page("coordinator")
    page.goto(office_hours.at("/desk/"))
    page.get_by_role("heading", name="Every component").wait_for()
    page.get_by_text("Void this packet…").click()
    look(page, "gallery")
    office_hours.assert_quiet()
