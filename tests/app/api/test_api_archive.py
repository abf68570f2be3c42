"""The archive by API: its filters, a packet's record and files, and verifying now."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import sha256_hex
from docgen.services.file import file_packet
from tests.app.api.caller import Caller, is_problem, told
from tests.app.desk.test_archive_disclosure import fully_executed
from tests.app.desk.test_archive_reading import archived

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

GOLDEN = Path(__file__).parents[2] / "verifier" / "golden"


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived."""
    return archived(desk)


def with_bundle(desk: Desk, packet: Packet, data: bytes) -> Packet:
    """Let the packet's evidence bundle be these bytes."""
    done = replace(packet, bundle_sha256=desk.office.archive.put(data).sha256)
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(done)
    return done


@pytest.mark.parametrize(
    ("name", "finds", "leaves"),
    [
        ("signed_from", 0, 1),
        ("signed_to", 0, -1),
        ("in_effect_on", 0, -1),
    ],
)
def test_days_find_and_leave_out(
    desk: Desk, packet: Packet, auditor: Caller, name: str, finds: int, leaves: int
) -> None:
    """As on the desk: signed from, signed until, in effect on."""
    today = desk.clock.now().date()
    found = auditor.get("/archive", **{name: today + timedelta(days=finds)})
    assert told(found)["total"] == len(packet.executed)
    assert told(auditor.get("/archive", **{name: today + timedelta(days=leaves)}))["total"] == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"in_effect_on": "2026-13-01"},
        {"signed_from": "soon"},
        {"signed_from": "2026-02-02", "signed_to": "2026-02-01"},
    ],
)
def test_a_wrong_day_is_refused(auditor: Caller, asked: dict[str, str]) -> None:
    """A list that ignored the day would mislead."""
    assert is_problem(auditor.get("/archive", **asked), 422, "input")


def test_the_record_names_every_file_and_proof(desk: Desk, packet: Packet, auditor: Caller) -> None:
    """Opening it is an activity; each file it names comes under its digest, which is one too."""
    record = told(auditor.get(f"/packets/{packet.id}/record"))
    assert desk.history(packet.id)[-1] == "archive.opened"
    digests = [item.signed_sha256 for item in packet.executed] + [packet.bundle_sha256]
    assert [item["sha256"] for item in record["files"]] == digests
    assert all(item["is_there"] and item["size"] for item in record["files"])
    proofs = {item["words"]: (item["holds"], item["code"]) for item in record["proofs"]}
    assert proofs["In the signed log"] == (False, None)
    assert proofs["Evidence bundle"] == (False, None)
    entries = [item["entry"] for item in record["timeline"]]
    assert entries == [item.seq for item in desk.office.ledger.history.of(packet.id)]
    for item in record["files"]:
        answer = auditor.get(f"/packets/{packet.id}/files/{item['sha256']}")
        assert len(answer.content) == item["size"]
        assert answer.headers["Content-Type"] == item["media"]
        assert item["name"] in answer.headers["Content-Disposition"]
    assert desk.history(packet.id)[-len(digests) :] == ["archive.fetched"] * len(digests)
    other = f"/packets/{packet.id}/files/{'0' * 64}"
    assert is_problem(auditor.get(other), 404, "not-found")


def test_a_file_that_was_changed_is_not_handed_over(
    desk: Desk, packet: Packet, auditor: Caller
) -> None:
    """Attack: other bytes under an archived digest; the record says so once it is gone."""
    gone = replace(packet, bundle_sha256="0" * 64)
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(gone)
    *_, bundle = told(auditor.get(f"/packets/{packet.id}/record"))["files"]
    assert (bundle["is_there"], bundle["size"]) == (False, None)
    answer = auditor.get(f"/packets/{packet.id}/files/{bundle['sha256']}")
    assert is_problem(answer, 409, "evidence")


