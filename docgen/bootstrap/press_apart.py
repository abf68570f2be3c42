"""A press in a process of its own, for whoever serves pages.

Typst and PDFium keep some 200 MB once they have made a packet, and most of the work holds the
interpreter. In the process that serves pages both would be felt on every page; and a fault in their
native code would end it.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from threading import Lock
from typing import TYPE_CHECKING, ClassVar, cast

from docgen.bootstrap.adapter import adapter
from docgen.errors import ConfigurationError, DocgenError
from docgen.resources import fonts_dir
from docgen.services.press import PressHere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from multiprocessing.connection import Connection

    from docgen.ports.press import Forms, Order, Press

PRESS = "docgen.press"  # where a WSGI server puts it for its pages
LIMIT_S = 300.0  # a packet takes less than one second, starting the process a few more
ENDED = (
    "The process that makes the documents ended by itself, perhaps because memory is short; "
    "nothing was made. Try again."
)
TOO_LONG = "The documents were not made in time; nothing was made. Try again later."
_STOP_S = 5.0

log = logging.getLogger("docgen")


def open_press() -> Press:
    """Open the press that works within a process."""
    return PressHere(adapter("docgen.typesetter", "typst")(fonts_dir()))


class PressApart:
    """The press port answered by a child process, started when there is something to make."""

    key: ClassVar[str] = "apart"

    def __init__(
        self, within: Callable[[], Press] = open_press, *, limit_s: float = LIMIT_S
    ) -> None:
        """Keep what the child is to open; it must be importable there."""
        self._within = within
        self._limit_s = limit_s
        self._lock = Lock()
        self._child: _Child | None = None

    def press(self, orders: Iterable[Order]) -> tuple[Forms, ...]:
        """Have all forms made; who comes second waits."""
        asked = tuple(orders)
        with self._lock:
            if self._child is None or not self._child.is_alive:
                self._child = _Child(self._within)
            try:
                answer = self._child.ask(asked, self._limit_s)
            except ConfigurationError:
                self._child = None
                raise
        if isinstance(answer, DocgenError):
            raise answer
        return answer

    def close(self) -> None:
        """End the child; the next order starts another."""
        with self._lock:
            if self._child is not None:
                self._child.end()
                self._child = None


class _Child:
    """The running child process, and the pipe to it."""

    def __init__(self, within: Callable[[], Press]) -> None:
        # Spawned, because Typst's threads do not survive a fork.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_work, args=(theirs, within), name="press", daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def ask(self, orders: Sequence[Order], within_s: float) -> tuple[Forms, ...] | DocgenError:
        """Hand the orders over and wait for what came of them.

        Raises:
            ConfigurationError: the child ended, or took too long and was ended.
        """
        try:
            self._pipe.send(tuple(orders))
            if self._pipe.poll(within_s):
                return cast("tuple[Forms, ...] | DocgenError", self._pipe.recv())
        except (EOFError, OSError):
            self.end()
            raise ConfigurationError(ENDED) from None
        self.end()
        raise ConfigurationError(TOO_LONG)

    def end(self) -> None:
        """End the process, at once if need be."""
        self._pipe.close()
        self._process.terminate()
        self._process.join(_STOP_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _work(pipe: Connection, within: Callable[[], Press]) -> None:
    """Answer until the other end is closed, as it is too when the process there dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever serves, who ends this one
    press = within()
    while True:
        try:
            orders = pipe.recv()
        except (EOFError, OSError):
            return
        answer: tuple[Forms, ...] | DocgenError
        try:
            answer = press.press(orders)
        except DocgenError as refusal:
            answer = refusal
        except Exception as error:  # noqa: BLE001  # the outermost loop of this process
            log.error("press failed: %s", type(error).__name__)  # noqa: TRY400  # no personal data
            os._exit(1)
        pipe.send(answer)
