"""Doing by API: from the record to the ended packet, and what each step refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.services.ceremony.desk import Desk as SignerDesk
from docgen.services.sweep import run_due
from integrations.esign.embedded.service import EmbeddedService
from tests.app.api.caller import Caller, is_problem, told
from tests.unit.services.walk import form

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as a draft."""
    return desk.packet()


def approved(desk: Desk, coordinator: Caller, packet: Packet) -> None:
    """Approve in every capacity that the plan needs, each by another person."""
    checksum = {"plan_checksum": packet.plan.checksum}
    for caller in (coordinator, Caller.of(desk, "legal_approver")):
        if desk.office.ledger.packets.get(packet.id).state is not PacketState.APPROVED:
            assert caller.post(f"/packets/{packet.id}/approve", checksum).status_code == 200


def sent(desk: Desk, coordinator: Caller, packet: Packet) -> None:
    """Approve and send, until the signing service, which goes by the test's clock, has the packet."""
    service = EmbeddedService(SignerDesk(desk.office), [desk.office.rules.callback_secret])
    desk.office = replace(desk.office, services={**desk.office.services, service.key: service})
    approved(desk, coordinator, packet)
    body = {"plan_checksum": packet.plan.checksum}
    assert coordinator.post(f"/packets/{packet.id}/send", body).status_code == 200
    for _ in range(2):
        assert run_due(desk.office) == ()


def test_a_record_is_stored_and_corrected(desk: Desk, coordinator: Caller) -> None:
    """A changed record becomes the next version; the same record again is not stored twice."""
    raw = form("freestanding-pllc")
    raw["practice"]["display_name"] = "Lakeside Precision Oncology of Example"
    at = f"/enrollments/{desk.enrollment.enrollment_id}/versions"
    stored = coordinator.post(at, {"record": raw})
    assert (stored.status_code, told(stored)["version"], told(stored)["is_new"]) == (201, 2, True)
    again = coordinator.post(at, {"record": raw})
    assert (told(again)["version"], told(again)["is_new"]) == (2, False)


def test_a_new_practice_is_stored_as_a_draft(coordinator: Caller) -> None:
    """A draft may lack what a submitted form needs; what is missing is told."""
    body = {"record": {"practice": {"display_name": "Hilltop Example Clinic"}}, "draft": True}
    stored = coordinator.post("/enrollments", body)
    assert stored.status_code == 201, stored.content
    assert told(stored)["missing"]
    assert is_problem(
        coordinator.post("/enrollments", body | {"draft": False}), 422, "enrollment-invalid"
    )


def test_every_problem_of_a_record_is_told(coordinator: Caller) -> None:
    """Each with its rule, its path and what to do; the values are not repeated."""
    answer = coordinator.post("/enrollments", {"record": {"practice": {"display_name": 7}}})
    assert is_problem(answer, 422, "enrollment-invalid")
    problems = told(answer)["problems"]
    assert len(problems) > 3
    assert all(item["id"].startswith("val.") and item["message"] for item in problems)


def test_a_practice_that_is_enrolled_is_refused(coordinator: Caller) -> None:
    """The message names the enrollment; `as_new` says that it is another practice."""
    raw = form() | {"record_id": "2b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d4e5f"}
    assert is_problem(coordinator.post("/enrollments", {"record": raw}), 409, "enrolled-already")
    stored = coordinator.post("/enrollments", {"record": raw, "as_new": True})
    assert stored.status_code == 201


def test_a_packet_is_generated(desk: Desk, coordinator: Caller) -> None:
    """One for each contracting party; an onboarding packet needs the agreements first."""
    at = f"/enrollments/{desk.enrollment.enrollment_id}/packets"
    made = coordinator.post(at, {"kind": "contracting"})
    assert made.status_code == 201
    assert [item["state"] for item in told(made)["items"]] == ["draft"]
    assert is_problem(coordinator.post(at, {"kind": "onboarding"}), 409, "refused")
    unknown = coordinator.post("/enrollments/none/packets", {"kind": "contracting"})
    assert is_problem(unknown, 404, "not-found")


