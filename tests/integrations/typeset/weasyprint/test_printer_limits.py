"""A page that asks for the whole machine is refused; the printer and its process go on."""

from __future__ import annotations

import gc
import os
import signal
from functools import cache
from pathlib import Path

import pytest

from docgen.errors import RenderRefused
from docgen.resources import fonts_dir
from integrations.typeset.weasyprint.child import TOO_MUCH
from integrations.typeset.weasyprint.printer import TOO_LONG, WeasyprintPrinter
from integrations.typeset.weasyprint.wire import Limits
from tests.contracts.printer import PAGE

SMALL = Limits(memory=256 * 1024 * 1024, seconds=3)


@cache
def printer(limits: Limits = SMALL) -> WeasyprintPrinter:
    """Give a printer with small limits, so that reaching them takes little time."""
    return WeasyprintPrinter(fonts_dir(), limits=limits)


@cache
def unlimited_bytes() -> bytes:
    """Print the page that is no attack under the limits that a site has."""
    return WeasyprintPrinter(fonts_dir()).print_page(PAGE, title="t")


def page(body: str) -> bytes:
    """Give a page with this body."""
    return f'<!doctype html><html lang="en"><title>x</title><body>{body}</body></html>'.encode()


ATTACKS = {
    "a cell over a hundred million columns": '<table><tr><td colspan="100000000">x</td></table>',
    "thousands of pages": '<p style="break-after: page">x</p>' * 5_000,
    "a table without end": "<table>" + "<tr><td>x</td><td>y</td></tr>" * 30_000 + "</table>",
    "boxes within boxes": "<div>" * 2_000 + "x" + "</div>" * 2_000,
    "a word without end": "<p>" + "x" * 20_000_000 + "</p>",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_page_that_asks_for_too_much_is_refused(name: str) -> None:
    """One sentence, this process keeps its size, and the next page prints as ever."""
    before = _own_memory()
    with pytest.raises(RenderRefused) as refusal:
        printer().print_page(page(ATTACKS[name]), title="t")
    assert str(refusal.value) == TOO_MUCH
    assert _own_memory() - before < 100 * 1024 * 1024
    assert printer().print_page(PAGE, title="t") == unlimited_bytes()


def _own_memory() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_long_report_is_no_attack() -> None:
    """The control: a table over several pages prints within the limits of a site."""
    rows = "<tr><td>signed</td><td>Dana Example</td></tr>" * 150
    pdf = WeasyprintPrinter(fonts_dir()).print_page(page(f"<table>{rows}</table>"), title="t")
    assert pdf.startswith(b"%PDF-1.7")


def test_the_clock_ends_what_does_not_end_itself() -> None:
    """A page that is not ready in time is given up with its process; the next one is printed."""
    hasty = WeasyprintPrinter(fonts_dir(), limits=Limits(clock_s=0.001))
    with pytest.raises(RenderRefused, match="not laid out in time") as refusal:
        hasty.print_page(page("<p>x</p>" * 500), title="t")
    assert str(refusal.value) == TOO_LONG
    assert hasty._child is None


def test_a_child_that_was_ended_is_replaced() -> None:
    """Whatever ended it between two pages, nobody notices."""
    mine = WeasyprintPrinter(fonts_dir())
    first = mine.print_page(PAGE, title="t")
    assert mine._child is not None
    process = mine._child._process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert mine.print_page(PAGE, title="t") == first
    assert mine._child._process.pid != process.pid


def test_the_child_knows_no_secret_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment holds nothing of the site's, and it ends with its printer, folder and all."""
    monkeypatch.setenv("DOCGEN_DATABASE_URL", "postgresql://u:canary@h/n")
    mine = WeasyprintPrinter(fonts_dir())
    mine.print_page(PAGE, title="t")
    assert mine._child is not None
    process = mine._child._process
    environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"canary" not in environment
    (folder,) = [
        Path(item.removeprefix(b"TMPDIR=").decode())
        for item in environment.split(b"\0")
        if item.startswith(b"TMPDIR=")
    ]
    assert folder.is_dir()
    del mine
    gc.collect()
    assert process.poll() is not None
    assert not folder.exists()


def test_two_threads_print_side_by_side() -> None:
    """Each gets its own page, in whatever order."""
    from concurrent.futures import ThreadPoolExecutor

    mine = printer()
    pages = [page(f"<p>page number {number}</p>") for number in range(6)]
    alone = [mine.print_page(item, title="t") for item in pages]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda item: mine.print_page(item, title="t"), pages))
    assert together == alone
    assert len(set(alone)) == len(pages)
