"""The reading room: the list and its filters, the record, its files, and who may come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import ExecutedDocument, PacketState
from docgen.services.terminate import terminate

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

NOTHING = "Nothing fits"


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived."""
    return archived(desk)


def archived(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived."""
    packet = desk.packet(PacketState.ARCHIVED)
    executed = tuple(
        ExecutedDocument(
            slug=item.slug,
            sent_sha256=item.pdf_sha256,
            signed_sha256=desk.office.archive.put(b"%PDF " + item.slug.encode()).sha256,
        )
        for item in packet.rendered
    )
    done = replace(
        packet,
        executed=executed,
        executed_at=desk.clock.now(),
        bundle_sha256=desk.office.archive.put(b"PK bundle").sha256,
    )
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(done)
    return done


def page(desk: Desk, address: str, key: str = "auditor") -> str:
    """Open a page that must open."""
    answer = desk.as_(key).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_every_filter_finds_and_leaves_out(desk: Desk, packet: Packet) -> None:
    """Each finds the packet by what it is and not by what it is not."""
    today = desk.clock.now().date()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    version = packet.plan.documents[0].template_version
    pairs = (
        ("q=lakeside", "q=riverside"),
        (f"q={packet.id}", "q=pkt_0"),
        (f"q={packet.plan.recipients[0].name}", "q=Nobody+Known"),
        ("document=psa", "document=pses"),
        (f"version={version}", "version=9.9.9"),
        ("state=archived", "state=terminated"),
        ("how=electronic", "how=wet_ink"),
        ("source=generated", "source=counterparty_paper"),
        ("kept=in_effect", "kept=may_go"),
        ("hold=no", "hold=yes"),
        (f"from={today}", f"from={tomorrow}"),
        (f"to={today}", f"to={yesterday}"),
        (f"on={today}", f"on={yesterday}"),
    )
    for finds, leaves in pairs:
        assert packet.id in page(desk, f"/desk/archive?{finds}"), finds
        missed = page(desk, f"/desk/archive?{leaves}")
        assert NOTHING in missed, leaves
        assert packet.id not in missed.split('id="results"')[1], leaves


def test_in_effect_ends_with_its_last_day(desk: Desk, packet: Packet) -> None:
    """In effect on its last day, no more on the day after; and then its retention is known."""
    coordinator = desk.office.ledger.people.get("coordinator")
    today = desk.clock.now().date()
    terminate(desk.office, packet.id, today, "Practice closed", coordinator)
    assert packet.id in page(desk, f"/desk/archive?on={today}")
    assert NOTHING in page(desk, f"/desk/archive?on={today + timedelta(days=1)}")
    assert packet.id in page(desk, "/desk/archive?kept=kept")


@pytest.mark.parametrize(
    "asked", ["on=2026-13-01", "from=nonsense", "to=20261101", "from=2026-02-02&to=2026-02-01"]
)
def test_a_wrong_day_is_said_and_nothing_is_listed(desk: Desk, packet: Packet, asked: str) -> None:
    """A list that ignored the day would mislead."""
    shown = page(desk, f"/desk/archive?{asked}")
    assert "Nothing was searched" in shown
    assert packet.id not in shown


def test_a_packet_without_a_bundle_is_not_called_whole(desk: Desk, packet: Packet) -> None:
    """List and record say that the evidence bundle is missing."""
    assert "no evidence bundle" not in page(desk, "/desk/archive")
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(replace(packet, bundle_sha256=""))
    assert "no evidence bundle" in page(desk, "/desk/archive")
    record = page(desk, f"/desk/archive/packets/{packet.id}")
    assert "Not archived" in record
    assert "Verify now</button>" not in record


def test_opening_is_an_activity_and_looking_for_it_is_not(desk: Desk, packet: Packet) -> None:
    """The list and HEAD note nothing; the record and each file do, with who it was."""
    client = desk.as_("auditor")
    place = f"/desk/archive/packets/{packet.id}"
    files = [item.signed_sha256 for item in packet.executed] + [packet.bundle_sha256]
    before = desk.history(packet.id)
    client.get("/desk/archive")
    client.head(place)
    client.head(f"{place}/files/{files[0]}")
    client.get(f"{place}/hold")
    assert desk.history(packet.id) == before
    shown = client.get(place).content.decode()
    for digest in files:
        assert f"{place}/files/{digest}" in shown
        answer = client.get(f"{place}/files/{digest}")
        assert answer.content == desk.office.archive.open(digest)
        saved = client.get(f"{place}/files/{digest}?save")
        assert saved["Content-Disposition"].startswith("attachment")
    told = desk.history(packet.id)[len(before) :]
    assert told == ["archive.opened"] + ["archive.fetched"] * 2 * len(files)
    assert desk.office.ledger.history.of(packet.id)[-1].actor == "user:auditor"
    assert client.get(f"{place}/files/{packet.rendered[0].docx_sha256}").status_code == 404


def test_a_document_is_read_on_a_page(desk: Desk, packet: Packet) -> None:
    """The record leads there; the page names the digest it shows and notes nothing by itself."""
    client, place = desk.as_("auditor"), f"/desk/archive/packets/{packet.id}"
    before = desk.history(packet.id)
    for item in packet.executed:
        reading = f"{place}/files/{item.signed_sha256}/read"
        assert f'href="{reading}"' in page(desk, place)
        shown = page(desk, reading)
        assert f'data-pdf="{place}/files/{item.signed_sha256}?shown=' in shown
        assert f'data-sha256="{item.signed_sha256}"' in shown
    assert set(desk.history(packet.id)[len(before) :]) == {"archive.opened"}
    for digest in (packet.bundle_sha256, packet.rendered[0].docx_sha256, "0" * 64):
        assert client.get(f"{place}/files/{digest}/read").status_code == 404


def test_the_story_is_told_in_order(desk: Desk, packet: Packet) -> None:
    """Oldest first, with the place in the log; who looked stands apart."""
    with desk.office.ledger.transaction():
        desk.office.note(packet.id, "packet.generated", "system")
    place = f"/desk/archive/packets/{packet.id}"
    page(desk, place)
    shown = page(desk, place)
    story, looks = shown.split("Who looked at it")
    assert "Documents generated" in story
    assert "log entry" in story
    assert "Archived record opened" not in story
    assert "Archived record opened" in looks


@pytest.mark.parametrize("key", ["pso_countersigner", "administrator"])
def test_who_has_no_business_there_is_refused(desk: Desk, packet: Packet, key: str) -> None:
    """Neither list nor record nor file; nothing is noted. An auditor comes in."""
    client, place = desk.as_(key), f"/desk/archive/packets/{packet.id}"
    before = desk.history(packet.id)
    for address in ("/desk/archive", place, f"{place}/files/{packet.bundle_sha256}"):
        assert client.get(address).status_code == 403
    assert desk.history(packet.id) == before
    assert desk.as_("auditor").get(place).status_code == 200


def test_names_are_escaped(desk: Desk) -> None:
    """What was asked for comes back as text."""
    shown = page(desk, "/desk/archive?q=<script>x</script>&version=<b>&on=<i>")
    for bad in ("<script>x", "<b>", "<i>"):
        assert bad not in shown


def test_the_pages_take_few_queries(desk: Desk, packet: Packet) -> None:
    """As many for one line as for a full page."""
    client = desk.as_("auditor")
    assert desk.queries(client, "/desk/archive") <= 9
    assert desk.queries(client, "/desk/archive?q=lakeside&on=2026-11-02") <= 10
    assert desk.queries(client, f"/desk/archive/packets/{packet.id}") <= 40
    assert desk.queries(client, "/desk/archive/contracts") <= 9


def test_the_verifiers_words_are_shown(desk: Desk, packet: Packet) -> None:
    """What is no bundle is said to be unreadable; the record then shows it as last verified."""
    client, place = desk.as_("auditor"), f"/desk/archive/packets/{packet.id}"
    assert client.get(f"{place}/verify").status_code == 405
    shown = client.post(f"{place}/verify").content.decode()
    assert "What the verifier said" in shown
    assert "everything holds" not in shown.lower()
    assert desk.history(packet.id)[-1] == "archive.verified"
    assert "verified on" in page(desk, place)


def test_the_result_is_a_report_to_file(desk: Desk, packet: Packet) -> None:
    """The same page gives the report as a PDF file, which is a verification of its own."""
    client, place = desk.as_("auditor"), f"/desk/archive/packets/{packet.id}"
    before = len(desk.history(packet.id))
    answer = client.post(f"{place}/verify", {"report": "pdf"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert f'{packet.id}.verification.pdf"' in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-")
    assert desk.history(packet.id)[before:] == ["archive.verified"]