def test_the_line_from_draft_to_voided(desk: Desk, coordinator: Caller, packet: Packet) -> None:
    """Approve, send, remind too soon and in time, reassign, void: each answers with the packet."""
    at = f"/packets/{packet.id}"
    sent(desk, coordinator, packet)
    assert told(coordinator.get(at))["state"] == "sent"
    assert is_problem(coordinator.post(f"{at}/remind"), 409, "refused")
    desk.clock.advance(timedelta(days=2))
    reminded = coordinator.post(f"{at}/remind")
    assert reminded.status_code == 200, reminded.content.decode()
    key = told(reminded)["recipients"][0]
    new = {
        "recipient": key,
        "name": "Nadia Newsigner",
        "title": "President",
        "email": "nadia.newsigner@example.org",
        "reason": "Told by the office on the phone.",
        "authority_checked": True,
    }
    unchecked = coordinator.post(f"{at}/reassign", new | {"authority_checked": False})
    assert is_problem(unchecked, 422, "input")
    reassigned = told(coordinator.post(f"{at}/reassign", new))
    assert "Nadia Newsigner" in [item["name"] for item in reassigned["recipients"]]
    unknown = coordinator.post(f"{at}/reassign", new | {"recipient": "none"})
    assert is_problem(unknown, 404, "not-found")
    voided = coordinator.post(f"{at}/void", {"reason": "Wrong address."})
    assert told(voided)["state"] == "voided"
    assert "packet.taken_back" in [item["kind"] for item in told(voided)["timeline"]]
    assert is_problem(
        coordinator.post(f"{at}/void", {"reason": "Again."}), 409, "illegal-transition"
    )


def test_what_was_not_seen_is_not_approved_and_not_sent(
    desk: Desk, coordinator: Caller, packet: Packet
) -> None:
    """Attack: another plan's checksum; the control is the line above."""
    at, wrong = f"/packets/{packet.id}", {"plan_checksum": "0" * 64}
    assert is_problem(coordinator.post(f"{at}/approve", wrong), 409, "refused")
    right = {"plan_checksum": packet.plan.checksum}
    assert is_problem(coordinator.post(f"{at}/send", right), 409, "not-approved")
    approved(desk, coordinator, packet)
    assert is_problem(coordinator.post(f"{at}/send", wrong), 409, "packet-stale")
    unknown = coordinator.post(f"{at}/send", right | {"service": "none"})
    assert is_problem(unknown, 422, "input")
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.APPROVED


def test_one_person_does_not_approve_twice(desk: Desk, packet: Packet) -> None:
    """Somebody with both roles approves in one of them only."""
    both, at = Caller.of(desk, "everything"), f"/packets/{packet.id}/approve"
    body = {"plan_checksum": packet.plan.checksum}
    both.post(at, body)
    again = both.post(at, body)
    assert again.status_code in {403, 409}
    given = desk.office.ledger.packets.approvals(packet.id)
    assert [item.person for item in given] == ["everything"]


def test_a_token_of_somebody_elses_making_does_not_approve(desk: Desk, packet: Packet) -> None:
    """Attack: an administrator issues a coordinator's token and approves with it."""
    at, body = f"/packets/{packet.id}", {"plan_checksum": packet.plan.checksum}
    lent = Caller.of(desk, "coordinator", by="administrator")
    assert is_problem(lent.post(f"{at}/approve", body), 403, "not-allowed")
    assert desk.office.ledger.packets.approvals(packet.id) == []
    assert lent.post(f"{at}/void", {"reason": "A control."}).status_code == 200


def test_an_approval_names_the_token(desk: Desk, coordinator: Caller, packet: Packet) -> None:
    """The history says by which token it came."""
    approved(desk, coordinator, packet)
    given = desk.office.ledger.packets.approvals(packet.id)
    assert given[0].authentication.startswith("token tok_")


def test_a_review_is_begun_and_closed(coordinator: Caller, packet: Packet) -> None:
    """Drafts go out, and both sides agree; agreeing twice is refused."""
    at = f"/packets/{packet.id}"
    assert told(coordinator.post(f"{at}/release"))["state"] == "in_review"
    agreed = coordinator.post(f"{at}/agree", {"answer": ""})
    assert told(agreed)["state"] == "terms_agreed"
    assert is_problem(coordinator.post(f"{at}/agree", {}), 409, "illegal-transition")


