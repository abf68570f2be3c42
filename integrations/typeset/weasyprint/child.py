"""The child process that prints: it loads fonts once, then forks for every single page.

What a page does to memory, time or the library's state ends with the fork that printed it. The
child itself reads nothing of a page and has one thread, so that forking it is safe.
"""

from __future__ import annotations

import base64
import gc
import os
import resource
import signal
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from docgen.errors import RenderRefused
from integrations.typeset.weasyprint.bench import PAGE, Bench
from integrations.typeset.weasyprint.wire import MOST_BYTES, Limits, receive, send

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_FILES = 16 * 1024 * 1024  # a page's own fonts pass through a temporary file
TOO_MUCH = (
    "The page needs more memory or time to lay out than any page of ours, or is nested too deeply; "
    "make it simpler or shorter."
)


def limit(limits: Limits) -> None:
    """Give up the means to do harm before anything of the page is read."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    memory = pages * os.sysconf("SC_PAGE_SIZE") + limits.memory
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, _FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def print_in_fork(
    bench: Bench, limits: Limits, asked: Mapping[str, Any], html: bytes
) -> tuple[str, bytes]:
    """Print one page in a process of its own; give what was refused, or "", and the PDF."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1):  # the pipes to the printer are not the page's to use
            os.dup2(nowhere, standard)
        with os.fdopen(writing, "wb") as answer:
            _print(bench, limits, asked, html, answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        output = answer.read(MOST_BYTES + 1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status or not output or len(output) > MOST_BYTES:
        return TOO_MUCH, b""
    return (output[1:].decode(), b"") if output[:1] == b"!" else ("", output[1:])


def _print(
    bench: Bench, limits: Limits, asked: Mapping[str, Any], html: bytes, answer: IO[bytes]
) -> None:
    """Write `=` and the PDF, or `!` and a sentence; whatever else happens ends the process."""
    gc.disable()  # the fork ends with its page; looking for garbage takes a tenth of its time
    try:
        limit(limits)
        answer.write(b"=" + bench.print(str(asked["kind"]), html, str(asked["title"])))
    except RenderRefused as refusal:
        answer.write(b"!" + str(refusal).encode())
    except BaseException:  # noqa: BLE001  # a hostile page may provoke anything
        os._exit(1)


def main() -> None:
    """Answer until the printer closes its end."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    first = receive(requests)
    if first is None:
        return
    settings = first[0]
    assets = {
        name: (base64.b64decode(content), media_type)
        for name, (content, media_type) in settings["assets"].items()
    }
    bench = Bench(Path(settings["fonts"]), assets)
    limits = Limits(**settings["limits"])
    bench.prepare(PAGE)
    send(answers, {})
    while True:
        received = receive(requests)
        if received is None:
            return
        asked, html = received
        bench.prepare(str(asked["kind"]))
        gc.freeze()  # what is loaded by now stays shared between the forks
        refused, pdf = print_in_fork(bench, limits, asked, html)
        send(answers, {"refused": refused}, pdf)


if __name__ == "__main__":
    main()
