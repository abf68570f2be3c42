"""Callbacks on the desk: registered once more identified, secret shown once, log, tries, acts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.person import Person, Role
from docgen.domain.webhook import KINDS
from docgen.services.sweep import sweep
from docgen.services.webhook import Wanted, register, send_test
from integrations.webhook.fake import FakeSender

if TYPE_CHECKING:
    from docgen.domain.webhook import Dispatch, Endpoint
    from tests.app.desk.staff import Desk

LIST, ADD = "/desk/webhooks", "/desk/webhooks/add"
URL = "https://records.example.org/hook"
QUERIES_OF_LIST, QUERIES_OF_ADDRESS, QUERIES_OF_MESSAGE = 10, 12, 12
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
ASKED = {"name": "Records system", "url": URL, "kinds": ["packet.executed", "task.done"]}


@pytest.fixture
def sender(desk: Desk) -> FakeSender:
    """Let the desk's office post to a fake."""
    fake = FakeSender()
    desk.office = replace(desk.office, webhook_sender=fake)
    return fake


def added(desk: Desk, **changed: object) -> Endpoint:
    """Register an address by the service."""
    kinds = frozenset(KINDS)
    wanted = replace(Wanted(name="Records system", url=URL, kinds=kinds), **changed)  # type: ignore[arg-type]
    return register(desk.office, wanted, admin())[1]


def admin() -> Person:
    """Give an administrator."""
    return Person(
        key="administrator",
        name="Adrian Administrator",
        email="administrator@example.org",
        roles=frozenset({Role.ADMINISTRATOR}),
    )


def newest(desk: Desk, endpoint: Endpoint) -> Dispatch:
    """Give what an address was told last."""
    (found,) = desk.office.ledger.webhooks.dispatches(endpoint.id, skip=0, limit=1)
    return found


def at(endpoint: Endpoint, rest: str = "") -> str:
    """Give an address's page."""
    return f"{LIST}/address/{endpoint.id}{rest}"


@pytest.mark.usefixtures("sender")
def test_an_address_is_added_and_its_secret_shown_once(desk: Desk) -> None:
    """On its own page, and on no other before; a second look shows nothing."""
    client = desk.as_("administrator")
    place = desk.send(client, ADD, **ASKED).headers["Location"]
    other = added(desk, name="Other")
    assert SECRET.search(client.get(at(other)).content.decode()) is None
    assert SECRET.search(client.get(place).content.decode()) is not None
    page = client.get(place).content.decode()
    assert SECRET.search(page) is None
    assert "Told of 2 kinds of activity" in page
    assert "Records system" in client.get(LIST).content.decode()


@pytest.mark.usefixtures("sender")
def test_the_secret_waits_sealed(desk: Desk) -> None:
    """Attack: whoever reads the table of sessions signs nothing."""
    from django.contrib.sessions.models import Session

    desk.send(desk.as_("administrator"), ADD, **ASKED)
    kept = [item.get_decoded() for item in Session.objects.all()]
    assert any("callback_secret" in item for item in kept)
    assert "whsec" not in str(kept)


@pytest.mark.usefixtures("sender")
def test_adding_and_changing_ask_again_who_it_is(desk: Desk) -> None:
    """Attack: an open desk; the control goes through."""
    endpoint = added(desk)
    stale = desk.as_("administrator", fresh=False)
    for place, fields in ((ADD, ASKED), (at(endpoint, "/secret"), {})):
        assert stale.get(place).headers["Location"].startswith("/account/")
        stale.post(place, {**fields, "once": "x" * 32})
    assert list(desk.office.ledger.webhooks.list()) == [endpoint]
    client = desk.as_("administrator")
    place = desk.send(client, at(endpoint, "/secret")).headers["Location"]
    assert place == at(endpoint)
    page = client.get(place).content.decode()
    assert SECRET.search(page) is not None
    assert "The secret before signs too until" in page


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize(
    "changed",
    [
        {"url": "http://records.example.org/"},
        {"name": ""},
        {"kinds": []},
        {"kinds": ["signer.signed"]},
    ],
)
def test_what_is_refused_adds_nothing(desk: Desk, changed: dict[str, object]) -> None:
    """The form comes back and says why."""
    answer = desk.send(desk.as_("administrator"), ADD, **{**ASKED, **changed})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode() or "https" in answer.content.decode()
    assert desk.office.ledger.webhooks.list() == []


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("key", ["coordinator", "legal_approver", "pso_countersigner", "auditor"])
def test_nobody_else_comes_in(desk: Desk, key: str) -> None:
    """Attack: every page and act by its address, as somebody who is no administrator."""
    endpoint = added(desk)
    message = f"{LIST}/message/{send_test(desk.office, endpoint.id, admin()).id}"
    client = desk.as_(key)
    for place in (LIST, ADD, at(endpoint), at(endpoint, "/secret"), message):
        assert client.get(place).status_code == 403
    for place in (ADD, at(endpoint, "/secret"), at(endpoint, "/test"), at(endpoint, "/switch")):
        assert client.post(place, {"once": "x" * 32, "on": "no"}).status_code == 403
    assert desk.office.ledger.webhooks.get(endpoint.id) == endpoint


