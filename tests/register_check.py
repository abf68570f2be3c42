"""Check a register of agreements as docs/auditors.md tells a stranger to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.services.anchor import anchor_of

if TYPE_CHECKING:
    from docgen.services.office import Office

_GUIDE = Path(__file__).parents[1] / "docs" / "auditors.md"


def holds(
    office: Office, folder: Path, data: bytes, proof: bytes, *, keys: list[str] | None = None
) -> bool:
    """Run the documented program in a folder; `keys` stand in the anchor in place of the log's."""
    found = re.search(r"```python\n(.*?)```", _GUIDE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    anchor = anchor_of(office)
    (folder / "check.py").write_text(found.group(1), "utf-8")
    (folder / "docgen_verify.py").write_bytes(office.verifier.read_bytes())
    (folder / "anchor.json").write_text(
        json.dumps(anchor if keys is None else {**anchor, "log_keys": keys}), "utf-8"
    )
    (folder / "register.json").write_bytes(data)
    (folder / "proof.json").write_bytes(proof)
    ran = subprocess.run(
        [sys.executable, "check.py"], cwd=folder, check=False, capture_output=True, text=True
    )
    assert (ran.returncode == 0) == ("EVERYTHING HOLDS" in ran.stdout)
    return ran.returncode == 0
