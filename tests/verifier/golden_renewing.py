"""Make the golden renewals, once: `python -m tests.verifier.golden_renewing FOLDER`.

They renew a golden bundle of that folder, twice and by two authorities whose keys are gone; as it,
they are never made again.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from docgen.domain.canonical import canonical_json
from tests.verifier.handling import unpack
from tests.verifier.renewing import Renewing, ShortLived, in_base64

BUNDLE = "docgen-evidence-2"
STEM = "docgen-renewal-1"
START, END = datetime(2026, 11, 23, tzinfo=UTC), datetime(2080, 1, 1, tzinfo=UTC)
TIMES = (datetime(2040, 6, 1, tzinfo=UTC), datetime(2060, 6, 1, tzinfo=UTC))


def main(folder: Path) -> None:
    """Write both renewals and an anchor that knows their authorities too."""
    data = (folder / f"{BUNDLE}.bundle.zip").read_bytes()
    anchor = json.loads((folder / f"{BUNDLE}.anchor.json").read_bytes())
    renewing = Renewing(data)
    packet_id = json.loads(unpack(data)["bundle.json"])["packet_id"]
    for at in TIMES:
        authority = ShortLived(START, END)
        known = in_base64((authority.certificate,))
        renewing = renewing.renew(authority, at, packet_id=packet_id, certificates=known)
        anchor["timestamp_roots"].append(authority.root.decode())
    files = {f"{STEM}.anchor.json": canonical_json(anchor)}
    for number, (record, stamp) in enumerate(renewing.pairs, start=1):
        files[f"{STEM}.renewal-{number}.json"] = record
        files[f"{STEM}.renewal-{number}.tsr"] = stamp
    for name, content in files.items():
        with (folder / name).open("xb") as file:
            file.write(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
