"""The board: figures, charts, and the list of practices with its filters."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING, TypeVar

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.plan import PSO_KEY
from docgen.domain.standing import BOUNCED, EXECUTED_COPY, INVITATION
from docgen.domain.waiting import Need, Wait, WaitsOn
from docgen.ports.register_query import EnrollmentQuery
from docgen.web.desk.board_lines import whom_words
from tests.conftest import NOON
from tests.ledger.lives import BY, end, execute, packet, record, store, to_state, version

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

    from docgen.ports.register import EnrollmentLine
    from docgen.services.office import Office
    from tests.app.desk.staff import Desk

QUERIES = 10
SIZE = 50
LARGEST = 250_000
GUIDE = {"participation_guide": {"reviewed_at": "2026-11-01"}}
FIGURE = re.compile(r"<h3>(.*?)</h3>\s*<ul>(.*?)</ul>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
LINK = re.compile(r'<a href="/desk/board([^"#]+)#practices">(.*?)</a>')
ROW = re.compile(r'<td data-label="Practice"><a href="/desk/enrollments/([^"]+)"')

Row = TypeVar("Row", bound="Model")


def plain(markup: str) -> str:
    """Give the words of a piece of a page."""
    return " ".join(TAG.sub(" ", markup).split())


def begin(office: Office, name: str, words: str) -> None:
    """Store a practice whose agreements are on their way."""
    made = version(f"enr_{name}", record(words, **GUIDE))
    store(office, made, packet(f"pkt_{name}", f"enr_{name}", practice=words))
    to_state(office, f"pkt_{name}", PacketState.SENT)


def note(office: Office, subject: str, kind: str, **details: object) -> None:
    """Write an activity."""
    with office.ledger.transaction():
        office.note(subject, kind, BY, **details)


def several(desk: Desk) -> None:
    """Store practices in every stage, beside the desk's own; one bounced, one copy undelivered."""
    office = desk.office
    begin(office, "alpha", "Alpha Oncology")
    note(office, "pkt_alpha", BOUNCED, recipient="practice_1", mail=INVITATION)
    begin(office, "beta", "Beta Oncology")
    execute(office, "pkt_beta")
    note(office, "pkt_beta", "envelope.sealed")
    for key in ("practice_1", PSO_KEY):
        note(office, "pkt_beta", "signer.copy_sent", recipient=key)
    note(office, "pkt_beta", BOUNCED, recipient=PSO_KEY, mail=EXECUTED_COPY)
    begin(office, "gamma", "Gamma Oncology")
    execute(office, "pkt_gamma")
    end(office, "pkt_gamma", 0)


def every(desk: Desk) -> tuple[EnrollmentLine, ...]:
    """List every practice there is."""
    return desk.office.register.enrollments(EnrollmentQuery()).items


def copy_of(row: Row, **changed: object) -> Row:
    """Give a row with the same columns but for these."""
    kept = {item.attname: getattr(row, item.attname) for item in row._meta.concrete_fields}
    kept.pop("id", None)
    return type(row)(**{**kept, **changed})


def page_of(client: Client, asked: str = "") -> str:
    """Open the board; it always answers."""
    answer = client.get(f"/desk/board{asked}")
    assert answer.status_code == 200, asked
    return answer.content.decode()


def figures(page: str) -> dict[str, str]:
    """Give each stage's words, by its name."""
    found = [(plain(head).split(), plain(marks)) for head, marks in FIGURE.findall(page)]
    return {head[1]: f"{head[0]}: {marks}" for head, marks in found}


def listed(page: str) -> list[str]:
    """List the practices of the page, in order."""
    return [item.removeprefix("enr_") for item in ROW.findall(page)]


