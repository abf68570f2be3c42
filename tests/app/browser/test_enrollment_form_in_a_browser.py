"""The enrollment form in a real browser: every size, light and dark, with and without script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from docgen.services.enroll import enroll
from tests.app.browser.desk_site import DESKTOP, NARROWEST, PHONE, axe, look, shoot

if TYPE_CHECKING:
    from tests.app.browser.desk_site import OfficeHours, look


def pages(hours: OfficeHours) -> dict[str, str]:
    """List the pages of a filled-in form, and of one just begun."""
    raw = {"practice": {"display_name": "Riverside Radiation Oncology"}, "source": "web"}
    begun = enroll(hours.desk.office, raw, draft=True, actor="user:coordinator").version
    full, empty = (
        f"/desk/enrollments/{one.enrollment_id}" for one in (hours.desk.enrollment, begun)
    )
    return {
        "form-new": "/desk/enrollments/new",
        "form-upload": "/desk/enrollments/upload",
        "form-overview": f"{full}/form",
        "form-overview-empty": f"{empty}/form",
        "form-practice": f"{full}/form/practice",
        "form-facilities": f"{full}/form/facilities",
        "form-facilities-empty": f"{empty}/form/facilities",
        "form-facility": f"{full}/form/facilities/1",
        "form-contact-new": f"{empty}/form/contacts/new",
        "form-entity": f"{full}/form/legal-entities/1",
        "form-signatory": f"{full}/form/signatories/1",
        "form-pses": f"{full}/form/pses",
        "form-attestations": f"{full}/form/attestations",
        "form-versions": f"{full}/versions",
    }


def test_every_page_is_well_made(office_hours: OfficeHours) -> None:
    """No sideways scrolling, no small targets, no accessibility violation; dark as well as light."""
    page = office_hours.page("coordinator")
    for name, place in pages(office_hours).items():
        page.goto(office_hours.at(place))
        look(page, name)
    office_hours.assert_quiet()


@pytest.mark.parametrize("script", [True, False])
def test_a_mistake_is_found_and_corrected(office_hours: OfficeHours, script: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Typed wrong, led to the field, corrected, saved; Enter in a field saves and adds no row."""
    place = office_hours.at(pages(office_hours)["form-practice"])
    page = office_hours.page("coordinator", size=PHONE, java_script_enabled=script)
    page.goto(place)
    page.get_by_label("Website").fill("not an address")
    page.get_by_role("button", name="Save and continue").click()
    link = page.get_by_role("link", name="Practice, website")
    assert link.get_attribute("href") == "#f-practice-website"
    field = page.get_by_label("Website")
    assert field.input_value() == "not an address"
    assert field.get_attribute("aria-invalid") == "true"
    if script:
        shoot(page, "form-wrong")
        axe(page)
    field.fill("https://lakeside.example.org")
    field.press("Enter")
    page.get_by_text("Practice: saved.").wait_for()
    assert page.url == place
    page.get_by_role("button", name="Add the first other relationship").or_(
        page.get_by_role("button", name="Add another other relationship")
    ).click()
    page.get_by_label("Description").last.fill("A grant")
    assert page.get_by_label("Website").input_value() == "https://lakeside.example.org"


def test_a_conflict_is_shown(office_hours: OfficeHours) -> None:
    """Somebody was faster: what changed is shown, with the own entries below."""
    place = office_hours.at(pages(office_hours)["form-practice"])
    one, two = (office_hours.page(key, size=DESKTOP) for key in ("coordinator", "everything"))
    one.goto(place)
    two.goto(place)
    two.get_by_label("Website").fill("https://two.example.org")
    two.get_by_role("button", name="Save", exact=True).last.click()
    one.get_by_label("How the practice heard").fill("a friend")
    one.get_by_role("button", name="Save", exact=True).last.click()
    one.get_by_role("heading", name="Somebody stored a newer version").wait_for()
    shoot(one, "form-conflict")
    axe(one)
    assert one.get_by_label("How the practice heard").input_value() == "a friend"


def test_names_without_a_space_and_the_menu_fit_the_narrowest_phone(
    office_hours: OfficeHours,
) -> None:
    """Eighty letters in a row break where they must; where somebody is stands in sight."""
    desk, name = office_hours.desk, "W" * 80
    raw = json.loads(desk.enrollment.record) | {"record_id": "2b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d4e5f"}
    raw["practice"]["display_name"] = f"{name} مركز 放射"
    for number, contact in enumerate(raw["contacts"]):
        contact["family_name"] = f"{number}{name[1:]}"
    stored = enroll(desk.office, raw, draft=True, actor="user:coordinator", as_new=True).version
    at = f"/desk/enrollments/{stored.enrollment_id}"
    page = office_hours.page("coordinator")
    for place in (at, f"{at}/form", f"{at}/form/practice", f"{at}/form/contacts", f"{at}/upload"):
        page.goto(office_hours.at(place))
        look(page, f"long{place.removeprefix(at).replace('/', '-')}")
    page.set_viewport_size(NARROWEST)
    page.goto(office_hours.at("/desk/templates"))
    expect(page.locator(".menu [aria-current]")).to_be_in_viewport(ratio=0.9)
    expect(page.get_by_role("link", name="Home", exact=True)).not_to_be_in_viewport()  # it scrolled
    office_hours.assert_quiet()
