"""`docgen serve`, `worker` and `sweep`: the pages, the callbacks, and the work between them."""

from __future__ import annotations

import os
import threading
from urllib.parse import urlsplit

import click

from docgen.bootstrap.first_run import setup_path
from docgen.bootstrap.server import run_server
from docgen.bootstrap.worker import run_worker
from docgen.cli.output import as_json, say, say_json, warn
from docgen.cli.progress import progress
from docgen.cli.site import site
from docgen.cli.start import write_settings
from docgen.cli.teach import Taught, ends
from docgen.services.sweep import sweep as sweep_once
from docgen.settings import DEFAULT_PORT, LAST_PORT, SETTINGS_FILE, read_settings


@click.command(
    cls=Taught,
    examples="""
    docgen serve
    docgen serve --host 0.0.0.0 --port 8720   # a proxy in front speaks https
    docgen serve --no-sweep   # docgen worker does the work
    """,
    codes=ends(8),
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, LAST_PORT),
    default=None,
    help=f"Port; the one of base_url when left out, or else {DEFAULT_PORT}.",
)
@click.option(
    "--sweep/--no-sweep",
    "sweeps",
    default=True,
    show_default=True,
    help="Whether to do the work too, or to leave it to workers.",
)
def serve(host: str, port: int | None, sweeps: bool) -> None:
    """Serve the pages and sweep in the background, on one machine, until stopped.

    An empty or missing DOCGEN_HOME becomes a new site, which is set up at the address that is
    printed. Links in letters begin with base_url of settings.toml, so a proxy in front must answer
    there.
    Stopping at any moment loses nothing. docs/operators/running.md says how to run it for good.
    """
    _begin_new_site()
    app = site()
    listen = port if port is not None else urlsplit(app.settings.base_url).port or DEFAULT_PORT
    if app.office.signer.development:
        say("Signing with DEVELOPMENT keys: nothing signed here binds anyone.")
    if port is not None and _leads_elsewhere(app.settings.base_url, port):
        warn(
            f"Links in letters lead to {app.settings.base_url}, not to port {port}: set base_url "
            "in settings.toml, or DOCGEN_BASE_URL, to where this site is reached."
        )
    say(f"Serving {app.settings.base_url} on {host}:{listen}; stop with Ctrl-C.")
    first_run = setup_path(app.office)
    if first_run is not None:
        say(f"Nobody administers this site yet. Open {app.settings.base_url}{first_run}")
    run_server(app, host, listen, threading.Event(), sweeps=sweeps)


@click.command(
    cls=Taught,
    examples="""
    docgen worker
    """,
    codes=ends(7, 8),
)
def worker() -> None:
    """Carry out errands, act on callbacks and re-read what is out for signature, until stopped.

    Run as many as there are processors; they share the work, and when one dies another takes over
    what it had begun. Web processes then run with `docgen serve --no-sweep`. It needs PostgreSQL;
    on SQLite `docgen serve` does the work. docs/operators/scale-out.md shows a deployment.
    """
    app = site()
    if app.office.signer.development:
        say("Signing with DEVELOPMENT keys: nothing signed here binds anyone.")
    say("Working; stop with Ctrl-C.")
    run_worker(app)


def _begin_new_site() -> None:
    """Write the example settings where nothing lies yet; other files are left alone."""
    home = read_settings(os.environ).home
    if not home.exists() or (home.is_dir() and not any(home.iterdir())):
        write_settings(home / SETTINGS_FILE, demo=False)
        say(f"A new site begins in {home}.")


def _leads_elsewhere(base_url: str, port: int) -> bool:
    """Say whether letters lead to another port of this same machine."""
    url = urlsplit(base_url)
    return url.hostname in {"127.0.0.1", "localhost", "::1"} and url.port != port


@click.command(
    cls=Taught,
    examples="""
    docgen sweep
    docgen sweep --json
    """,
    codes=ends(8),
)
@as_json
def sweep(as_json: bool) -> None:
    """Carry out errands, act on callbacks, re-read what is out for signature, expire what is late.

    `docgen serve` does this by itself all the time; run it by hand, or from a timer, where pages
    are served by something else. Two at once do no harm.
    """
    office = site().office
    with progress("Sweeping", len(office.ledger.errands.open()), quiet=as_json) as tell:
        swept = sweep_once(office, tell=tell)
    if as_json:
        say_json(
            {
                "errands": swept.errands,
                "callbacks": swept.callbacks,
                "refreshed": swept.refreshed,
                "expired": swept.expired,
                "failures": list(swept.failures),
            }
        )
        return
    say(
        f"{swept.errands} errands carried out, {swept.callbacks} callbacks acted on, "
        f"{swept.refreshed} packets re-read, {swept.expired} expired"
    )
    for failure in swept.failures:
        say(f"  to be tried again: {failure}")
