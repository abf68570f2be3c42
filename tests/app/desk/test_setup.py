"""The first run: the first administrator, by an address that only the terminal knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docgen.bootstrap.first_run import setup_path
from docgen.bootstrap.settings_file import WRITABLE, SettingsFile, example_settings
from docgen.domain.packet import PacketState
from docgen.domain.pso import parse_pso
from docgen.settings import SETTINGS_FILE, read_settings
from tests.app.desk.staff import Desk
from tests.app.desk.test_enrollment_form import parsed
from tests.app.signing_site import Site
from tests.documents.page_faults import faults

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

IDENTITY = {
    "legal_name": "Example Group, Inc.",
    "short_name": "Example PSO",
    "entity_type": "corporation",
    "state_of_formation": "IL",
    "pso_number": "P0000",
    "listed_on": "2025-01-15",
    "listing_expires_on": "2028-01-14",
    "principal_address.line1": "100 Sample Plaza",
    "principal_address.city": "Chicago",
    "principal_address.state": "IL",
    "principal_address.postal_code": "60601",
    "email": "pso@example.org",
    "phone": "(312) 555-0100",
    "time_zone": "America/Chicago",
    "signatory.title": "President",
    "signatory.email": "countersigner@example.org",
    "notice.attention": "General Counsel",
}
GIVEN = {"name": "Ada Example", "email": "ada@example.org", "key": "ada"}


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site where nobody is known yet."""
    return Site.of(office, clock)


def test_the_address_makes_one_administrator(site: Site) -> None:
    """Once, and signs in; then the page is gone and the terminal says nothing more."""
    path = setup_path(site.office)
    assert path is not None
    client = site.client(csrf=False)
    assert client.get(path).status_code == 200
    assert client.post(path, GIVEN).headers["Location"] == "/desk/settings"
    people = {item.key: item for item in site.office.ledger.people.list()}
    assert [role.value for role in people["ada"].roles] == ["administrator"]
    assert len(people) == 1
    assert client.get("/desk/people").status_code == 200
    assert site.client().get("/desk/people").headers["Location"].startswith("/account/sign-in")
    assert setup_path(site.office) is None
    assert client.get(path).status_code == 404
    assert client.post(path, {**GIVEN, "key": "eve", "email": "eve@example.org"}).status_code == 404


def test_being_signed_in_so_does_not_count_as_having_shown_who_you_are(site: Site) -> None:
    """What asks for a code first still asks; a mistyped address would be found out there."""
    client = site.client(csrf=False)
    client.post(setup_path(site.office) or "", GIVEN)
    answer = client.get("/account/app/add")
    assert answer.headers["Location"].startswith("/account/again")


def test_a_demonstration_is_furnished_on_request(site: Site) -> None:
    """An invented person for each role, sample practices, and one packet to look at.

    Who signs for the PSO has the name that stands in its agreements.
    """
    path = setup_path(site.office) or ""
    answer = site.client().post(path, {**GIVEN, "invented": "on"})
    assert answer.headers["Location"] == "/desk/people"
    people = {item.key: item for item in site.office.ledger.people.list()}
    assert len(people) == 6
    assert people["coordinator"].name == "Demonstration coordinator"
    signatory = site.office.pso_settings.signatory
    assert people["countersigner"].email == signatory.email
    assert people["countersigner"].name == signatory.name
    assert len(site.office.ledger.enrollments.list()) == 3
    assert [item.state for item in site.office.ledger.packets.list()] == [PacketState.DRAFT]
    assert_nobody_is_called_by_an_inner_name(site)


def assert_nobody_is_called_by_an_inner_name(site: Site) -> None:
    """The pages say in words who stored what nobody signed in has stored."""
    (packet,) = site.office.ledger.packets.list()
    enrollment = packet.plan.enrollment_id
    desk = Desk(
        office=site.office,
        mailer=site.mailer,
        clock=site.clock,
        enrollment=site.office.ledger.enrollments.latest(enrollment),
        generated=[packet],
    ).as_("coordinator")
    for page in (
        f"/desk/enrollments/{enrollment}/versions",
        f"/desk/enrollments/{enrollment}/history",
    ):
        told = desk.get(page).content.decode()
        assert "whoever set up this site" in told, page
        assert "first-run" not in told, page


