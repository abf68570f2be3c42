"""The board in a real browser: every size, light and dark, printed, without script, with few colors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from docgen.domain.packet import PacketState
from docgen.domain.standing import BOUNCED, INVITATION
from docgen.domain.task import DONE, RULES, ProgramStage
from tests.app.browser.desk_site import (
    DESKTOP,
    PHONE,
    SIZES,
    assert_well_made,
    axe,
    look,
    shoot,
)
from tests.conftest import NOON
from tests.ledger.lives import BY, end, execute, packet, record, store, to_state, version

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.app.browser.desk_site import OfficeHours, look
    from tests.app.desk.staff import Desk

NAMES = (
    "Alder Creek Oncology",
    "Birchwood Radiation Center of the Greater Northern Lakes Region and Affiliates",
    "مركز النخيل لعلاج الأورام",
    "Donaukrankenhaus-Strahlentherapiezentrum",
    "Elm Street Cancer Care",
    "Fjordside Oncology",
    "Grove Proton Institute",
)
BOXES = """() => [...document.querySelectorAll('.chart > svg')].map(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text, rect')].filter(it => {
    const box = it.getBoundingClientRect();
    return box.right > frame.right + 1 || box.bottom > frame.bottom + 1 || box.left < frame.left - 1;
  }).map(it => it.outerHTML)}).flat()"""
CUT = """() => [...document.querySelectorAll('.table')].filter(
  it => it.scrollWidth > it.clientWidth).map(it => it.innerText)"""
FILLS = """() => Object.fromEntries([...document.querySelectorAll('.chart > svg .bar')].map(it => {
  const style = getComputedStyle(it);
  return [it.classList[1], style.fill + style.stroke + style.strokeDasharray]}))"""
TWO_COLUMNS = {"width": 1216, "height": 900}
GUIDE = {"participation_guide": {"reviewed_at": "2026-11-01"}}


def furnish(desk: Desk) -> None:
    """Store practices in every stage, begun on different days; then some days pass."""
    office = desk.office
    for number, name in enumerate(NAMES):
        begun = NOON - timedelta(days=9 * number)
        made = version(f"enr_{number}", record(name, **GUIDE), at=begun)
        store(office, made, packet(f"pkt_{number}", f"enr_{number}", practice=name))
        to_state(office, f"pkt_{number}", PacketState.SENT)
    for number in (2, 3, 4, 5, 6):
        execute(office, f"pkt_{number}", NOON - timedelta(days=number))
    with office.ledger.transaction():
        office.note("pkt_0", BOUNCED, BY, recipient="practice_1", mail=INVITATION)
        office.note("pkt_4", "envelope.sealed", BY)
        office.note("pkt_4", "signer.copy_sent", BY, recipient="practice_1")
        for number in (4, 5):
            for task, rule in RULES.items():
                if rule.ticked and rule.stage is ProgramStage.ONBOARDING:
                    office.note(f"enr_{number}", DONE, BY, task=task.value)
    end(office, "pkt_6", 0)
    desk.clock.advance(timedelta(days=12))


@pytest.mark.parametrize("size", [SIZES["desktop"], TWO_COLUMNS], ids=["desktop", "two-columns"])
def test_the_board_is_well_made(office_hours: OfficeHours, size: dict[str, int]) -> None:
    """No sideways scroll, nothing outside a drawing, and nothing that axe objects to."""
    furnish(office_hours.desk)
    page = office_hours.page("coordinator", size=size)
    page.goto(office_hours.at("/desk/board"))
    assert page.evaluate(BOXES) == []
    look(page, "board", also=lambda page: evaluated(page, BOXES))
    for summary in page.locator("main summary:visible").all():
        summary.click()
    assert_well_made(page)
    look(page, "board-open", also=lambda page: evaluated(page, CUT))
    office_hours.assert_quiet()


def evaluated(page: Page, faults: str) -> None:
    """Check that a look for faults finds none."""
    assert page.evaluate(faults) == [], page.viewport_size


def test_one_practice_and_none_that_fits(office_hours: OfficeHours) -> None:
    """A new site's board, and a search that finds nothing."""
    page = office_hours.page("auditor", size=PHONE)
    for name, place in {"one": "/desk/board", "nothing": "/desk/board?q=zzzz"}.items():
        page.goto(office_hours.at(place))
        shoot(page, f"board-{name}")
        assert_well_made(page)
        axe(page)


def figure(page: Page, words: str) -> None:
    """Follow a figure's link."""
    page.get_by_role("link", name=words).click()
    page.wait_for_url("**/desk/board?*")


def test_figures_and_filters_work_without_script(office_hours: OfficeHours) -> None:
    """A figure narrows the list, the search form too, and a heading sorts it."""
    furnish(office_hours.desk)
    page = office_hours.page("auditor", java_script_enabled=False)
    page.goto(office_hours.at("/desk/board"))
    figure(page, "Invitation came back (contracting)")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.get_by_label("Needs a look").select_option("")
    page.get_by_label("Stage", exact=True).select_option("onboarding")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#results tbody tr")).to_have_count(4)
    page.get_by_role("link", name="Practice", exact=True).click()
    expect(page.locator("#results tbody tr a").first).to_have_text(NAMES[3])


def test_the_list_changes_as_one_types(office_hours: OfficeHours) -> None:
    """With script the figures and charts stay where they are."""
    furnish(office_hours.desk)
    page = office_hours.page("auditor")
    page.goto(office_hours.at("/desk/board"))
    page.get_by_label("Search practices").fill("fjordside")
    page.get_by_text("1–1 of 1").wait_for()
    page.wait_for_url("**q=fjordside*")
    assert page.locator(".chart").count() == 2
    page.get_by_label("Search practices").fill("zzzz")
    page.get_by_role("heading", name="Nothing fits").wait_for()
    axe(page)
    office_hours.assert_quiet()


def test_bars_differ_without_their_colors(office_hours: OfficeHours) -> None:
    """With the system's few colors and on paper, the kinds of bars are told apart."""
    furnish(office_hours.desk)
    page = office_hours.page("auditor", size=DESKTOP, forced_colors="active")
    page.goto(office_hours.at("/desk/board"))
    shoot(page, "board-forced")
    fills = page.evaluate(FILLS)
    assert fills["on-track"] != fills["overdue"]
    assert len({fills[style] for style in ("median", "most", "longest")}) == 3
    axe(page)
    page.emulate_media(media="print", forced_colors="none")
    assert page.evaluate(BOXES) == []
    assert page.locator(".chart table").first.is_visible()
    shoot(page, "board-printed")
