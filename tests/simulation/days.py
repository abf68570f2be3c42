"""Many days, each from the same packet on an empty ledger."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from docgen.domain.packet import PacketKind
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from integrations.system.clock import StandingClock
from tests.conftest import NOON
from tests.emptied import empty_ledger
from tests.simulation.day import Day, live
from tests.unit.services.walk import Generated, form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docgen.bootstrap.application import Application


def days(app: Application, seeds: Iterable[int]) -> Iterator[tuple[int, Day]]:
    """Live through one day for each seed."""
    office = replace(app.office, clock=StandingClock(NOON))
    _empty(app)
    version = enroll(office, form(), draft=False, actor="user:coordinator").version
    kind = PacketKind.CONTRACTING
    (packet,) = generate(office, version.enrollment_id, kind, "user:coordinator")
    generated = Generated(version=version, packet=packet)
    for seed in seeds:
        _empty(app)
        clock = StandingClock(NOON)
        fresh = replace(office, clock=clock)
        stored = generated.store(fresh)
        yield seed, live(fresh, clock, stored, Random(seed))  # noqa: S311  # to be drawn again


def _empty(app: Application) -> None:
    """Forget everything, the journal outside the database too, which would refuse to sign."""
    empty_ledger()
    (app.settings.home / "checkpoints" / "journal.jsonl").unlink(missing_ok=True)
