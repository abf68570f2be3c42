"""Reports by API: two contracts in every 24 months, and the register of agreements."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.app.api.caller import Caller, is_problem, told
from tests.app.desk.test_archive_reading import archived
from tests.register_check import holds

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived."""
    return archived(desk)


def listed(desk: Desk, day: date | None) -> None:
    """Let the PSO be listed since this day."""
    desk.office = replace(desk.office, pso=replace(desk.office.pso_settings, listed_on=day))


def test_each_period_says_who_was_under_contract(
    desk: Desk, packet: Packet, auditor: Caller
) -> None:
    """One provider is short of two; the contract that counts is listed, to be exported."""
    listed(desk, date(2024, 1, 1))
    report = told(auditor.get("/archive/contracts"))
    assert (report["listed_on"], report["needed"]) == ("2024-01-01", 2)
    running, before = report["periods"]
    assert running == {
        "first": "2026-01-01",
        "last": "2027-12-31",
        "is_running": True,
        "is_met": False,
        "providers": 1,
        "contracts": 1,
        "without_copy": 0,
    }
    assert (before["first"], before["providers"], before["is_running"]) == ("2024-01-01", 0, False)
    at = "/archive/contracts/counted"
    page = told(auditor.get(at, first=running["first"]))
    assert [item["packet_id"] for item in page["items"]] == [packet.id]
    assert (page["total"], page["next"]) == (1, None)
    assert told(auditor.get(at, first=before["first"]))["total"] == 0
    assert told(auditor.get(at, first=running["first"], has_copy="false"))["total"] == 0
    assert is_problem(auditor.get(at, first="2024-01-02"), 404, "not-found")
    assert is_problem(auditor.get(at), 422, "input")


def test_without_a_copy_a_contract_does_not_count(
    desk: Desk, packet: Packet, auditor: Caller
) -> None:
    """It is listed apart."""
    listed(desk, date(2026, 1, 1))
    bare = tuple(replace(item, signed_sha256="") for item in packet.executed)
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(replace(packet, executed=bare))
    (period,) = told(auditor.get("/archive/contracts"))["periods"]
    assert (period["providers"], period["contracts"], period["without_copy"]) == (0, 0, 1)
    found = auditor.get("/archive/contracts/counted", first=period["first"], has_copy="false")
    assert [item["packet_id"] for item in told(found)["items"]] == [packet.id]


def test_without_a_listing_there_is_no_period(desk: Desk, auditor: Caller) -> None:
    """And the answer says that the day is missing."""
    listed(desk, None)
    assert told(auditor.get("/archive/contracts")) == {
        "listed_on": None,
        "needed": 2,
        "periods": [],
    }


def test_the_register_comes_with_its_proof(
    desk: Desk, packet: Packet, auditor: Caller, tmp_path: Path
) -> None:
    """The log vouches for exactly these bytes; drawing it up is an activity."""
    answer = auditor.get("/archive/register")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data, proof = archive.read("register.json"), archive.read("proof.json")
        assert "How to check it" in archive.read("README.txt").decode()
    assert holds(desk.office, tmp_path, data, proof)
    assert b"Lakeside" in data
    assert not holds(desk.office, tmp_path, data.replace(b"Lakeside", b"Seaside!"), proof)
    assert {item["packet"] for item in json.loads(data)["agreements"]} == {packet.id}
    assert desk.history("register") == ["register.drawn_up"]


def test_only_those_who_read_the_archive_come_in(desk: Desk) -> None:
    """A countersigner's token does not, and nothing is drawn up."""
    other = Caller.of(desk, "pso_countersigner")
    for place in ("contracts", "contracts/counted?first=2026-01-01", "register"):
        assert is_problem(other.get(f"/archive/{place}"), 403, "not-allowed")
    assert desk.history("register") == []
