"""The reading room with many agreements: pages stay small, and ask no more than with a few."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from docgen.services.export import MOST_PACKETS
from tests.app.desk.test_archive_reading import archived, page
from tests.app.desk.test_board import copy_of

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

COPIES, SHOWN = 2_500, 20
QUERIES, LARGEST = 14, 60_000
CONTRACTS = "/desk/archive/contracts"


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived, for a PSO listed for years."""
    found = archived(desk)  # before, since the packet is generated once for every test
    listed = replace(desk.office.pso_settings, listed_on=date(2019, 1, 1))
    desk.office = replace(desk.office, pso=listed)
    return found


def multiply(packet: Packet, count: int) -> list[str]:
    """Put so many more practices with such an agreement into the register; give their packets."""
    from docgen.db.models import RegisterDocumentRow, RegisterLineRow

    line = RegisterLineRow.objects.get(subject=packet.id)
    row = RegisterDocumentRow.objects.get(packet_id=packet.id, slug="psa")
    names = [f"pkt_copy{number:05}" for number in range(count)]
    RegisterLineRow.objects.bulk_create(
        copy_of(line, subject=name, line={**line.line, "packet_id": name}) for name in names
    )
    RegisterDocumentRow.objects.bulk_create(
        copy_of(row, packet_id=name, enrollment_id=name.replace("pkt", "enr")) for name in names
    )
    return names


def test_the_report_counts_all_and_shows_some(desk: Desk, packet: Packet) -> None:
    """Every provider counts; a period shows the first few and says how many more there are."""
    client = desk.as_("auditor")
    few = desk.queries(client, CONTRACTS)
    multiply(packet, COPIES)
    shown = page(desk, CONTRACTS)
    assert f"{COPIES + 1} health care providers under contract" in shown
    assert f"And {COPIES + 1 - SHOWN} more" in shown
    assert shown.count("/desk/archive/packets/") == SHOWN
    assert f"the first {MOST_PACKETS} packets" in shown
    assert desk.queries(client, CONTRACTS) == few <= QUERIES
    assert len(shown) < LARGEST


def test_an_export_of_too_much_is_refused_without_reading_it(desk: Desk, packet: Packet) -> None:
    """The page says that there are too many; no more is looked up than shows it."""
    multiply(packet, COPIES)
    client, address = desk.as_("auditor"), "/desk/archive/export?all=yes&document=psa"
    shown = page(desk, address)
    assert f"more than {MOST_PACKETS}" in shown
    assert f"at most {MOST_PACKETS} packets" in shown
    assert "Prepare the export" not in shown
    assert desk.queries(client, address) <= QUERIES


def test_a_pick_of_many_is_looked_up_at_once(desk: Desk, packet: Packet) -> None:
    """As many queries for one picked packet as for ninety; the control may be exported."""
    names = multiply(packet, MOST_PACKETS)
    client = desk.as_("auditor")
    few = desk.queries(client, f"/desk/archive/export?packet={packet.id}")
    picked = "&".join(f"packet={name}" for name in names[:90])
    shown = page(desk, f"/desk/archive/export?{picked}")
    assert "<bdi>90</bdi>" in shown
    assert "Prepare the export" in shown
    assert desk.queries(client, f"/desk/archive/export?{picked}") == few <= QUERIES
