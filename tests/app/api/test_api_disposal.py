"""Disposal by API: two people with tokens of their own, and what is said of what went."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.services.sweep import sweep
from integrations.archive.fake import FakeArchive
from tests.app.api.caller import Caller, is_problem, told
from tests.app.desk.test_archive_disposal import over
from tests.app.desk.test_archive_reading import archived
from tests.unit.services.test_disposal import Work

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

WHY = {"reason": "Retention is over."}


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed, archived and ended long ago."""
    desk.office = replace(desk.office, archive=FakeArchive())
    done = over(desk, archived(desk))
    desk.office = replace(desk.office, work=Work(desk.office.work))
    return done


def test_from_may_go_to_disposed(desk: Desk, packet: Packet) -> None:
    """Each step answers with how far it has come; in the end every file is gone and named so."""
    lee, avery = Caller.of(desk, "legal_approver"), Caller.of(desk, "auditor")
    at = f"/packets/{packet.id}/disposal"
    assert told(avery.get(at))["standing"] == "may_go"
    proposed = lee.post(f"{at}/propose", WHY)
    assert proposed.status_code == 200, proposed.content
    assert (told(proposed)["standing"], told(proposed)["proposed_by"]) == (
        "proposed",
        "legal_approver",
    )
    decided = told(avery.post(f"{at}/confirm"))
    assert decided["standing"] == "decided"
    assert "being disposed of" in decided["words"]
    assert sweep(desk.office).failures == ()
    gone = told(avery.get(at))
    assert (gone["standing"], gone["confirmed_by"]) == ("disposed", "auditor")
    end = desk.office.ledger.history.of(packet.id)[-1]
    assert (gone["disposed_entry"], end.kind) == (end.seq, "packet.disposed")
    slug = packet.rendered[0].slug
    for address in (
        f"/packets/{packet.id}/bundle",
        f"/packets/{packet.id}/documents/{slug}/signed",
        f"/packets/{packet.id}/documents/{slug}/pdf",
    ):
        answer = avery.get(address)
        assert is_problem(answer, 404, "gone")
        assert "was disposed of on 2026-11-23" in told(answer)["detail"]
    found = told(avery.get("/archive", retention="disposed"))
    assert {item["disposed_on"] for item in found["items"]} == {"2026-11-23"}
    whole = told(avery.get(f"/packets/{packet.id}"))
    assert whole["disposed_on"] == "2026-11-23"
    assert [item["forms"] for item in whole["documents"]] == [[]] * len(whole["documents"])
    assert told(avery.get("/archive", retention="may_go"))["total"] == 0


def test_one_person_or_one_issuer_is_not_two(desk: Desk, packet: Packet) -> None:
    """Attack: one's own proposal, and tokens that somebody else issued; the control is above."""
    at = f"/packets/{packet.id}/disposal"
    lee = Caller.of(desk, "legal_approver")
    lent = Caller.of(desk, "auditor", by="administrator")
    assert is_problem(lent.post(f"{at}/propose", WHY), 403, "not-allowed")
    assert lee.post(f"{at}/propose", WHY).status_code == 200
    assert is_problem(lent.post(f"{at}/confirm"), 403, "not-allowed")
    assert is_problem(lee.post(f"{at}/confirm"), 403, "not-allowed")
    coordinator = Caller.of(desk, "coordinator")
    assert is_problem(coordinator.post(f"{at}/confirm"), 403, "not-allowed")
    assert told(coordinator.get(at))["standing"] == "proposed"
    assert desk.history(packet.id)[-1] == "disposal.proposed"


def test_a_proposal_is_withdrawn_and_what_must_be_kept_says_why(desk: Desk, packet: Packet) -> None:
    """With a reason; a packet in effect is kept, with the sentence."""
    at, avery = f"/packets/{packet.id}/disposal", Caller.of(desk, "auditor")
    assert is_problem(avery.post(f"{at}/withdraw", WHY), 409, "refused")
    assert is_problem(avery.post(f"{at}/propose", {"reason": " "}), 422, "input")
    avery.post(f"{at}/propose", WHY)
    withdrawn = avery.post(f"{at}/withdraw", {"reason": "Not yet."})
    assert told(withdrawn)["standing"] == "may_go"
    kept = replace(packet, terminated_on=desk.clock.now().date())
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(kept)
    standing = told(avery.get(at))
    assert standing["standing"] == "kept"
    assert "must be kept until 2032-11-23" in standing["words"]
    assert is_problem(avery.post(f"{at}/propose", WHY), 409, "refused")
    assert is_problem(avery.get("/packets/pkt_none/disposal"), 404, "not-found")


def test_what_was_disposed_of_is_said_to_be_gone(desk: Desk, packet: Packet) -> None:
    """The record stays and names no file as there; files, sets and verifying tell since when."""
    lee, auditor = Caller.of(desk, "legal_approver"), Caller.of(desk, "auditor")
    assert lee.post(f"/packets/{packet.id}/disposal/propose", WHY).status_code == 200
    assert auditor.post(f"/packets/{packet.id}/disposal/confirm").status_code == 200
    assert sweep(desk.office).failures == ()
    export = told(auditor.post("/exports", {"packets": [packet.id]}))
    sweep(desk.office)
    (line,) = told(auditor.get(f"/exports/{export['id']}"))["lines"]
    assert "was disposed of on 2026-11-23" in line["words"]
    record = told(auditor.get(f"/packets/{packet.id}/record"))
    assert record["disposed_on"]
    assert not any(item["is_there"] for item in record["files"])
    for place in (f"files/{packet.bundle_sha256}", "disclosure", "verification-report"):
        answer = auditor.get(f"/packets/{packet.id}/{place}")
        assert is_problem(answer, 404, "gone"), place
        assert "was disposed of on 2026-11-23 under retention" in told(answer)["detail"]
    assert is_problem(auditor.post(f"/packets/{packet.id}/verify"), 404, "gone")