def test_figures_count_each_stage(desk: Desk) -> None:
    """Bounced invitations and undelivered copies stand as states of their own."""
    several(desk)
    assert figures(page_of(desk.as_("auditor"))) == {
        "Contracting": "2: Overdue 0 Invitation came back (contracting) 1 "
        "Executed copy not delivered 0",
        "Onboarding": "1: Overdue 0 Invitation came back 0 "
        "Executed copy not delivered (onboarding) 1",
        "Implementation": "0: Overdue 0 Invitation came back 0 Executed copy not delivered 0",
        "Enrolled": "0: Invitation came back 0 Executed copy not delivered 0",
        "Ended": "1: Invitation came back 0 Executed copy not delivered 0",
    }


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Invitation came back (contracting)", ["alpha"]),
        ("Executed copy not delivered (onboarding)", ["beta"]),
        ("1 Ended", ["gamma"]),
        ("1 Onboarding", ["beta"]),
    ],
)
def test_every_figure_leads_to_its_list(desk: Desk, words: str, names: list[str]) -> None:
    """The link lists those very practices; a zero leads nowhere."""
    several(desk)
    client = desk.as_("coordinator")
    links = {plain(shown): unescape(place) for place, shown in LINK.findall(page_of(client))}
    assert listed(page_of(client, links[words])) == names
    assert set(links) == {
        "2 Contracting", "Invitation came back (contracting)",
        "1 Onboarding", "Executed copy not delivered (onboarding)", "1 Ended",
    }  # fmt: skip


def test_overdue_is_said_in_words(desk: Desk) -> None:
    """The day before it is not overdue; then the figure, the chart, the list and the filter say so."""
    several(desk)
    line = desk.office.register.enrollment("enr_alpha")
    assert line.due_on is not None
    desk.clock.advance(timedelta(days=(line.due_on - NOON.date()).days))
    client = desk.as_("coordinator")
    assert "alpha" not in listed(page_of(client, "?due=overdue"))
    assert "overdue by" not in plain(page_of(client, "?q=alpha"))
    desk.clock.advance(timedelta(days=1))
    page = page_of(desk.as_("coordinator"), "?due=overdue&q=alpha")
    assert listed(page) == ["alpha"]
    assert "overdue by 1 day" in plain(page)
    assert "signed by the practice due Dec 23, 2026, overdue; waits on the practice" in plain(page)
    assert "Overdue (contracting) 2" in figures(page)["Contracting"]


def test_a_row_says_where_the_practice_stands(desk: Desk) -> None:
    """Stage and since when, tasks done and open, the next one and its day, and who waits on whom."""
    several(desk)
    desk.clock.advance(timedelta(days=3))
    said = plain(page_of(desk.as_("coordinator"), "?q=beta"))
    assert "onboarding executed copy not delivered for 3 days, since Nov 23, 2026" in said
    assert "8 of 18 done" in said
    assert "Orientation held due Dec 7, 2026" in said
    assert "Internal workflow defined due Jan 7, 2027; waits on the practice" in said
    assert "PSES policy drafted not due yet; waits on the coordinator" in said
    assert "Deployed to all staff" not in said  # a task of the next stage
    assert "The practice waits on the coordinator to do the next task, since Nov 23, 2026" in said
    alpha = plain(page_of(desk.as_("coordinator"), "?q=alpha"))
    assert "on the coordinator to correct address (Invented practice_1), since" in alpha


def test_an_ended_practice_has_no_next_task(desk: Desk) -> None:
    """Nobody waits, nothing is due, and since when it stands there is not made up."""
    several(desk)
    page = page_of(desk.as_("coordinator"), "?stage=ended")
    assert listed(page) == ["gamma"]
    row = plain(page[page.index("<tbody>", page.index('id="results"')) :])
    assert "none" in row
    assert "Nobody waits" in row
    assert "since" not in row


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (Wait(on=WaitsOn.PRACTICE, need=Need.SIGN, since=NOON, name="Ann Example"),
         "The PSO waits on Ann Example (practice)"),
        (Wait(on=WaitsOn.COUNTERSIGNER, need=Need.COUNTERSIGN, since=NOON),
         "The practice waits on the PSO countersigner"),
        (Wait(on=WaitsOn.COORDINATOR, need=Need.CORRECT_ADDRESS, since=NOON, name="Ann Example"),
         "The practice waits on the coordinator"),
        (Wait(on=WaitsOn.SERVICE, need=Need.CARRY_ON, since=NOON),
         "Both wait on the signing service"),
        (Wait(on=WaitsOn.NOBODY, need=Need.NOTHING, since=NOON), "Nobody waits"),
        (Wait(on=WaitsOn.PRACTICE, need=Need.NOTHING, since=NOON), "Nobody waits"),
    ],
)  # fmt: skip
def test_who_waits_on_whom(wait: Wait, words: str) -> None:
    """We on the practice, or the practice on one of us."""
    assert whom_words(wait) == words


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("?on=coordinator&q=oncology&sort=practice", ["alpha", "beta"]),
        ("?on=nobody", ["gamma"]),
        ("?alert=copy_undelivered", ["beta"]),
        ("?q=gamma", ["gamma"]),
        ("?q=oncology&sort=practice&stage=contracting", ["alpha"]),
        ("?stage=implementation", []),
        ("?q=beta&stage=ended", []),
    ],
)
def test_the_list_is_narrowed(desk: Desk, asked: str, names: list[str]) -> None:
    """By stage, who is waited on, alert and text, together; the figures stay those of all."""
    several(desk)
    client = desk.as_("auditor")
    page = page_of(client, asked)
    found = [name for name in listed(page) if name in {"alpha", "beta", "gamma"}]
    assert found == names
    assert ("Nothing fits" in page) is (not listed(page))
    assert figures(page) == figures(page_of(client))


