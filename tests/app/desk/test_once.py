"""A form is carried out once: double clicks, reloads and two requests at the same moment."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.app.desk.staff import ONCE

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk

ADD = "/desk/people/add"
GIVEN = {"name": "Ada Example", "email": "ada@example.org", "key": "ada", "roles": ["auditor"]}


def token(desk: Desk) -> str:
    """Take a form's token from its page."""
    found = ONCE.search(desk.as_("administrator").get(ADD).content.decode())
    assert found is not None
    return found.group(1)


def test_a_form_sent_twice_is_carried_out_once(desk: Desk) -> None:
    """The second is led to where the first one led, and told."""
    client, form = desk.as_("administrator"), {**GIVEN, "once": token(desk)}
    first, second = client.post(ADD, form), client.post(ADD, form)
    assert first.headers["Location"] == second.headers["Location"] == "/desk/people"
    assert "not done a second time" in client.get("/desk/people").content.decode()
    assert desk.history("user:ada") == ["person.added"]


def test_two_requests_at_once_do_it_once(desk: Desk) -> None:
    """Attack: the same form from two threads at the same moment."""
    form, answers = {**GIVEN, "once": token(desk)}, []
    clients = [desk.as_("administrator") for _ in range(2)]
    start = threading.Barrier(2)

    def press(number: int) -> None:
        from django.db import connection

        start.wait()
        answers.append(clients[number].post(ADD, form).status_code)
        connection.close()

    threads = [threading.Thread(target=press, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302, 302]
    assert desk.history("user:ada") == ["person.added"]


def test_a_refused_form_can_be_sent_again(desk: Desk) -> None:
    """What the service refuses leaves nothing behind, the token neither."""
    client, form = desk.as_("administrator"), {**GIVEN, "once": token(desk)}
    assert client.post(ADD, form | {"email": "auditor@example.org"}).status_code == 422
    assert client.post(ADD, form).status_code == 302
    assert desk.history("user:ada") == ["person.added"]


def test_another_person_is_not_led_by_my_token(desk: Desk) -> None:
    """A token is its person's own; somebody else's form with it is a form of their own."""
    form = {**GIVEN, "once": token(desk)}
    desk.as_("administrator").post(ADD, form)
    other = desk.as_("everything").post(ADD, form | {"key": "bea", "email": "bea@example.org"})
    assert other.status_code == 302
    assert desk.history("user:bea") == ["person.added"]


def test_a_form_without_a_token_does_nothing(desk: Desk) -> None:
    """Attack: a script that leaves it out."""
    for wrong in ({}, {"once": ""}, {"once": "x" * 15}, {"once": "ü" * 20}):
        assert desk.as_("administrator").post(ADD, {**GIVEN, **wrong}).status_code == 422
    assert desk.history("user:ada") == []