def served_for(site: Site, tmp_path: Path, *, text: str) -> tuple[Client, SettingsFile]:
    """Give a browser at a site whose settings file this is; opening it anew names the PSO."""
    path = tmp_path / SETTINGS_FILE
    path.write_text(text, "utf-8")
    client = site.client()
    handed: dict[str, Any] = client.defaults

    def reopen() -> None:
        raw = read_settings({"DOCGEN_HOME": str(tmp_path)})
        rules = replace(site.office.rules, demo=raw.demo)
        site.office = replace(site.office, pso=parse_pso(raw.pso), rules=rules)
        handed["docgen.office"] = site.office

    first = SettingsFile(path=path, reopen=reopen)
    rules = replace(site.office.rules, demo=False)
    site.office = replace(site.office, pso=None, rules=rules)
    handed |= {"docgen.office": site.office, WRITABLE: first}
    return client, first


def test_a_new_site_is_led_through_to_the_pso(site: Site, tmp_path: Path) -> None:
    """Administrator, then who the PSO is, then the people; the values stand in settings.toml."""
    client, _ = served_for(site, tmp_path, text=example_settings(demo=False))
    path = setup_path(site.office) or ""
    for sent in (client.get(path), client.post(path, {**GIVEN, "key": "Not This"})):
        assert faults(sent.content.decode()) == []
    place = client.post(path, GIVEN).headers["Location"]
    assert place == "/desk/settings/pso"
    answer = client.get(place)
    assert "Website (optional)" in answer.content.decode()
    given = parsed(answer).fields
    assert given["program.short_name"] == ["RO-ILS"]
    refused = client.post(place, {**given, "phone": "nobody"})
    told = refused.content.decode()
    assert faults(told) == faults(answer.content.decode()) == []
    assert refused.status_code == 422
    assert told.index("Legal name: fill this in.") < told.index("AHRQ PSO number: fill this in.")
    assert site.office.pso is None
    led = f'<a class="button" href="{place}">Say who the PSO is</a>'
    assert led in client.get("/desk/").content.decode()
    answer = client.post(place, {**given, **IDENTITY})
    assert answer.headers["Location"] == "/desk/people"
    assert site.office.pso is not None
    assert site.office.pso.legal_name == "Example Group, Inc."
    assert "pso.named" in [item.kind for item in site.office.ledger.history.of("user:ada")]
    assert client.get(place).headers["Location"] == "/desk/settings"  # once
    assert led not in client.get("/desk/").content.decode()


def test_only_to_look_around_makes_a_demonstration(site: Site, tmp_path: Path) -> None:
    """Offered while nobody edited the settings; an edited file is never replaced."""
    edited = example_settings(demo=False) + "# ours\n"
    client, first = served_for(site, tmp_path, text=edited)
    path = setup_path(site.office) or ""
    assert "Only to look around" not in client.get(path).content.decode()
    first.path.write_text(example_settings(demo=False), "utf-8")
    assert "Only to look around" in client.get(path).content.decode()
    client.post(path, {**GIVEN, "demonstration": "on"})
    assert first.path.read_text("utf-8") == example_settings(demo=True)
    assert site.office.rules.demo
    assert len(site.office.ledger.enrollments.list()) == 3


def test_where_others_serve_the_file_is_edited_by_hand(desk: Desk) -> None:
    """Several processes read the settings: none of them writes them."""
    desk.office = replace(desk.office, pso=None)
    client = desk.as_("administrator")
    assert client.get("/desk/settings/pso").headers["Location"] == "/desk/settings"
    assert client.post("/desk/settings/pso", IDENTITY).headers["Location"] == "/desk/settings"
    assert "fill in the [pso] part" in client.get("/desk/settings").content.decode()


def test_no_other_address_opens(site: Site) -> None:
    """Attack: guessing. Control: the right one opens, and looking changes nothing."""
    path = setup_path(site.office) or ""
    client = site.client()
    for wrong in ("/setup", "/setup/", "/setup/x", path[:-1], f"{path[:-1]}_", path.upper()):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong, GIVEN).status_code == 404
    assert client.get(path).status_code == 200
    assert site.office.ledger.people.list() == []


def test_what_cannot_be_used_is_said(site: Site) -> None:
    """A wrong short name or address; the page stays."""
    path = setup_path(site.office) or ""
    answer = site.client().post(path, {**GIVEN, "key": "Not This"})
    assert answer.status_code == 422
    assert "lower-case letters" in answer.content.decode()
    assert site.office.ledger.people.list() == []


def test_it_is_closed_where_somebody_administers(desk: Desk) -> None:
    """A site with an administrator has no such page."""
    assert setup_path(desk.office) is None
