"""Live through many bad days and say which seeds ended badly.

    python -m tests.simulation [--seeds N] [--first S] [--json]

Clock, transport and chance are drawn from the seed; `--first S --seeds 1` replays one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from docgen.bootstrap.application import build
from docgen.cli.start import write_settings
from docgen.settings import read_settings
from tests.simulation.days import days


def main() -> int:
    """Run and report; 0 only when every day ended well."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    began, bad = time.monotonic(), {}
    with tempfile.TemporaryDirectory(prefix="docgen-simulation-") as name:
        home = Path(name) / "home"
        write_settings(home / "settings.toml", demo=True)
        app = build(read_settings({"DOCGEN_HOME": str(home)}))
        for seed, day in days(app, range(given.first, given.first + given.seeds)):
            if day.wrong:
                bad[seed] = day.wrong
                if not given.json:
                    told = " ".join(day.told)
                    sys.stdout.write(f"seed {seed}: {'; '.join(day.wrong)}\n    {told}\n")
    took = time.monotonic() - began
    if given.json:
        sys.stdout.write(json.dumps({"seeds": given.seeds, "bad": bad, "seconds": took}) + "\n")
    else:
        sys.stdout.write(f"{given.seeds} days in {took:.0f} s, {len(bad)} ended badly\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
