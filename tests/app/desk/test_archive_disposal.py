"""Disposal through the pages: proposed, confirmed by another, and what every page says afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.services.sweep import sweep
from integrations.archive.fake import FakeArchive
from tests.app.desk.test_archive_reading import archived, page
from tests.unit.services.test_disposal import LAST_DAY, LONG_AGO, Work

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

WHY = "Retention is over."


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed, archived and ended long ago."""
    desk.office = replace(desk.office, archive=FakeArchive())
    done = over(desk, archived(desk))
    desk.office = replace(desk.office, work=Work(desk.office.work))
    return done


def over(desk: Desk, packet: Packet) -> Packet:
    """Let a packet have ended long ago."""
    done = replace(
        packet,
        state=PacketState.TERMINATED,
        created_at=LONG_AGO,
        executed_at=LONG_AGO,
        terminated_on=LAST_DAY,
    )
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(done)
    return done


def place_of(packet: Packet) -> str:
    """Give the address of the page."""
    return f"/desk/archive/packets/{packet.id}/disposal"


def dispose(desk: Desk, packet: Packet) -> None:
    """Have two people decide on the pages, and the sweep do it."""
    place, lee, avery = place_of(packet), desk.as_("legal_approver"), desk.as_("auditor")
    assert desk.send(lee, f"{place}/propose", page=place, reason=WHY).status_code == 302
    assert desk.send(avery, f"{place}/confirm", page=place).status_code == 302
    assert sweep(desk.office).failures == ()


def test_two_people_dispose_of_it(desk: Desk, packet: Packet) -> None:
    """The proposer is told that another must confirm; the reason is read before; then it is gone."""
    place, lee, avery = place_of(packet), desk.as_("legal_approver"), desk.as_("auditor")
    assert "may be disposed of" in page(desk, place)
    assert packet.id in page(desk, "/desk/archive?kept=may_go")
    desk.send(lee, f"{place}/propose", page=place, reason=WHY)
    assert "must confirm" in lee.get(place).content.decode()
    assert "Dispose of this packet</button>" not in lee.get(place).content.decode()
    assert WHY in avery.get(place).content.decode()
    assert "Disposal proposed" in page(desk, f"/desk/archive/packets/{packet.id}")
    assert desk.send(lee, f"{place}/confirm", page=place).status_code == 409
    assert desk.send(avery, f"{place}/confirm", page=place).status_code == 302
    assert "being disposed of" in page(desk, place)
    assert sweep(desk.office).failures == ()
    told = page(desk, place)
    assert "was disposed of on 2026-11-23 under retention; log entry" in told
    assert "<form" not in told.split('id="standing"')[1]
    assert desk.office.archive.stat(packet.bundle_sha256) is None


def test_every_page_of_it_says_so(desk: Desk, packet: Packet) -> None:
    """Record, list, packet, documents, export, files, verification: no error, no “missing”."""
    dispose(desk, packet)
    said = "was disposed of on 2026-11-23 under retention"
    record = page(desk, f"/desk/archive/packets/{packet.id}")
    assert said in record
    assert "Disposed of under retention" in record
    assert "Verify now</button>" not in record
    assert "missing" not in record
    assert "Not archived" not in record
    assert packet.id in page(desk, "/desk/archive?kept=disposed")
    assert "disposed of on Nov 23, 2026" in page(desk, "/desk/archive")
    assert packet.id not in page(desk, "/desk/archive?kept=may_go").split('id="results"')[1]
    shown = page(desk, f"/desk/packets/{packet.id}", "coordinator")
    assert said in shown
    assert f"/desk/packets/{packet.id}/documents/" not in shown
    assert said in page(desk, f"/desk/archive/export?packet={packet.id}")
    client = desk.as_("coordinator")
    slug = packet.rendered[0].slug
    for address in (
        f"/desk/packets/{packet.id}/documents/{slug}",
        f"/desk/packets/{packet.id}/files/{slug}.pdf",
        f"/desk/archive/packets/{packet.id}/files/{packet.bundle_sha256}",
    ):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert said in answer.content.decode(), address
    verified = desk.as_("auditor").post(f"/desk/archive/packets/{packet.id}/verify")
    assert (verified.status_code, said in verified.content.decode()) == (404, True)
    for address in (
        f"/desk/packets/{packet.id}/history",
        f"/desk/packets/{packet.id}/review",
        f"/desk/packets/{packet.id}/paper",
        f"/desk/archive/packets/{packet.id}/hold",
        "/desk/board",
        "/desk/packets",
        f"/desk/enrollments/{packet.plan.enrollment_id}",
    ):
        assert client.get(address).status_code == 200, address


