"""The benchmark runs and says everything it promises; how fast anything was is judged nowhere here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_COUNTS = ("--rounds", "1", "--warm-up", "0", "--bulk", "1", "--workers", "1")
_LEFT_OUT = ("--memory", "0", "--requests", "0")


@pytest.mark.slow
def test_benchmark_prints_our_own_figures_without_the_peers() -> None:
    """Without LibreOffice it says how to install it and prints our figures and names all ratios."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.packet", "--json", *_COUNTS, *_LEFT_OUT],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PATH": ""},
        capture_output=True,
        check=True,
        timeout=240,
    )
    found = json.loads(done.stdout)
    assert "libreoffice-writer-nogui" in found["to_measure_the_peers_install"][0]
    ours = {"packet", "render alone", "DOCX set", "gate", "a person's signature (B-T)"}
    assert ours <= set(found["figures"])
    for figure in found["figures"].values():
        assert 0 < figure["min"] <= figure["median"] <= figure["max"]
    assert found["pages"]["ours"] >= 28
    assert found["ratios"]["packet / (b) docxtpl + unoserver"]["value"] is None
    assert found["ratios"]["packet / (b) docxtpl + unoserver"]["at_most"] == 0.16
    assert found["ratios"]["DOCX set / DOCX set, stock docxtpl"]["value"] > 0
    assert found["bulk"]["whole packets"]["packets_per_minute"] > 0
    assert {"packets per minute", "worker memory, MB"} <= set(found["bars"])
    assert found["bars"]["worker memory, MB"]["holds"] is None