def test_the_list_is_sorted(desk: Desk) -> None:
    """What is due first stands first by itself; without a day last; a heading turns it round."""
    several(desk)
    client = desk.as_("auditor")
    due = listed(page_of(client))
    assert due == listed(page_of(client, "?sort=due"))
    lines = {item.enrollment_id.removeprefix("enr_"): item for item in every(desk)}
    days = [lines[name].due_on or date.max for name in due]
    assert days == sorted(days)
    assert due[-1] == listed(page_of(client, "?sort=-due"))[-1] == "gamma"
    page = page_of(client, "?sort=practice&q=oncology")
    assert [name for name in listed(page) if len(name) < 6] == ["alpha", "beta", "gamma"]
    assert 'aria-sort="ascending"><a href="?sort=-practice&amp;q=oncology#practices"' in page
    assert 'aria-sort="ascending"><a href="?sort=-due#practices"' in page_of(client)


@pytest.mark.parametrize(
    "asked",
    [
        "?stage=nowhere&on=me&alert=x&due=never&sort=zzz&page=-3",
        "?stage=&on=&alert=&due=&sort=&page=",
        "?page=99999999999999999999999",
        "?page=\u0663",
        "?stage=contracting&stage=nowhere",
        "?unheard_of=1",
    ],
)
def test_garbage_asks_for_nothing(desk: Desk, asked: str) -> None:
    """What is no filter, order or page of ours is ignored; the list is the whole one."""
    several(desk)
    client = desk.as_("auditor")
    assert listed(page_of(client, asked)) == listed(page_of(client))


@pytest.mark.parametrize(
    "asked",
    ["?q=%00", "?q=%ff%fe", "?q=" + "x" * 5000, "?q=%25%5F'%22--", "?q=%3Cscript%3Eq%3C/script%3E"],
)
def test_any_text_may_be_looked_for(desk: Desk, asked: str) -> None:
    """Marks of a database or of a page mean nothing."""
    assert "<script>q" not in page_of(desk.as_("auditor"), asked)


def test_names_are_only_words(desk: Desk) -> None:
    """A practice may be called anything; the page shows it and obeys none of it."""
    begin(desk.office, "odd", '"><script>alert(1)</script>')
    page = page_of(desk.as_("auditor"), "?q=script")
    assert listed(page) == ["odd"]
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_an_empty_desk_says_so(desk: Desk) -> None:
    """Without any practice there are no charts, no filters and no list."""
    from docgen.db.models import RegisterEnrollmentRow

    RegisterEnrollmentRow.objects.all().delete()
    page = page_of(desk.as_("auditor"))
    assert "No practices yet" in page
    assert "<svg" not in page
    assert '<form class="filters"' not in page


def test_one_practice_makes_a_board(desk: Desk) -> None:
    """The first practice of a site: one line, one bar, and no time of any stage yet."""
    page = page_of(desk.as_("auditor"))
    assert len(listed(page)) == 1
    assert "1–1 of 1" in page
    assert "Contracting: 1 on track, 0 overdue. Onboarding: none. Implementation: none." in page
    assert "Contracting: none yet." in page


