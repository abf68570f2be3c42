"""A practice's day in a real browser: from the start page to the submitted form, on a telephone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docgen.services.sweep import run_due
from tests.app.browser.desk_site import PHONE, assert_well_made, axe, look, shoot

if TYPE_CHECKING:
    from tests.app.browser.desk_site import OfficeHours, look

NEW = "new@practice.example.org"


@pytest.mark.parametrize("script", [True, False])
def test_a_practice_starts_its_form(office_hours: OfficeHours, script: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Ask for a link, open it, enter the code, name the practice."""
    desk = office_hours.desk
    page = office_hours.page("", size=PHONE, java_script_enabled=script)
    page.goto(office_hours.at("/start"))
    page.get_by_label("Your e-mail address").fill(NEW)
    page.get_by_role("button", name="Mail me a link").click()
    page.get_by_text("a link to your form is on its way").wait_for()
    run_due(desk.office)
    found = re.search(r"(/practice/link/\S+)", desk.mailer.sent[-1].text)
    assert found is not None
    page.goto(office_hours.at(found[1]))
    page.get_by_role("button", name="E-mail me a one-time code").click()
    page.get_by_label("One-time code").fill(desk.code_of(NEW))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Practice", exact=True).click()
    page.get_by_label("Practice name").fill("Riverside Radiation Oncology")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("heading", name="Legal entities").wait_for()
    page.get_by_role("link", name="Enrollment form").click()
    page.get_by_role("heading", name="Riverside Radiation Oncology").wait_for()


def test_the_pages_of_a_practice_are_well_made(office_hours: OfficeHours) -> None:
    """Start, wrong link, welcome, code, form: every width, light and dark, accessible."""
    desk = office_hours.desk
    page = office_hours.page("")
    page.goto(office_hours.at("/practice/link/none"))
    look(page, "practice-no-link")
    page.goto(office_hours.at("/start"))
    look(page, "practice-start")
    page.get_by_label("Your e-mail address").fill("somebody@example.org")
    page.get_by_role("button", name="Mail me a link").click()
    look(page, "practice-asked")
    run_due(desk.office)
    found = re.search(r"(/practice/link/\S+)", desk.mailer.sent[-1].text)
    assert found is not None
    page.goto(office_hours.at(found[1]))
    look(page, "practice-welcome")
    page.get_by_role("button", name="E-mail me a one-time code").click()
    look(page, "practice-code")
    page.get_by_label("One-time code").fill(desk.code_of("somebody@example.org"))
    page.get_by_role("button", name="Continue").click()
    look(page, "practice-form")
    page.get_by_role("link", name="Key contacts").first.click()
    look(page, "practice-contacts")


def test_invitations_and_uploads_are_well_made(office_hours: OfficeHours) -> None:
    """The pages of the coordinator around it: invited people, a file that says something."""
    at = f"/desk/enrollments/{office_hours.desk.enrollment.enrollment_id}"
    page = office_hours.page("coordinator", size=PHONE)
    page.goto(office_hours.at(f"{at}/guests"))
    assert_well_made(page)
    axe(page)
    shoot(page, "form-guests")
    page.goto(office_hours.at(f"{at}/upload"))
    record = office_hours.desk.enrollment.record
    page.get_by_label("File").set_input_files(
        {"name": "form.json", "mimeType": "application/json", "buffer": record}
    )
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("heading", name="Values").wait_for()
    assert_well_made(page)
    axe(page)
    shoot(page, "form-uploaded")
