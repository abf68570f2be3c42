"""The agreements' texts on the desk, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.app.browser.desk_site import look
from tests.app.desk.staff import EVERYTHING
from tests.app.desk.texts import own_paper, signed, with_second_version

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.browser.desk_site import OfficeHours, look

PAGES = {
    "templates": "/desk/templates",
    "template": "/desk/templates/psa/1.1.0",
    "template-compare": "/desk/templates/psa/compare",
    "template-alone": "/desk/templates/baa/compare",
    "template-practices": "/desk/templates/psa/practices",
    "template-lacks": "/desk/templates/psa/practices?lacks=psa.definitions.interpretation",
    "template-adopt": "/desk/templates/psa/1.1.0/adopt",
}


def test_pages_are_well_made(office_hours: OfficeHours, tmp_path: Path) -> None:
    """Versions, clauses, differences, practices and adoption at each width, light and dark."""
    _lives(office_hours, tmp_path)
    page = office_hours.page(EVERYTHING)
    for name, place in PAGES.items():
        page.goto(office_hours.at(place))
        look(page, name)
    office_hours.assert_quiet()


def test_a_legal_approver_reads_compares_and_adopts(
    office_hours: OfficeHours, tmp_path: Path
) -> None:
    """By the menu, without JavaScript: what changed, who lacks it, and the text taken into use."""
    _lives(office_hours, tmp_path)
    page = office_hours.page("legal_approver", java_script_enabled=False)
    page.goto(office_hours.at("/desk/"))
    page.get_by_role("link", name="Templates").click()
    page.get_by_role("link", name="Compare versions of Patient Safety Organization").click()
    page.get_by_label("From version").select_option("1.0.0")
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("1 added, 1 removed, 1 changed").wait_for()
    page.get_by_role("link", name="Who signed which").click()
    page.get_by_label("Lacks a requirement").select_option("psa.definitions.reading")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Lakeside Oncology").wait_for()
    assert page.get_by_role("link", name="Hillside Oncology").count() == 0
    page.get_by_role("link", name="Clauses").click()
    page.get_by_role("link", name="Adopt this version").click()
    page.get_by_label("I have read this text").check()
    page.get_by_role("button", name="Adopt this version").click()
    page.get_by_text("Adopted. Packets generated from now on").wait_for()
    assert office_hours.desk.history("template:psa:1.1.0") == ["template.adopted"]


def _lives(hours: OfficeHours, root: Path) -> None:
    """Make a second version, and three practices that signed."""
    with_second_version(hours.desk, root / "texts")
    signed(hours.desk, 1, "Lakeside Oncology")
    signed(hours.desk, 2, "Hillside Oncology", "1.1.0")
    signed(hours.desk, 3, "Seaside Oncology", "0.9.0")
    own_paper(hours.desk, 4, "Woodside Oncology")
