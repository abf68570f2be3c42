"""Some days in a row, lived through by one process on a site of its own."""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.bootstrap.application import build
from docgen.cli.start import write_settings
from docgen.services import file
from docgen.services.returned import difference
from docgen.settings import read_settings
from tests.simulation.days import days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.simulation.day import Day

_MEMORY = Path("/dev/shm")  # noqa: S108  # for a folder of our own in it


def stretch(seeds: Sequence[int]) -> list[tuple[int, Day]]:
    """Live through one day for each seed, once in a process.

    The site lies in memory where it may: a simulated crash is an exception and leaves the disk be.
    """
    where = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="docgen-simulation-", dir=where) as name:
        home = Path(name) / "home"
        write_settings(home / "settings.toml", demo=True)
        app = build(read_settings({"DOCGEN_HOME": str(home)}))
        # Every day's service hands back the same files: how they differ is worked out once.
        vars(file)["difference"] = lru_cache(maxsize=8)(difference)
        return list(days(app, seeds))
