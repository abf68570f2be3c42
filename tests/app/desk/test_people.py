"""The people page: who may sign in and what each may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.person import Role

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk

LIST, ADD = "/desk/people", "/desk/people/add"


def test_an_administrator_adds_somebody_who_can_sign_in(desk: Desk) -> None:
    """Added by the form, in the history, and let in by a code."""
    client = desk.as_("administrator")
    given = {"name": "Ada Example", "email": "Ada@example.org", "key": "ada"}
    answer = desk.send(client, ADD, **given, roles=["coordinator", "auditor"])
    assert answer.status_code == 302
    assert "Ada Example" in client.get(LIST).content.decode()
    (added,) = desk.office.ledger.history.of("user:ada")
    assert (added.kind, added.actor) == ("person.added", "user:administrator")
    browser = desk.client()
    browser.post("/account/sign-in", {"email": "ada@example.org"})
    browser.post("/account/sign-in/code", {"code": desk.code_of("Ada@example.org")})
    assert browser.get("/desk/").status_code == 200


def test_what_is_wrong_is_said_beside_its_field(desk: Desk) -> None:
    """Each problem is listed with a way to its field; nothing is stored."""
    answer = desk.send(desk.as_("administrator"), ADD, name="", email="nowhere", key="Ada !")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_email"' in page
    assert 'aria-describedby="id_email_helptext id_email_error"' in page
    assert "Choose at least one role." in page


def test_roles_change_and_take_effect_at_once(desk: Desk) -> None:
    """The very next page of that person is under the new roles."""
    theirs = desk.as_("coordinator")
    assert theirs.get(LIST).status_code == 403
    form = {"name": "Casey", "email": "coordinator@example.org", "roles": ["administrator"]}
    place = "/desk/people/person/coordinator"
    assert desk.send(desk.as_("administrator"), place, **form).status_code == 302
    assert theirs.get(LIST).status_code == 200
    assert desk.history("user:coordinator") == ["person.changed"]


def test_somebody_always_manages_people(desk: Desk) -> None:
    """The last administrator cannot be deactivated nor lose the role."""
    desk.send(
        desk.as_("administrator"),
        "/desk/people/person/everything/active",
        page="/desk/people/person/everything",
        active="no",
    )
    place = "/desk/people/person/administrator"
    form = {"name": "A", "email": "administrator@example.org", "roles": ["auditor"]}
    answer = desk.send(desk.as_("administrator"), place, **form)
    assert answer.status_code == 422
    assert "Nobody would be left" in answer.content.decode()
    kept = desk.office.ledger.people.get("administrator")
    assert Role.ADMINISTRATOR in kept.roles


def test_a_person_is_deactivated_and_taken_back(desk: Desk) -> None:
    """By a form that asks once more; nobody is offered to deactivate themselves."""
    client = desk.as_("administrator")
    place = "/desk/people/person/auditor"
    for active in ("no", "yes"):
        desk.send(client, f"{place}/active", page=place, active=active)
        assert desk.office.ledger.people.get("auditor").is_active is (active == "yes")
    assert desk.history("user:auditor") == ["person.deactivated", "person.activated"]
    assert "Deactivate" not in client.get("/desk/people/person/administrator").content.decode()


def test_an_unknown_person_is_not_found(desk: Desk) -> None:
    """A page that says so, in the staff layout."""
    answer = desk.as_("administrator").get("/desk/people/person/nobody")
    assert answer.status_code == 404
    assert 'class="menu"' in answer.content.decode()


def test_the_pages_take_few_queries(desk: Desk) -> None:
    """However many people there are."""
    client = desk.as_("administrator")
    assert desk.queries(client, LIST) <= 6
    assert desk.queries(client, "/desk/") <= 12
