"""Put one executed packet, and others beside it that hold less, into a site's archive.

Run as a process of its own: `python archived_site.py HOME`; prints each packet's id by the exit code
that `docgen archive verify` must end with.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.bootstrap.application import build
from docgen.domain.packet import PacketKind
from docgen.services.approve import approve, missing_approvals
from docgen.services.generate import generate
from docgen.services.paper import intake_scan
from docgen.services.send import send
from docgen.services.sweep import run_errand, sweep
from docgen.services.wish import asks_for_paper
from docgen.settings import read_settings
from tests.unit.services.test_paper import scan
from tests.unit.services.walk import Loopback, at_own_desk, sign_next

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


def _approved(office: Office, enrollment: str) -> Packet:
    (packet,) = generate(office, enrollment, PacketKind.CONTRACTING, "user:coordinator")
    for key in ("coordinator", "counsel"):
        if missing_approvals(office, packet):
            who = office.ledger.people.get(key)
            packet = approve(office, packet.id, packet.plan.checksum, who, "claimed")
    return packet


def _signed(office: Office, packet: Packet) -> Packet:
    who = office.ledger.people.get("coordinator")
    run_errand(office, send(office, packet.id, who))
    envelope_id = office.ledger.packets.get(packet.id).envelope_id
    for _ in packet.plan.recipients:
        sign_next(office, envelope_id)
    sweep(office)
    sweep(office)
    return office.ledger.packets.get(packet.id)


def _on_paper(office: Office, packet: Packet) -> Packet:
    who = office.ledger.people.get("coordinator")
    intake_scan(office, packet.id, scan(office), who)
    sweep(office)
    return office.ledger.packets.get(packet.id)


def main(home: str) -> None:
    """Make the packets."""
    site = build(read_settings({"DOCGEN_HOME": home}))
    office = at_own_desk(site.office, Loopback(lost=True))
    enrollments = [item.enrollment_id for item in office.ledger.enrollments.list()]
    packets = [_approved(office, item) for item in enrollments]
    online, by_hand = sorted(packets, key=lambda item: asks_for_paper(office, item))
    signed, paper = _signed(office, online), _on_paper(office, by_hand)
    whole = office.archive.open(signed.bundle_sha256)
    found = {0: signed.id, 4: paper.id}
    for code, data in ((1, whole.replace(b"%%EOF", b"%%EOE", 1)), (2, b"no bundle")):
        found[code] = f"pkt_code{code}"
        spoiled = replace(signed, id=found[code], bundle_sha256=office.archive.put(data).sha256)
        office.ledger.packets.add(spoiled)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
