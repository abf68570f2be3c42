"""The printer port answered by WeasyPrint: certificates and reports onto accessible pages.

A page of a few lines can ask WeasyPrint for gigabytes and minutes. So pages are laid out in a child
process, each within limits of memory and time, and this process stays as it is.
"""

from __future__ import annotations

import base64
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import weakref
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, ClassVar, cast

from docgen.errors import ConfigurationError, RenderRefused
from integrations.typeset.weasyprint.wire import Limits, receive, send

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE, FORM = "page", "form"
DEFAULT = Limits()
START_S = 120.0  # to load fonts on a busy machine
_ROOT = Path(__file__).resolve().parents[3]
_KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "XDG_CACHE_HOME")  # no secret of the site's
ENDED = (
    "The process that prints ended by itself: memory is short, or WeasyPrint's libraries (Pango, "
    "HarfBuzz) are missing. Install them, then try again; nothing was printed."
)
_MODULE = "integrations.typeset.weasyprint.child"
TOO_LONG = "The page was not laid out in time; make it simpler or shorter, or try again later."


class WeasyprintPrinter:
    """Prints what is born as HTML, with the shipped fonts and nothing from outside the page."""

    key: ClassVar[str] = "weasyprint"

    def __init__(
        self,
        fonts: Path,
        assets: Mapping[str, tuple[bytes, str]] | None = None,
        limits: Limits = DEFAULT,
    ) -> None:
        """Keep the folder of the shipped fonts; pages may name `assets` as `asset:NAME`."""
        self._fonts = fonts
        self._assets = assets or {}
        self._limits = limits
        self._lock = Lock()
        self._child: _Child | None = None

    def print_page(self, html: bytes, *, title: str) -> bytes:
        """Print one HTML page as PDF/A-3a with the PDF/UA-1 mark."""
        return self._print(PAGE, html, title)

    def print_form(self, html: bytes, *, title: str) -> bytes:
        """Print one HTML page as a tagged PDF form; each input is a field of its dotted name."""
        return self._print(FORM, html, title)

    def _print(self, kind: str, html: bytes, title: str) -> bytes:
        with self._lock:
            if self._child is None or not self._child.is_alive:
                # Only when something is printed: a process that serves pages needs none of it.
                self._child = _Child(self._fonts, self._assets, self._limits)
            try:
                refused, pdf = self._child.ask(kind, html, title)
            except (RenderRefused, ConfigurationError):
                self._child = None  # it was ended; the next page gets a new one
                raise
        if refused:
            raise RenderRefused(refused)
        return pdf


class _Child:
    """The running child process, and the two pipes to it."""

    def __init__(
        self, fonts: Path, assets: Mapping[str, tuple[bytes, str]], limits: Limits
    ) -> None:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        folder = tempfile.mkdtemp(prefix="docgen-print-")
        self._process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-P", "-s", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, "PYTHONPATH": str(_ROOT), "TMPDIR": folder},
            start_new_session=True,  # so that a fork that prints ends with it
        )
        self._parent = os.getpid()
        self._end = weakref.finalize(self, _end, self._process, folder, self._parent)
        given = {
            name: (base64.b64encode(data).decode(), kind) for name, (data, kind) in assets.items()
        }
        self._clock_s = limits.clock_s
        self._tell({"fonts": str(fonts), "assets": given, "limits": asdict(limits)})
        self._answer(START_S)

    @property
    def is_alive(self) -> bool:
        """True unless it has ended, or this process was forked from the one that started it."""
        return self._parent == os.getpid() and self._process.poll() is None

    def ask(self, kind: str, html: bytes, title: str) -> tuple[str, bytes]:
        """Have one page printed; give why it was refused, or "", and the PDF.

        Raises:
            RenderRefused: it was not printed in time.
            ConfigurationError: the child ended by itself.
        """
        self._tell({"kind": kind, "title": title}, html)
        return self._answer(self._clock_s)

    def _answer(self, within_s: float) -> tuple[str, bytes]:
        stream = cast("IO[bytes]", self._process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            if not selector.select(within_s):
                self._end()
                raise RenderRefused(TOO_LONG)
        with suppress(ValueError):
            received = receive(stream)
            if received is not None:
                return str(received[0].get("refused", "")), received[1]
        self._end()
        raise ConfigurationError(ENDED)

    def _tell(self, message: dict[str, object], data: bytes = b"") -> None:
        with suppress(OSError):  # it has ended; no answer comes, and that is what is reported
            send(cast("IO[bytes]", self._process.stdin), message, data)


def _end(process: subprocess.Popen[bytes], folder: str, parent: int) -> None:
    """End the child and whatever it forked, and remove its temporary files."""
    if parent != os.getpid():
        return  # a fork of ours ends; the child is not its own
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):
            cast("IO[bytes]", stream).close()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
