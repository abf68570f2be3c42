"""The benchmark runs and says everything it promises; how fast anything was is judged nowhere here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.chart import chart
from tests.benchmarks.evidence import CHARTS, as_text

_COUNTS = ("--rounds", "1", "--warm-up", "0", "--bulk", "1", "--workers", "1", "--requests", "2")
_LEFT_OUT = ("--memory", "0")


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
    assert found["web_resident_mb"]["at start"] > 0
    assert len(found["web_resident_mb"]) == 4


@pytest.mark.slow
def test_evidence_at_size_is_measured_and_drawn(tmp_path: Path) -> None:
    """At two small sizes: every question and figure, each drawn by size, and nothing left behind."""
    sizes = ("--documents", "100,1000", "--rounds", "2", "--folder", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.evidence", "--json", *sizes],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        timeout=600,
    )
    found = json.loads(done.stdout)
    first, second = found["steps"]
    assert 100 <= first["documents"] < 1000 <= second["documents"]
    assert first["entries"] < second["entries"]
    assert first["search"].keys() == second["search"].keys()
    for name, value in second.items():
        if name != "search":
            assert value > 0 or name == "flush_ms", name  # in memory, a flush costs nothing
    assert set(found["bars"]) == {
        "search p99, ms",
        "inclusion proof p99, ms",
        "activities appended a second",
        "one bundle verified, ms",
    }
    text = list(as_text(found))
    assert sum("█" in line for line in text) == 2 * len(CHARTS)
    assert list(tmp_path.iterdir()) == []


def test_a_figure_ten_times_as_large_is_drawn_one_mark_further() -> None:
    """Bars grow with the logarithm; the limit is drawn on the same scale."""
    drawn = list(chart("figure", {10: 1.0, 100: 10.0, 1000: 100.0}, unit="ms", bar=10.0))
    lengths = [line.count("█") for line in drawn[1:4]]
    assert lengths[2] - lengths[1] == pytest.approx(lengths[1] - lengths[0], abs=1)
    assert drawn[1].index("┃") == drawn[3].index("┃") == drawn[2].index("┃")
    assert list(chart("nothing", {10: 0.0}, unit="ms")) == []
