"""Let a packet of a site have ended long ago: `python aged_site.py HOME PACKET`.

Its retention is over then, and what a folder noted of its locks with it; a bucket's locks stay.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from docgen.bootstrap.application import build
from docgen.domain.packet import PacketState
from docgen.settings import read_settings

LONG_AGO, LAST_DAY = datetime(2019, 3, 4, 12, tzinfo=UTC), date(2020, 1, 31)


def main(home: str, packet_id: str) -> None:
    """Store the packet so."""
    office = build(read_settings({"DOCGEN_HOME": home})).office
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id)
        office.ledger.packets.save(
            replace(
                packet,
                state=PacketState.TERMINATED,
                created_at=LONG_AGO,
                executed_at=LONG_AGO,
                terminated_on=LAST_DAY,
            )
        )
    for note in Path(home).glob("*/??/??/*.keep"):
        note.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
