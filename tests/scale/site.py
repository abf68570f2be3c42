"""What a scaled-out test has done by a process of its own: prepare packets, look at them.

    python -m tests.scale.site prepare NUMBER SERVICE
    python -m tests.scale.site look PACKET...

The environment names the home, the database and the archive. `look` prints where each packet stands
and whether the history fits what was signed of it, and checks the bundles of those named; checking
one takes longer than making it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from docgen.bootstrap.application import build
from docgen.domain.packet import PacketKind, PacketState
from docgen.services.anchor import anchor_of
from docgen.services.approve import approve
from docgen.services.checkpoint import where_rewritten
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.people import add_invented_people
from docgen.services.send import send
from docgen.settings import read_settings
from tests.unit.services.walk import form
from tests.verifier.handling import load_verifier

if TYPE_CHECKING:
    from collections.abc import Collection

    from docgen.services.office import Office


def prepare(office: Office, number: int, service: str) -> None:
    """Make packets and decide that they are sent; the sending itself is left to workers."""
    add_invented_people(office, "system")
    coordinator = office.ledger.people.get("coordinator")
    for index in range(number):
        raw = form() | {"record_id": f"1b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d{index:04x}"}
        stored = enroll(office, raw, draft=False, actor="user:coordinator", as_new=index > 0)
        enrollment = stored.version.enrollment_id
        (packet,) = generate(office, enrollment, PacketKind.CONTRACTING, "user:coordinator")
        approve(office, packet.id, packet.plan.short_checksum, coordinator, "claimed")
        send(office, packet.id, coordinator, service)


def look(office: Office, checked: Collection[str]) -> dict[str, object]:
    """Say of each packet where it stands, how often what happened, and what its bundle fails."""
    packets = [
        {
            "id": packet.id,
            "state": packet.state.value,
            "kinds": [item.kind for item in office.ledger.history.of(packet.id)],
            "failed": _failed(office, packet.bundle_sha256) if packet.id in checked else [],
        }
        for packet in office.ledger.packets.in_states(frozenset(PacketState))
    ]
    return {"packets": packets, "rewritten": where_rewritten(office)}


def _failed(office: Office, digest: str) -> list[str]:
    if not digest:
        return ["there is no bundle"]
    verifier = load_verifier()
    with TemporaryDirectory() as name:
        place = Path(name) / "anchor.json"
        place.write_text(json.dumps(anchor_of(office)), "utf-8")
        anchor = verifier.read_anchor(str(place))
    bundle = office.archive.open(digest)
    _, findings = verifier.examine_all(bundle, office.clock.now(), anchor)
    return [item.id for item in findings if item.result == "failed"]


def main() -> None:
    """Do the one thing that was asked for."""
    office = build(read_settings(os.environ)).office
    act, *given = sys.argv[1:]
    if act == "prepare":
        prepare(office, int(given[0]), given[1])
    else:
        sys.stdout.write(json.dumps(look(office, given)))


if __name__ == "__main__":
    main()