def test_what_is_not_in_effect_is_not_terminated(coordinator: Caller, packet: Packet) -> None:
    """A draft has no last day."""
    body = {"last_day": "2026-11-22", "reason": "Moved away."}
    answer = coordinator.post(f"/packets/{packet.id}/terminate", body)
    assert is_problem(answer, 409, "illegal-transition")


def test_a_packet_in_effect_is_terminated(desk: Desk, coordinator: Caller) -> None:
    """Its last day starts the retention clock."""
    packet = desk.packet(PacketState.ARCHIVED)
    desk.office.ledger.packets.save(replace(packet, executed_at=desk.clock.now()))
    body = {"last_day": "2026-11-23", "reason": "Moved away."}
    ended = coordinator.post(f"/packets/{packet.id}/terminate", body)
    assert ended.status_code == 200, ended.content.decode()
    assert told(ended)["state"] == "terminated"
    assert told(ended)["ended_on"] == "2026-11-23"


def test_a_task_is_ticked_and_opened_again(desk: Desk, coordinator: Caller) -> None:
    """By hand only where it is ticked by hand; an unknown one is not found."""
    at = f"/enrollments/{desk.enrollment.enrollment_id}/tasks"
    name = "task.orientation_done"
    for done in (True, False):
        answer = coordinator.post(f"{at}/{name}", {"done": done})
        (task,) = [item for item in told(answer)["items"] if item["task"] == name]
        assert (task["done_at"] is not None) is done
    derived = coordinator.post(f"{at}/task.psa_sent", {"done": True})
    assert is_problem(derived, 409, "refused")
    assert is_problem(coordinator.post(f"{at}/task.none", {"done": True}), 404, "not-found")
    unknown = coordinator.post(f"/enrollments/none/tasks/{name}", {"done": True})
    assert is_problem(unknown, 404, "not-found")


def test_the_practice_is_invited_to_its_draft(desk: Desk, coordinator: Caller) -> None:
    """The link goes by mail and is not in the answer; a submitted form is nobody's to fill in."""
    draft = {"record": {"practice": {"display_name": "Hilltop Example Clinic"}}, "draft": True}
    stored = told(coordinator.post("/enrollments", draft))
    guest = {"name": "Gloria Example", "email": "gloria@example.org"}
    at = f"/enrollments/{stored['enrollment_id']}"
    invited = coordinator.post(f"{at}/invitations", guest)
    assert (invited.status_code, set(told(invited))) == (201, {"id", "name", "link_until"})
    run_due(desk.office)
    assert [item.to_address for item in desk.mailer.sent] == ["gloria@example.org"]
    wrong = coordinator.post(f"{at}/invitations", guest | {"email": "nobody"})
    assert is_problem(wrong, 422, "input")
    submitted = f"/enrollments/{desk.enrollment.enrollment_id}/invitations"
    assert is_problem(coordinator.post(submitted, guest), 409, "refused")
    kinds = [item["kind"] for item in told(coordinator.get(f"{at}/history"))["items"]]
    assert kinds == ["enrollment.stored", "form.invited"]


def test_a_batch_tells_each_result(desk: Desk, coordinator: Caller) -> None:
    """One line is done, one refused; the batch says why."""
    body = {"act": "generate_contracting", "subjects": [desk.enrollment.enrollment_id, "none"]}
    begun = coordinator.post("/batches", body)
    assert begun.status_code == 201
    assert told(begun)["is_running"] is True
    run_due(desk.office)
    lines = told(coordinator.get(f"/batches/{told(begun)['id']}"))["lines"]
    assert [item["result"] for item in lines] == ["done", "refused"]
    assert lines[0]["made"][0].startswith("pkt_")
    assert is_problem(coordinator.get("/batches/none"), 404, "not-found")
    assert is_problem(coordinator.post("/batches", body | {"subjects": []}), 422, "input")