def test_a_test_is_sent_and_its_tries_shown(desk: Desk, sender: FakeSender) -> None:
    """A failed try shows the answer; sent once more, it arrives under the same number."""
    endpoint, client = added(desk), desk.as_("administrator")
    sender.status, sender.answer = 500, b"<b onmouseover=x>out of order"
    place = desk.send(client, at(endpoint, "/test"), page=at(endpoint)).headers["Location"]
    assert "not tried yet" in client.get(place).content.decode()
    sweep(desk.office)
    page = client.get(place).content.decode()
    assert "500" in page
    assert "out of order" in page
    assert "<b onmouseover" not in page
    assert "Next try" in page
    sender.status = 200
    assert desk.send(client, place).headers["Location"] == place
    sweep(desk.office)
    assert "delivered" in client.get(place).content.decode()
    assert [item.headers["webhook-id"] for item in sender.sent] == [newest(desk, endpoint).id] * 2


def test_an_address_is_switched_off_and_on(desk: Desk, sender: FakeSender) -> None:
    """Off, nothing is sent and no test is taken; on again, it is."""
    endpoint, client = added(desk), desk.as_("administrator")
    desk.send(client, at(endpoint, "/switch"), page=at(endpoint), on="no")
    page = client.get(at(endpoint)).content.decode()
    assert "Switched off by an administrator." in page
    assert "Send a test" not in page
    desk.send(client, at(endpoint, "/test"), page=at(endpoint))
    sweep(desk.office)
    assert sender.sent == []
    desk.send(client, at(endpoint, "/switch"), page=at(endpoint), on="yes")
    desk.send(client, at(endpoint, "/test"), page=at(endpoint))
    sweep(desk.office)
    assert len(sender.sent) == 1


@pytest.mark.usefixtures("sender")
def test_the_pages_take_few_queries(desk: Desk) -> None:
    """However many addresses and callbacks there are; the log is paged."""
    endpoint = added(desk)
    for number in range(6):
        added(desk, name=f"Other {number}")
    for _ in range(30):
        send_test(desk.office, endpoint.id, admin())
    client = desk.as_("administrator")
    assert desk.queries(client, LIST) <= QUERIES_OF_LIST
    assert desk.queries(client, at(endpoint)) <= QUERIES_OF_ADDRESS
    message = f"{LIST}/message/{newest(desk, endpoint).id}"
    assert desk.queries(client, message) <= QUERIES_OF_MESSAGE
    page = client.get(at(endpoint)).content.decode()
    assert "1–25 of 30" in page
    assert "26–30 of 30" in client.get(at(endpoint, "?page=2")).content.decode()


@pytest.mark.usefixtures("sender")
def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    """Numbers nobody has."""
    client = desk.as_("administrator")
    for place in ("address/cbk_none", "address/cbk_none/secret", "message/msg_none"):
        assert client.get(f"{LIST}/{place}").status_code == 404


def test_settings_lead_here(desk: Desk) -> None:
    """An administrator finds it."""
    assert f'href="{LIST}"' in desk.as_("administrator").get("/desk/settings").content.decode()