def test_a_packet_is_verified_now(
    desk: Desk, packet: Packet, auditor: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every check comes with its result; not to hold, under another anchor, is no refusal."""
    packet = with_bundle(desk, packet, (GOLDEN / "docgen-evidence-2.bundle.zip").read_bytes())
    answer = auditor.post(f"/packets/{packet.id}/verify")
    assert answer.status_code == 200
    found = told(answer)
    assert (found["code"], found["headline"]) == (1, "does not hold")
    assert found["bundle_sha256"] == packet.bundle_sha256
    assert (found["packet_id"], found["bundle_of"]) == (packet.id, "pkt_01example")
    results = {item["id"]: item["result"] for item in found["checks"]}
    assert (results["zip.safe"], results["issuer"]) == ("ok", "failed")
    *_, proof = told(auditor.get(f"/packets/{packet.id}/record"))["proofs"]
    assert (proof["holds"], proof["code"]) == (False, 1)
    anchor = json.loads((GOLDEN / "docgen-evidence-2.anchor.json").read_bytes())
    monkeypatch.setattr("docgen.services.verify.anchor_of", lambda _: anchor)
    found = told(auditor.post(f"/packets/{packet.id}/verify"))
    assert (found["code"], found["headline"]) == (0, "everything holds")
    assert {item["executed"] for item in found["documents"]} == {"signed electronically"}
    assert {item["result"] for item in found["checks"]} == {"ok"}
    *_, proof = told(auditor.get(f"/packets/{packet.id}/record"))["proofs"]
    assert (proof["holds"], proof["code"]) == (True, 0)
    noted = [
        (item.actor, item.details["exit_code"])
        for item in desk.office.ledger.history.of(packet.id)
        if item.kind == "archive.verified"
    ]
    assert noted == [("user:auditor", 1), ("user:auditor", 0)]


def test_the_same_request_is_not_verified_again(
    desk: Desk, packet: Packet, auditor: Caller
) -> None:
    """Sent again, the first answer comes; without a key, none."""
    place = f"/packets/{packet.id}/verify"
    first, again = auditor.post(place, key="same"), auditor.post(place, key="same")
    assert told(first)["result"] == "DOES NOT HOLD: failed zip.safe."
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert desk.history(packet.id).count("archive.verified") == 1
    assert is_problem(auditor.post(place, key=""), 400, "malformed-request")


def test_the_result_is_a_report_to_file(desk: Desk, packet: Packet, auditor: Caller) -> None:
    """As a PDF, which is a verification of its own."""
    answer = auditor.get(f"/packets/{packet.id}/verification-report")
    assert answer.content.startswith(b"%PDF-")
    assert f'"{packet.id}.verification.pdf"' in answer.headers["Content-Disposition"]
    assert desk.history(packet.id)[-1] == "archive.verified"


def test_what_has_no_bundle_is_not_verified(desk: Desk, auditor: Caller) -> None:
    """Neither a packet that is not archived nor one that is not there; the key stays free."""
    packet = archived(desk)
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(replace(packet, bundle_sha256=""))
    place = f"/packets/{packet.id}/verify"
    assert is_problem(auditor.post(place, key="early"), 404, "not-found")
    with_bundle(desk, packet, b"PK bundle")
    assert auditor.post(place, key="early").status_code == 200
    assert is_problem(auditor.post("/packets/pkt_none/verify"), 404, "not-found")


def test_a_disclosure_set_is_made_for_others(desk: Desk) -> None:
    """The agreements as signed, no form and no history; that it was made is an activity."""
    packet = fully_executed(desk)
    house = desk.office
    auditor = Caller.of(desk, "auditor")
    place = f"/packets/{packet.id}/disclosure"
    assert is_problem(auditor.get(place), 404, "not-found")
    file_packet(house, {"packet_id": packet.id})
    answer = auditor.get(place)
    assert answer.status_code == 200, answer.content
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = set(archive.namelist())
        signed = [archive.read(f"{item.slug}-executed.pdf") for item in packet.executed]
    assert [sha256_hex(data) for data in signed] == [item.signed_sha256 for item in packet.executed]
    assert {"START-HERE.html", "digests.txt"} <= names
    assert not {name for name in names if "history" in name or "enrollment" in name}
    noted = house.ledger.history.of(packet.id)[-1]
    assert (noted.kind, noted.actor) == ("archive.disclosed", "user:auditor")


def test_only_those_who_read_the_archive_come_in(desk: Desk, packet: Packet) -> None:
    """A countersigner's token does not, and nothing is noted."""
    before = desk.history(packet.id)
    other = Caller.of(desk, "pso_countersigner")
    at = f"/packets/{packet.id}"
    for place in ("record", f"files/{packet.bundle_sha256}", "disclosure", "verification-report"):
        assert is_problem(other.get(f"{at}/{place}"), 403, "not-allowed")
    assert is_problem(other.post(f"{at}/verify"), 403, "not-allowed")
    assert desk.history(packet.id) == before
