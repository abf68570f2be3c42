"""Enrollments on the desk: the list, one practice, generating from it, ticking its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.services.sweep import run_due

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk

QUERIES_OF_LIST = 12


def test_the_list_finds_a_practice(desk: Desk) -> None:
    """By words of the name, an e-mail-free search over facilities and ids, and by stage."""
    client = desk.as_("auditor")
    for narrowed in (
        "",
        "?q=lakeside",
        f"?q={desk.enrollment.enrollment_id}",
        "?stage=contracting",
    ):
        page = client.get(f"/desk/enrollments{narrowed}").content.decode()
        assert desk.enrollment.enrollment_id in page
    assert "Nothing fits" in client.get("/desk/enrollments?q=zzzz").content.decode()


def test_a_packet_is_generated_once(desk: Desk) -> None:
    """The act leads to a page that says how it goes, and from there to the packet."""
    client = desk.as_("coordinator")
    at = f"/desk/enrollments/{desk.enrollment.enrollment_id}"
    answer = desk.send(client, f"{at}/generate", page=at, kind="contracting")
    assert run_due(desk.office) == ()
    (packet,) = desk.office.ledger.packets.list()
    assert packet.state is PacketState.DRAFT
    assert f"/desk/packets/{packet.id}" in client.get(answer["Location"]).content.decode()
    assert packet.id in client.get(at).content.decode()


def test_what_cannot_be_generated_says_why(desk: Desk) -> None:
    """A policy before the agreements are executed: refused in words, nothing made."""
    client = desk.as_("coordinator")
    at = f"/desk/enrollments/{desk.enrollment.enrollment_id}"
    answer = desk.send(client, f"{at}/generate", page=at, kind="onboarding")
    run_due(desk.office)
    page = client.get(answer["Location"]).content.decode()
    assert "could not be done" in page
    assert "executed" in page
    assert desk.office.ledger.packets.list() == []


def test_a_task_is_ticked_and_taken_back(desk: Desk) -> None:
    """Who ticks it stands in the history; what follows from the form cannot be ticked."""
    client = desk.as_("coordinator")
    at = f"/desk/enrollments/{desk.enrollment.enrollment_id}"
    desk.send(client, f"{at}/tick", page=at, task="task.form_accepted")
    assert "Take back" in client.get(at).content.decode()
    desk.send(client, f"{at}/tick", page=at, task="task.form_accepted", open="yes")
    told = desk.history(desk.enrollment.enrollment_id)
    assert [kind for kind in told if kind.startswith("task.")] == ["task.done", "task.reopened"]
    desk.send(client, f"{at}/tick", page=at, task="task.guide_reviewed")
    assert "not ticked by hand" in client.get(at).content.decode()


@pytest.mark.parametrize("act", ["generate", "tick"])
def test_readers_change_nothing(desk: Desk, act: str) -> None:
    """An auditor reads and cannot act."""
    at = f"/desk/enrollments/{desk.enrollment.enrollment_id}"
    assert desk.as_("auditor").post(f"{at}/{act}", {"once": "x" * 32}).status_code == 403


def test_the_list_takes_few_queries(desk: Desk) -> None:
    """However many lines there are."""
    assert desk.queries(desk.as_("coordinator"), "/desk/enrollments") <= QUERIES_OF_LIST
