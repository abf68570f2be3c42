"""Legal holds by API: one person places, two lift, each with a token of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.app.api.caller import Caller, is_problem, told
from tests.app.desk.test_archive_reading import archived

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

CLAIM, SETTLED = {"reason": "A claim is expected."}, {"reason": "It is settled."}


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived."""
    return archived(desk)


def test_placed_by_one_lifted_by_two(desk: Desk, packet: Packet) -> None:
    """Each step answers with how the hold stands; the archive's list follows."""
    lee, avery = Caller.of(desk, "legal_approver"), Caller.of(desk, "auditor")
    at = f"/packets/{packet.id}/hold"
    assert told(avery.get(at)) == {
        "packet_id": packet.id,
        "on_hold": False,
        "placed_by": "",
        "placed_at": None,
        "reason": "",
        "lift_proposed_by": "",
        "lift_proposed_at": None,
        "lift_reason": "",
    }
    placed = told(lee.post(f"{at}/place", CLAIM))
    assert (placed["on_hold"], placed["placed_by"], placed["reason"]) == (
        True,
        "legal_approver",
        CLAIM["reason"],
    )
    assert told(avery.get("/archive", on_hold="true"))["total"] == len(packet.executed)
    proposed = told(lee.post(f"{at}/propose-lift", SETTLED))
    assert (proposed["lift_proposed_by"], proposed["lift_reason"]) == (
        "legal_approver",
        SETTLED["reason"],
    )
    assert told(avery.post(f"{at}/lift"))["on_hold"] is False
    assert told(avery.get("/archive", on_hold="true"))["total"] == 0
    assert desk.history(packet.id)[-3:] == ["hold.placed", "hold.lift_proposed", "hold.lifted"]


def test_one_person_or_one_issuer_does_not_lift(desk: Desk, packet: Packet) -> None:
    """Attack: one's own proposal, a token somebody else issued, and a role that may not."""
    at = f"/packets/{packet.id}/hold"
    lee, lent = Caller.of(desk, "legal_approver"), Caller.of(desk, "auditor", by="administrator")
    assert lent.post(f"{at}/place", CLAIM).status_code == 200  # to keep needs one person
    assert is_problem(lent.post(f"{at}/propose-lift", SETTLED), 403, "not-allowed")
    assert lee.post(f"{at}/propose-lift", SETTLED).status_code == 200
    assert is_problem(lee.post(f"{at}/lift"), 403, "not-allowed")
    assert is_problem(lent.post(f"{at}/lift"), 403, "not-allowed")
    coordinator = Caller.of(desk, "coordinator")
    assert is_problem(coordinator.post(f"{at}/place", CLAIM), 403, "not-allowed")
    assert is_problem(coordinator.post(f"{at}/lift"), 403, "not-allowed")
    assert told(coordinator.get(at))["on_hold"] is True


def test_refusals_say_why(desk: Desk, packet: Packet) -> None:
    """No hold, no reason, held already, no such packet."""
    avery, at = Caller.of(desk, "auditor"), f"/packets/{packet.id}/hold"
    assert is_problem(avery.post(f"{at}/lift"), 409, "refused")
    assert is_problem(avery.post(f"{at}/place", {"reason": " "}), 422, "input")
    assert avery.post(f"{at}/place", CLAIM).status_code == 200
    assert is_problem(avery.post(f"{at}/place", CLAIM), 409, "refused")
    assert is_problem(avery.get("/packets/pkt_none/hold"), 404, "not-found")
