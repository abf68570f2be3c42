"""The site on a loopback port, as `docgen serve` runs it, and a real browser to visit it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from waitress import wasyncore
from waitress.server import create_server

from docgen.bootstrap.settings_file import WRITABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.bootstrap.settings_file import SettingsFile
    from docgen.services.office import Office


class Servable(Protocol):
    """Whatever holds the office that is served."""

    office: Office


CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WAIT_MS = 30_000  # a busy machine is slow; what never comes still fails
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@contextmanager
def served(site: Servable, settings: SettingsFile | None = None) -> Iterator[str]:
    """Serve the site's pages; its letters name the address they are served at.

    With a settings file, pages may write it, as under `docgen serve`.
    """
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

    def with_office(environ: dict[str, Any], start_response: Any) -> Any:
        handed = {"docgen.office": site.office} | ({WRITABLE: settings} if settings else {})
        return application({**environ, **handed}, start_response)

    server = create_server(with_office, host="127.0.0.1", port=0, threads=4, ident="")
    address = f"http://127.0.0.1:{server.effective_port}"
    rules = replace(site.office.rules, base_url=address)
    site.office = replace(site.office, rules=rules)
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            wasyncore.loop(timeout=0.05, map=server._map, count=1)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        # Only once nobody waits on the sockets any more may they be closed.
        stopping.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.close()
        wasyncore.close_all(server._map)
