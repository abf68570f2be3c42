"""Paper and end of a packet on the desk: a scan with a person's word, a last day with a reason."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from docgen.domain.packet import PacketState
from docgen.services.approve import approve
from docgen.services.scan import MOST_BYTES
from docgen.services.sweep import run_due
from tests.app.api.caller import Caller
from tests.unit.services.test_paper import made_now, scanned, today

if TYPE_CHECKING:
    from django.http import HttpResponse

    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

QUERIES = 16
BOTH = ["psa", "baa"]


def at(packet: Packet) -> str:
    """Give the address of the tab."""
    return f"/desk/packets/{packet.id}/paper"


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Approve the sample packet as of the standing clock."""
    packet = made_now(desk.office, desk.packet())
    with desk.office.ledger.transaction():
        for key in ("coordinator", "legal_approver")[: 2 if packet.plan.departs else 1]:
            person = desk.office.ledger.people.get(key)
            packet = approve(desk.office, packet.id, packet.plan.checksum, person, "code")
    return packet


def take_in(
    desk: Desk, packet: Packet, data: bytes | None = None, **changes: object
) -> HttpResponse:
    """Take in a scan of three pages, signed and arrived today."""
    day = today(desk.office).isoformat()
    fields: dict[str, object] = {
        "documents": BOTH,
        "pages": 3,
        "signed_on": day,
        "received_on": day,
        "original_at": "Cabinet 12, folder 3",
        "attests": "on",
        **changes,
    }
    file = SimpleUploadedFile("scan.pdf", scanned() if data is None else data)
    client = desk.as_("coordinator")
    return desk.send(client, f"{at(packet)}/in", page=at(packet), file=file, **fields)


def test_paper_is_attested_by_name_and_handed_out_as_it_came(desk: Desk, packet: Packet) -> None:
    """Scan, dates and place are recorded with how the person was signed in; the scan comes back."""
    data = scanned()
    answer = take_in(desk, packet, data)
    assert answer.status_code == 302, answer.content.decode()
    taken = desk.office.ledger.packets.get(packet.id)
    assert taken.paper is not None
    assert taken.paper.attested_by == "coordinator"
    told = desk.office.ledger.history.of(packet.id)
    (noted,) = [item for item in told if item.kind == "paper.taken_in"]
    assert noted.details["authentication"] != "claimed"
    page = desk.as_("auditor").get(at(packet)).content.decode()
    assert "Cabinet 12, folder 3" in page
    assert "Take in the scan" not in page
    got = desk.as_("auditor").get(f"{at(packet)}/scan")
    assert got.content == data
    assert got["Content-Disposition"].startswith("attachment")


def test_a_scan_may_be_as_large_as_a_good_scanner_makes_it(desk: Desk, packet: Packet) -> None:
    """Forty pages in colour come to tens of megabytes; what is larger than that is named so."""
    speckled = Random(7).randbytes(3000 * 4000)  # noqa: S311  # grain of paper, no secret
    grain = Image.frombytes("L", (3000, 4000), speckled)
    pages = io.BytesIO()
    grain.save(pages, "PDF", save_all=True, append_images=[grain, grain], quality=95)
    data = pages.getvalue()
    assert 30_000_000 < len(data) < MOST_BYTES
    page = take_in(desk, packet, bytes(MOST_BYTES + 1))
    assert page.status_code == 422
    assert "The file is larger than 50 MB." in page.content.decode()
    assert take_in(desk, packet, data).status_code == 302


def test_who_fetched_the_scan_of_an_archived_packet_is_known(desk: Desk, packet: Packet) -> None:
    """It is what was executed: each fetch is an activity, by desk and API; before, or HEAD, is none."""
    assert take_in(desk, packet, scanned()).status_code == 302
    client, api = desk.as_("auditor"), Caller.of(desk, "auditor")
    place, before = f"{at(packet)}/scan", desk.history(packet.id)
    client.get(place)
    assert desk.history(packet.id) == before
    kept = replace(desk.office.ledger.packets.get(packet.id), bundle_sha256="b" * 64)
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(kept)
    assert client.head(place).status_code == 200
    assert desk.history(packet.id) == before
    assert client.get(place).content == scanned()
    assert api.get(f"/packets/{packet.id}/scan").content == scanned()
    *_, last = desk.office.ledger.history.of(packet.id)
    assert desk.history(packet.id)[len(before) :] == ["archive.fetched"] * 2
    assert kept.paper is not None
    assert (last.actor, last.details["sha256"]) == ("user:auditor", kept.paper.scan_sha256)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"attests": ""}, "Without your word"),
        ({"documents": []}, "Tick the documents"),
        ({"documents": ["pses"]}, "what was sent is none of them"),
        ({"pages": 4}, "The scan has 3 pages"),
        ({"pages": "x"}, "whole number"),
        ({"signed_on": "yesterday"}, "year-month-day"),
        ({"signed_on": "2001-01-01"}, "handwritten date is before"),
        ({"received_on": "2999-01-01"}, "in the future"),
        ({"original_at": " "}, "Fill this in."),
        ({"data": b"MZ"}, "cannot be read as a PDF"),
        ({"data": b""}, "The file is empty"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    desk: Desk, packet: Packet, changes: dict[str, object], words: str
) -> None:
    """Each wrong part is said on the page, in words of the page, and nothing is recorded."""
    answer = take_in(desk, packet, **changes)  # type: ignore[arg-type]
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "--" not in page.partition('role="alert"')[2].partition("</div>")[0]
    assert "paper.taken_in" not in desk.history(packet.id)


