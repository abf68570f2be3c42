"""The first run: the first administrator, by an address that only the terminal knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.bootstrap.first_run import setup_path
from tests.app.signing_site import Site

if TYPE_CHECKING:
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock
    from tests.app.desk.staff import Desk

GIVEN = {"name": "Ada Example", "email": "ada@example.org", "key": "ada"}


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site where nobody is known yet."""
    return Site.of(office, clock)


def test_the_address_makes_one_administrator(site: Site) -> None:
    """Once; then the page is gone and the terminal says nothing more."""
    path = setup_path(site.office)
    assert path is not None
    client = site.client(csrf=False)
    assert client.get(path).status_code == 200
    assert client.post(path, {**GIVEN, "invented": "on"}).headers["Location"] == "/account/sign-in"
    people = {item.key: item for item in site.office.ledger.people.list()}
    assert [role.value for role in people["ada"].roles] == ["administrator"]
    assert len(people) == 6
    assert setup_path(site.office) is None
    assert client.get(path).status_code == 404
    assert client.post(path, {**GIVEN, "key": "eve", "email": "eve@example.org"}).status_code == 404


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
