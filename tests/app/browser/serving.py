"""The signing site on a loopback port, as `docgen serve` runs it, and a real browser to visit it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.app.signing_site import Site

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WAIT_MS = 10_000
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@contextmanager
def served(site: Site) -> Iterator[str]:
    """Serve the site's pages; its letters name the address they are served at."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

    def with_office(environ: dict[str, Any], start_response: Any) -> Any:
        return application({**environ, "docgen.office": site.office}, start_response)

    server = create_server(with_office, host="127.0.0.1", port=0, threads=4, ident="")
    address = f"http://127.0.0.1:{server.effective_port}"
    rules = replace(site.office.rules, base_url=address)
    site.office = replace(site.office, rules=rules)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.task_dispatcher.shutdown()
        server.close()  # the thread ends at its next turn
