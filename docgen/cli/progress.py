"""Progress of long work, on stderr: a bar where a person watches, a few lines where nobody does."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_LINES = 10


@contextmanager
def progress(label: str, length: int, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """Show how far a piece of work of `length` steps has come; call what this gives after each.

    Shows nothing for a single step, or when `quiet`, as for JSON. Into a file or a pipe it writes
    at most ten plain lines.
    """
    if quiet or length < 2:  # noqa: PLR2004  # one step needs no bar
        yield _nothing
    elif sys.stderr.isatty():
        with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
            yield lambda: bar.update(1)
    else:
        yield _Lines(label, length).step


def _nothing() -> None:
    """Show nothing."""


class _Lines:
    """Writes a line each time another tenth of the work is done."""

    def __init__(self, label: str, length: int) -> None:
        self._label, self._length, self._done = label, length, 0

    def step(self) -> None:
        """Count one step."""
        before = self._done * MOST_LINES // self._length
        self._done = min(self._done + 1, self._length)
        if self._done * MOST_LINES // self._length > before:
            click.echo(f"{self._label}: {self._done} of {self._length}", err=True)
