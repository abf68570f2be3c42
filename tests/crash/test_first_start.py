"""A site's first start makes keys that others hold it to at once; a power cut takes none back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.cli.start import write_settings
from tests.crash.plant import NO_FOLDER_SYNC
from tests.crash.worker import Snapshot, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.usefixtures("permitted"),
    pytest.mark.sqlite_only("the keys lie in files, whatever the database"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Give a place to start sites in that were never started."""
    folder: Path = tmp_path_factory.mktemp("first")
    write_settings(folder / "new" / "settings.toml", demo=True)
    with Worker(folder / "runs", Snapshot(home=folder / "new")) as worker:
        yield worker


def _keys_before_and_after(worker: Worker, seed: int | None, fault: str = "") -> list[object]:
    worker.lay(power=True)
    kept: list[object] = []
    for _ in range(2):
        site = worker.bear(fault)
        kept.append(site.ask("keys"))
        site.kill()
        worker.cut(seed)
    return kept


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_the_keys_of_a_first_start_outlast_a_power_cut(worker: Worker, seed: int | None) -> None:
    """What a site said it is, it is after the cut."""
    before, after = _keys_before_and_after(worker, seed)
    assert before is not None
    assert after == before


def test_without_flushing_folders_they_would_be_lost(worker: Worker) -> None:
    """The control: another site stands there after the cut."""
    before, after = _keys_before_and_after(worker, None, NO_FOLDER_SYNC)
    assert after != before
