"""The figures of a site and its readiness, from a real database."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.services.answered import BOUNDS_S, Answered
from docgen.services.checkpoint import sign_checkpoint
from docgen.services.sweep import CARRIERS, sweep
from docgen.services.watch import exposition, unready
from integrations.archive.filesystem import FilesystemArchive
from tests.unit.services.walk import approved

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

SAMPLE = re.compile(r'^[a-z_]+(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? -?[0-9.]+$')


def test_the_figures_are_those_of_the_site(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Packets by state, errands by kind and lateness, ages: all as they are, in Prometheus' form."""
    approved(office, packet)
    sweep(office)
    sign_checkpoint(office)
    clock.advance(timedelta(seconds=90))
    office.ask("soon", "remind", at=clock.now())
    office.ask("late", "remind", at=clock.now() - timedelta(minutes=6))
    office.ask("far", "remind", at=clock.now() + timedelta(minutes=6))
    text = exposition(office)
    lines = text.splitlines()
    for line in (
        'docgen_packets{state="approved"} 1',
        'docgen_packets{state="archived"} 0',
        'docgen_errands_open{kind="remind"} 3',
        'docgen_errands_due{kind="remind"} 2',
        'docgen_errands_late{kind="remind"} 1',
        'docgen_errands_failed{kind="remind"} 0',
        'docgen_errands_due{kind="seal"} 0',
        'docgen_age_seconds{of="swept"} 90',
        'docgen_age_seconds{of="checkpoint"} 90',
        "docgen_callbacks_pending 0",
    ):
        assert line in lines
    assert all(SAMPLE.fullmatch(line) or line.startswith("# ") for line in lines), text
    assert {f'docgen_errands_late{{kind="{kind}"}} ' for kind in CARRIERS} <= {
        line[: line.rindex(" ") + 1] for line in lines
    }


def test_durations_fall_into_every_bound_they_keep() -> None:
    """Buckets are cumulative, as Prometheus wants them."""
    answered = Answered()
    for seconds in (0.001, 0.03, 20.0):
        answered.count("desk/", "GET", 200, seconds)
    took = answered.durations()["desk/"]
    assert took.count == 3
    assert took.sum_s == pytest.approx(20.031)
    assert took.within == tuple(sum(s <= bound for s in (0.001, 0.03, 20.0)) for bound in BOUNDS_S)


def test_a_folder_that_cannot_be_written_is_not_ready(office: Office, tmp_path: Path) -> None:
    """Reading is not enough: a file where the folder should be, or a read-only disk, is found."""
    root = tmp_path / "archive"
    store = FilesystemArchive(root)
    store.put(b"one")
    assert store.faults() == []
    assert not list(root.glob(".part-*"))

    def full(_: int, __: bytes) -> int:
        raise OSError(28, "no space")

    full_store = FilesystemArchive(root, write=full)
    assert unready(replace(office, archive=full_store)) == ("archive",)
    assert not list(root.glob(".part-*"))
    assert unready(replace(office, archive=store)) == ()


def test_tables_of_another_version_are_not_ready(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was upgraded before its database says so, instead of failing page by page."""
    monkeypatch.setattr("docgen.db.watch.missing", lambda: True)
    assert unready(office) == ("tables",)
