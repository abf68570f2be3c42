"""Progress of long work: a bar on stderr, only where a person watches."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[], None]]:
    """Show how far a piece of work of `length` steps has come; call what this gives after each.

    Shows nothing for a single step, or when stderr is not a terminal.
    """
    if length < 2 or not sys.stderr.isatty():  # noqa: PLR2004  # one step needs no bar
        yield _nothing
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def _nothing() -> None:
    """Show nothing."""
