"""Exports by API: asked for, followed until every bundle was read, and fetched as one file."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docgen.services.export import MOST_PACKETS
from docgen.services.sweep import run_due
from tests.app.api.caller import Caller, is_problem, told
from tests.app.api.test_api_archive import with_bundle
from tests.app.desk.test_archive_reading import archived
from tests.unit.services.test_scrub import spoil

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived."""
    return archived(desk)


def asked(caller: Caller, body: object) -> dict[str, Any]:
    """Ask for an export that must be taken."""
    answer = caller.post("/exports", body)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = told(answer)
    return found


@pytest.mark.parametrize("by", ["packets", "archive"])
def test_an_export_is_asked_followed_and_fetched(
    desk: Desk, packet: Packet, auditor: Caller, by: str
) -> None:
    """Nothing is handed over before every bundle was read; then the file has the told size."""
    picked = {"packets": [packet.id], "archive": {"q": "lakeside", "slug": "psa"}}
    export = asked(auditor, {by: picked[by]})
    at = f"/exports/{export['id']}"
    assert (export["packets"], export["read"], export["is_ready"]) == (1, 0, False)
    assert is_problem(auditor.get(f"{at}/file"), 409, "still-running")
    assert "archive.exported" not in desk.history(packet.id)
    run_due(desk.office)
    ready = told(auditor.get(at))
    assert (ready["read"], ready["refused"], ready["is_ready"]) == (1, 0, True)
    assert ready["lines"] == [
        {"packet_id": packet.id, "result": "done", "words": "9 bytes, as they were archived"}
    ]
    answer = auditor.get(f"{at}/file")
    data = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(data)
    assert answer["Content-Disposition"] == f'attachment; filename="{export["id"]}.zip"'
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        bundle = archive.read(f"bundles/{packet.id}.bundle.zip")
        index = archive.read("index.csv").decode("utf-8-sig")
        assert "index.xlsx" in archive.namelist()
    assert bundle == b"PK bundle"
    rows = list(csv.DictReader(io.StringIO(index)))
    assert {row["Packet"] for row in rows} == {packet.id}
    noted = desk.office.ledger.history.of(packet.id)[-1]
    assert (noted.kind, noted.actor) == ("archive.exported", "user:auditor")
    assert noted.details["export"] == export["id"]


def test_a_name_that_is_a_formula_is_text(desk: Desk, packet: Packet, auditor: Caller) -> None:
    """Attack: a practice whose name a spreadsheet program would run."""
    plan = replace(packet.plan, practice='=HYPERLINK("https://example.org","Lakeside")')
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(replace(packet, plan=plan))
    export = asked(auditor, {"packets": [packet.id]})
    run_due(desk.office)
    data = b"".join(auditor.get(f"/exports/{export['id']}/file").streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    assert rows[1][0].startswith("'=HYPERLINK")


def test_a_bundle_that_was_changed_stops_the_export(
    desk: Desk, packet: Packet, auditor: Caller
) -> None:
    """Its line says so; nothing is handed over that would break off in the middle."""
    packet = with_bundle(desk, packet, b"PK that one bit is flipped of")
    export = asked(auditor, {"packets": [packet.id]})
    spoil(desk.office.archive, packet.bundle_sha256, 3)
    run_due(desk.office)
    (line,) = told(auditor.get(f"/exports/{export['id']}"))["lines"]
    assert (line["result"], "not those that were put" in line["words"]) == ("refused", True)
    assert is_problem(auditor.get(f"/exports/{export['id']}/file"), 409, "refused")
    assert "archive.exported" not in desk.history(packet.id)


def test_what_lacks_a_bundle_is_said_and_exported(
    desk: Desk, packet: Packet, auditor: Caller
) -> None:
    """The index names it, and a file beside it says so."""
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(replace(packet, bundle_sha256=""))
    export = asked(auditor, {"packets": [packet.id]})
    run_due(desk.office)
    (line,) = told(auditor.get(f"/exports/{export['id']}"))["lines"]
    assert (line["result"], line["words"]) == ("done", "no evidence bundle in the archive")
    data = b"".join(auditor.get(f"/exports/{export['id']}/file").streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert packet.id in archive.read("lacking.txt").decode()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"packets": []},
        {"packets": ["pkt_none"]},
        {"packets": ["pkt_1"], "archive": {}},
        {"packets": [f"pkt_{n}" for n in range(MOST_PACKETS + 1)]},
        {"archive": {"q": "nobody"}},
        {"archive": {"in_effect_on": "nonsense"}},
        {"archive": {"cursor": ""}},
    ],
)
def test_an_empty_or_unclear_export_is_refused(
    packet: Packet, auditor: Caller, body: object
) -> None:
    """A sentence, not an empty file."""
    assert packet.executed
    assert is_problem(auditor.post("/exports", body), 422, "input")


def test_an_export_is_asked_for_once(desk: Desk, packet: Packet, auditor: Caller) -> None:
    """The same request again gets the same export."""
    body = {"packets": [packet.id, packet.id]}
    first, again = (auditor.post("/exports", body, key="same") for _ in range(2))
    assert told(first)["id"] == told(again)["id"]
    assert told(first)["packets"] == 1
    assert len(desk.office.ledger.batches.latest(9)) == 1


def test_only_those_who_read_the_archive_come_in(
    desk: Desk, packet: Packet, auditor: Caller
) -> None:
    """Not a countersigner; and no other batch is taken for an export, nor the other way round."""
    body = {"packets": [packet.id]}
    export = asked(auditor, body)
    other = Caller.of(desk, "pso_countersigner")
    assert is_problem(other.post("/exports", body), 403, "not-allowed")
    for place in ("", "/file"):
        assert is_problem(other.get(f"/exports/{export['id']}{place}"), 403, "not-allowed")
    coordinator = Caller.of(desk, "coordinator")
    batch = told(coordinator.post("/batches", {"act": "remind", "subjects": [packet.id]}))
    for place in ("", "/file"):
        assert is_problem(auditor.get(f"/exports/{batch['id']}{place}"), 404, "not-found")
    told_off = coordinator.post("/batches", {"act": "export", "subjects": [packet.id]})
    assert is_problem(told_off, 422, "input")