def test_long_lists_have_pages(desk: Desk) -> None:
    """Fifty a page; filters and order stay; a page beyond the last is the last."""
    for number in range(SIZE + 5):
        made = version(f"enr_{number:02}", record(f"Many {number:02}"), draft=True)
        store(desk.office, made)
    client = desk.as_("auditor")
    first = page_of(client, "?q=many&sort=practice")
    assert listed(first) == [f"{number:02}" for number in range(SIZE)]
    assert "1–50 of 55" in first
    assert "?q=many&amp;sort=practice&amp;page=2" in first
    last = page_of(client, "?q=many&sort=practice&page=2")
    assert listed(last) == [f"{number:02}" for number in range(SIZE, SIZE + 5)]
    assert listed(page_of(client, "?q=many&sort=practice&page=9999")) == listed(last)
    assert desk.queries(client, "/desk/board?q=many") <= QUERIES
    assert desk.queries(client, "/desk/board") <= QUERIES


def test_five_thousand_practices_make_one_page(desk: Desk) -> None:
    """As many queries and lines as for a hundred; large numbers are grouped."""
    from docgen.db.models import RegisterEnrollmentRow, RegisterLineRow

    row = RegisterEnrollmentRow.objects.get()
    line = RegisterLineRow.objects.get(subject=row.enrollment_id)
    rows, lines = [], []
    for number in range(4999):
        name = f"enr_{number:04}"
        rows.append(copy_of(row, enrollment_id=name, practice=f"copy {number:04}"))
        lines.append(copy_of(line, subject=name, line={**line.line, "enrollment_id": name}))
    RegisterEnrollmentRow.objects.bulk_create(rows)
    RegisterLineRow.objects.bulk_create(lines)
    client = desk.as_("auditor")
    page = page_of(client, "?sort=practice")
    assert "1–50 of 5,000" in page
    assert "Contracting: 5,000 on track, 0 overdue." in page
    assert len(listed(page)) == SIZE
    assert listed(page_of(client, "?sort=practice&page=100"))[-2] == "4998"
    assert len(page) < LARGEST
    assert desk.queries(client, "/desk/board?page=100") <= QUERIES


def test_it_takes_few_queries(desk: Desk) -> None:
    """However many practices there are, and as many for one as for several."""
    client = desk.as_("everything")
    few = desk.queries(client, "/desk/board")
    several(desk)
    assert desk.queries(client, "/desk/board") == few <= QUERIES


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("coordinator", 200),
        ("legal_approver", 200),
        ("pso_countersigner", 200),
        ("auditor", 200),
        ("administrator", 403),
        ("", 302),
    ],
)
def test_who_reads_records_reads_the_board(desk: Desk, key: str, status: int) -> None:
    """An administrator has no business with practices; nobody is sent to sign in."""
    answer = desk.as_(key).get("/desk/board")
    assert answer.status_code == status
    assert (desk.enrollment.enrollment_id in answer.content.decode()) is (status == 200)


def test_the_board_changes_nothing(desk: Desk) -> None:
    """It is only read."""
    assert desk.as_("coordinator").post("/desk/board").status_code == 405


def test_charts_carry_their_numbers(desk: Desk) -> None:
    """Each drawing has a title, a description and a table with the same numbers; nothing inline."""
    several(desk)
    page = page_of(desk.as_("auditor"))
    charts = re.findall(r'<figure class="chart">(.*?)</figure>', page, re.DOTALL)
    assert len(charts) == 2
    for chart in charts:
        named = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', chart)
        assert named is not None
        assert all(page.count(f'id="{name}"') == 1 for name in named.groups())
    rows = [plain(row) for row in re.findall(r"<tr>(.*?)</tr>", charts[0], re.DOTALL)]
    assert rows[0] == "Stage Practices On track Overdue"
    assert rows[1:] == ["Contracting 2 2 0", "Onboarding 1 1 0", "Implementation 0 – –"]
    rows = [plain(row) for row in re.findall(r"<tr>(.*?)</tr>", charts[1], re.DOTALL)]
    assert rows[0] == "Stage Practices Median 90th percentile Longest"
    assert rows[2] == "Onboarding 0 – – –"
    assert "style=" not in page[page.index("<main") :]