def test_a_newer_packet_is_shown_without_the_one_it_replaced(desk: Desk, packet: Packet) -> None:
    """What it is compared with is gone; it is shown all the same."""
    newer = replace(packet, id="pkt_newer", supersedes=packet.id, state=PacketState.DRAFT)
    newer = replace(newer, rendered=packet.rendered, executed=(), bundle_sha256="")
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.add(newer)
    dispose(desk, packet)
    slug = packet.rendered[0].slug
    answer = desk.as_("coordinator").get(f"/desk/packets/pkt_newer/documents/{slug}")
    assert answer.status_code == 200


def test_a_hold_on_what_is_gone_is_refused_with_words(desk: Desk, packet: Packet) -> None:
    """Nobody is led to think that something is kept."""
    dispose(desk, packet)
    place = f"/desk/archive/packets/{packet.id}/hold"
    answer = desk.send(desk.as_("auditor"), f"{place}/place", page=place, reason="A claim.")
    assert answer.status_code == 404
    assert "was disposed of" in answer.content.decode()
    assert not desk.office.register.packet(packet.id).on_hold


def test_confirming_asks_again_who_it_is(desk: Desk, packet: Packet) -> None:
    """At a desk left open nothing is disposed of; the way leads back to this page."""
    place = place_of(packet)
    lee, stale = desk.as_("legal_approver"), desk.as_("auditor", fresh=False)
    desk.send(lee, f"{place}/propose", page=place, reason=WHY)
    answer = desk.send(stale, f"{place}/confirm", page=place)
    assert answer["Location"].startswith("/account/")
    assert desk.history(packet.id)[-1] == "disposal.proposed"


def test_a_proposal_is_withdrawn(desk: Desk, packet: Packet) -> None:
    """By another person, with a reason; the page offers it anew."""
    place, lee, avery = place_of(packet), desk.as_("legal_approver"), desk.as_("auditor")
    desk.send(lee, f"{place}/propose", page=place, reason=WHY)
    without = desk.send(avery, f"{place}/withdraw", page=place, reason=" ")
    assert without.status_code == 422
    assert "Give a reason" in without.content.decode()
    assert desk.send(avery, f"{place}/withdraw", page=place, reason="Not yet.").status_code == 302
    assert "Nobody proposed" in page(desk, place)
    assert "Not yet." in page(desk, f"/desk/archive/packets/{packet.id}")


def test_what_must_be_kept_offers_no_button(desk: Desk, packet: Packet) -> None:
    """The page says why; sending the form all the same is refused."""
    place, lee = place_of(packet), desk.as_("legal_approver")
    later = replace(packet, terminated_on=date(2026, 1, 31))
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(later)
    shown = page(desk, place)
    assert "must be kept until 2032-01-31" in shown
    assert "/propose" not in shown
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(packet)
    once = lee.get(place)
    assert "/propose" in once.content.decode()
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(later)
    answer = desk.send(lee, f"{place}/propose", page=place, reason=WHY)
    assert answer.status_code in {409, 422}
    assert "disposal.proposed" not in desk.history(packet.id)


@pytest.mark.parametrize("act", ["propose", "withdraw", "confirm"])
def test_a_coordinator_only_reads_of_disposal(desk: Desk, packet: Packet, act: str) -> None:
    """The page opens without a form; sending one is refused."""
    place, client = place_of(packet), desk.as_("coordinator")
    assert f"/disposal/{act}" not in client.get(place).content.decode()
    assert client.post(f"{place}/{act}", {"reason": "x"}).status_code == 403
    assert not [item for item in desk.history(packet.id) if item.startswith("disposal")]


def test_the_page_of_executed_copies_says_it_to_everybody(desk: Desk, packet: Packet) -> None:
    """The same words for whoever asks, before any address is given; no code is mailed."""
    at = f"/executed/{packet.id}"
    assert desk.client().get(at).status_code == 200
    dispose(desk, packet)
    before = len(desk.mailer.sent)
    for answer in (
        desk.client().get(at),
        desk.client().post(at, {"address": "maria.delgado@lakeside.example.org"}),
        desk.client().post(at, {"address": "stranger@example.org"}),
    ):
        assert answer.status_code == 410
        assert "was disposed of on 2026-11-23" in answer.content.decode()
        assert "<form" not in answer.content.decode()
    sweep(desk.office)
    assert len(desk.mailer.sent) == before
    assert desk.client().get(f"{at}/set").status_code == 302
    assert desk.client().get("/executed/pkt_none").status_code == 200


def test_the_moment_is_told_where_the_pso_counts_its_days(desk: Desk, packet: Packet) -> None:
    """Late in the evening it is still the day before in Chicago."""
    desk.clock.advance(datetime(2026, 11, 24, 3, tzinfo=UTC) - desk.clock.now())
    dispose(desk, packet)
    assert "was disposed of on 2026-11-23" in page(desk, place_of(packet))
    assert desk.office.register.packet(packet.id).disposed_on == date(2026, 11, 23)
