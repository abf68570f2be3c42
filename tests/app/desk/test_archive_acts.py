"""The reading room's acts: exports, legal holds and reports, through the pages."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from docgen.domain.batch import Act
from docgen.services.ask_export import ask_export
from docgen.services.batch import begin
from docgen.services.export import select
from docgen.services.sweep import run_due
from tests.app.desk.test_archive_reading import archived, page
from tests.register_check import holds
from tests.unit.services.test_scrub import spoil

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived."""
    return archived(desk)


@pytest.mark.parametrize("by", ["packet={}", "all=yes&q=lakeside&document=psa"])
def test_an_export_says_how_far_it_is_and_is_noted(desk: Desk, packet: Packet, by: str) -> None:
    """Bundles are read first, and the page says how far; only fetching is noted."""
    address, client = f"/desk/archive/export?{by.format(packet.id)}", desk.as_("auditor")
    assert "Prepare the export" in page(desk, address)
    at = desk.send(client, address).headers["Location"]
    waiting = page(desk, at)
    assert "0 of 1" in waiting
    assert "Download the export" not in waiting
    assert client.post(f"{at}/file").status_code == 409
    run_due(desk.office)
    ready = page(desk, at)
    assert "1 of 1" in ready
    assert "Download the export" in ready
    assert "archive.exported" not in desk.history(packet.id)
    answer = client.post(f"{at}/file")
    data = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(data)
    assert answer["Content-Disposition"].endswith('.zip"')
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    assert names == ["index.csv", "index.xlsx", f"bundles/{packet.id}.bundle.zip"]
    assert desk.history(packet.id)[-1] == "archive.exported"


def test_an_altered_bundle_is_told_before_anything_is_handed_over(
    desk: Desk, packet: Packet
) -> None:
    """The line says why, and nothing can be fetched."""
    bundle = desk.office.archive.put(b"PK that one bit is flipped of, from the desk").sha256
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(replace(packet, bundle_sha256=bundle))
    client, address = desk.as_("auditor"), f"/desk/archive/export?packet={packet.id}"
    at = desk.send(client, address).headers["Location"]
    spoil(desk.office.archive, bundle, 3)
    run_due(desk.office)
    shown = page(desk, at)
    assert "cannot be handed over as archived" in shown
    assert "Download the export" not in shown
    assert client.post(f"{at}/file").status_code == 409
    assert "archive.exported" not in desk.history(packet.id)


def test_an_export_is_of_readers_and_of_exports_alone(desk: Desk, packet: Packet) -> None:
    """A batch of other acts is none; who reads no archive sees none."""
    asked = ask_export(
        desk.office, select(desk.office, [packet.id]), desk.office.ledger.people.get("auditor")
    )
    at = f"/desk/archive/exports/{asked.id}"
    assert desk.as_("auditor").get(at).status_code == 200
    assert desk.as_("administrator").get(at).status_code == 403
    coordinator = desk.office.ledger.people.get("coordinator")
    other = begin(desk.office, Act.REMIND, [packet.id], coordinator)
    for address in (f"/desk/archive/exports/{other.id}", "/desk/archive/exports/bat_none"):
        assert desk.as_("auditor").get(address).status_code == 404


@pytest.mark.parametrize("by", ["", "packet=pkt_none", "all=yes&on=nonsense", "all=yes&q=nobody"])
def test_an_empty_export_is_refused_with_words(desk: Desk, packet: Packet, by: str) -> None:
    """A sentence, not an empty file; nothing is noted."""
    client, address = desk.as_("auditor"), f"/desk/archive/export?{by}"
    answer = desk.send(client, address)
    assert answer.status_code == 422
    assert "cannot be exported" in answer.content.decode()
    assert "archive.exported" not in desk.history(packet.id)


def test_a_hold_is_placed_by_one_and_lifted_by_two(desk: Desk, packet: Packet) -> None:
    """Through the pages; the proposer is told that another must agree."""
    place = f"/desk/archive/packets/{packet.id}/hold"
    lee, avery = desk.as_("legal_approver"), desk.as_("auditor")
    assert desk.send(lee, f"{place}/place", page=place, reason="Matter 26-118").status_code == 302
    assert "on legal hold" in page(desk, "/desk/archive?hold=yes")
    assert "Matter 26-118" in page(desk, f"/desk/archive/packets/{packet.id}")
    assert "</time>, placed by" in lee.get(place).content.decode()
    desk.send(lee, f"{place}/propose", page=place, reason="Settled")
    assert "another legal approver or auditor must agree" in lee.get(place).content.decode()
    assert desk.send(lee, f"{place}/lift", page=place).status_code == 409
    assert desk.office.register.packet(packet.id).on_hold
    assert desk.send(avery, f"{place}/lift", page=place).status_code == 302
    assert not desk.office.register.packet(packet.id).on_hold


def test_lifting_asks_again_who_it_is(desk: Desk, packet: Packet) -> None:
    """At a desk left open nothing is lifted; the way leads back to the page of the hold."""
    place = f"/desk/archive/packets/{packet.id}/hold"
    lee, stale = desk.as_("legal_approver"), desk.as_("auditor", fresh=False)
    desk.send(lee, f"{place}/place", page=place, reason="Matter 26-118")
    desk.send(lee, f"{place}/propose", page=place, reason="Settled")
    answer = desk.send(stale, f"{place}/lift", page=place)
    assert answer["Location"].startswith("/account/")
    assert desk.office.register.packet(packet.id).on_hold


@pytest.mark.parametrize("act", ["place", "propose", "lift"])
def test_a_coordinator_only_reads_of_holds(desk: Desk, packet: Packet, act: str) -> None:
    """The page opens without a form; sending one is refused."""
    place = f"/desk/archive/packets/{packet.id}/hold"
    client = desk.as_("coordinator")
    assert "/hold/place" not in client.get(place).content.decode()
    assert client.post(f"{place}/{act}", {"reason": "x"}).status_code == 403
    assert not desk.office.register.packet(packet.id).on_hold


def test_a_hold_needs_a_reason(desk: Desk, packet: Packet) -> None:
    """It is said above the form."""
    place = f"/desk/archive/packets/{packet.id}/hold"
    answer = desk.send(desk.as_("auditor"), f"{place}/place", page=place, reason=" ")
    assert answer.status_code == 422
    assert "Give a reason" in answer.content.decode()


def test_the_contracts_of_each_period(desk: Desk, packet: Packet) -> None:
    """One provider is short of two; its executed copy is one step away."""
    listed = replace(desk.office.pso_settings, listed_on=date(2024, 1, 1))
    desk.office = replace(desk.office, pso=listed)
    shown = page(desk, "/desk/archive/contracts")
    assert "1 of 2 health care providers" in shown
    assert packet.plan.practice in shown
    assert f"/desk/archive/export?packet={packet.id}" in shown
    desk.office = replace(desk.office, pso=replace(listed, listed_on=None))
    assert "first day of the listing is missing" in page(desk, "/desk/archive/contracts")


def test_the_register_comes_with_its_proof(desk: Desk, packet: Packet, tmp_path: Path) -> None:
    """What is downloaded is vouched for by the log."""
    assert "Draw up the register" in page(desk, "/desk/archive/register")
    answer = desk.as_("auditor").post("/desk/archive/register")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data, proof = archive.read("register.json"), archive.read("proof.json")
    assert holds(desk.office, tmp_path, data, proof)
    packets = {item["packet"] for item in json.loads(data)["agreements"]}
    assert packets == {packet.id}