def test_a_hostile_scan_is_looked_at_before_any_transaction(
    desk: Desk, packet: Packet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack: a scan that takes long to read must not keep everybody else from writing."""
    from django.db import connection

    from docgen.errors import InputError

    held: list[bool] = []

    def count(_data: bytes, _what: str) -> int:
        held.append(connection.in_atomic_block)
        raise InputError("The scan cannot be used: reading it took too much time or memory.")

    monkeypatch.setattr("docgen.web.desk.incoming.count_pages", count)
    assert take_in(desk, packet).status_code == 422
    assert held == [False]


def test_while_an_envelope_is_out_the_whole_is_not_taken_in(desk: Desk, packet: Packet) -> None:
    """Void first, says the page; afterwards the same paper comes in."""
    client, place = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    desk.send(client, f"{place}/send", page=place)
    for _ in range(2):
        run_due(desk.office)
    answer = take_in(desk, packet)
    assert answer.status_code == 409
    assert "Void it first" in answer.content.decode()
    desk.send(client, f"{place}/take-back", page=place, reason="Signed on paper.")
    assert take_in(desk, packet).status_code == 302


def test_paper_is_not_offered_before_approval(desk: Desk) -> None:
    """A draft takes no paper; a form sent all the same is refused."""
    packet = desk.packet()
    page = desk.as_("coordinator").get(at(packet)).content.decode()
    assert "once the plan is approved" in page
    assert "Take in the scan" not in page


@pytest.mark.parametrize("key", ["auditor", "legal_approver", "pso_countersigner"])
def test_others_read_and_do_not_act(desk: Desk, packet: Packet, key: str) -> None:
    """Readers see no form; what they send is refused by the table."""
    client = desk.as_(key)
    assert "Take in the scan" not in client.get(at(packet)).content.decode()
    for act in ("in", "end"):
        assert client.post(f"{at(packet)}/{act}", {"once": "x" * 32}).status_code == 403
    assert client.get(f"{at(packet)}/scan").status_code == 404


def in_effect(desk: Desk, packet: Packet) -> Packet:
    """Let the packet have been fully executed and archived now."""
    now = desk.office.clock.now()
    packet = replace(packet, state=PacketState.ARCHIVED, executed_at=now)
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(packet)
    return packet


def test_a_packet_ends_on_its_last_day_with_a_reason(desk: Desk, packet: Packet) -> None:
    """The last day and why stand on the page, with how long it is kept."""
    in_effect(desk, packet)
    client, day = desk.as_("coordinator"), today(desk.office).isoformat()
    fields = {"end-last_day": day, "end-reason": "The practice closed."}
    answer = desk.send(client, f"{at(packet)}/end", page=at(packet), **fields)
    assert answer.status_code == 302, answer.content.decode()
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.TERMINATED
    page = client.get(at(packet)).content.decode()
    assert "The practice closed." in page
    assert "Kept until" in page


def test_an_end_that_cannot_be_is_refused(desk: Desk, packet: Packet) -> None:
    """Tomorrow, no reason, or a packet that is not in effect: said, and nothing is recorded."""
    client, day = desk.as_("coordinator"), today(desk.office)
    tomorrow = (day + timedelta(days=1)).isoformat()
    not_yet = {"end-last_day": day.isoformat(), "end-reason": "Closed."}
    assert desk.send(client, f"{at(packet)}/end", page=at(packet), **not_yet).status_code == 409
    in_effect(desk, packet)
    for fields, words in (
        ({"end-last_day": tomorrow, "end-reason": "Closed."}, "in the future"),
        ({"end-last_day": day.isoformat(), "end-reason": " "}, "Fill this in."),
    ):
        answer = desk.send(client, f"{at(packet)}/end", page=at(packet), **fields)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert "packet.terminated" not in desk.history(packet.id)


def test_the_tab_takes_a_fixed_number_of_queries(desk: Desk, packet: Packet) -> None:
    """Whatever is on paper."""
    take_in(desk, packet)
    assert desk.queries(desk.as_("coordinator"), at(packet)) <= QUERIES
