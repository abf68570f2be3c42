"""One process that serves and, unless workers do it, sweeps: the embedded default."""

from __future__ import annotations

import ctypes
import logging
import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from waitress.server import create_server

from docgen.bootstrap.application import application, reopen
from docgen.bootstrap.press_apart import PRESS, PressApart
from docgen.bootstrap.settings_file import WRITABLE, SettingsFile
from docgen.errors import ConfigurationError
from docgen.services.scan import MOST_BYTES
from docgen.services.sweep import sweep
from docgen.settings import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from docgen.bootstrap.application import Application
    from docgen.ports.press import Press

SWEEP_EVERY_S = 0.2
RECONCILE_EVERY = 300  # sweeps; re-reading every open packet is cheap but not free
THREADS = 8
_M_ARENA_MAX = -8  # malloc.h of glibc; another C library has no such setting
# The largest file a page takes, a scan, with the fields around it; more is refused as it comes in.
LARGEST_REQUEST = MOST_BYTES + 1_000_000
# What browsers and proxies send stays far below; of longer heads, some take seconds to be read.
LONGEST_HEAD = 32_768

log = logging.getLogger("docgen")


def run_server(
    app: Application, host: str, port: int, stop: threading.Event, *, sweeps: bool = True
) -> None:
    """Serve until interrupted; with `sweeps`, the sweep runs beside in a thread of its own.

    Raises:
        ConfigurationError: the port is taken or may not be used.
    """
    from django.core.wsgi import get_wsgi_application

    _share_heaps()
    press = PressApart()
    try:
        server = create_server(
            _handed_over(get_wsgi_application(), app, press),
            host=host,
            port=port,
            threads=THREADS,
            ident="",
            max_request_body_size=LARGEST_REQUEST,
            max_request_header_size=LONGEST_HEAD,
            # Only whom the settings name is believed, and by our own reading (docgen.web.client);
            # that anybody handed a request over must stay to be seen.
            clear_untrusted_proxy_headers=False,
            url_scheme="https" if app.settings.base_url.startswith("https://") else "http",
        )
    except (OSError, OverflowError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such address"
        raise ConfigurationError(
            f"Port {port} cannot be used ({why}); choose another with --port, or check --host."
        ) from error
    sweeper = threading.Thread(target=_sweep_until, args=(stop, press), name="sweep", daemon=True)
    if sweeps:
        sweeper.start()
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        server.close()
        if sweeps:
            sweeper.join(timeout=10)
        press.close()


def _share_heaps() -> None:
    """Let all threads share two heaps where the C library has one for each.

    What a thread gives back stays in its heap for it alone; eight of them hold megabytes idle.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _handed_over(pages: Any, app: Application, press: Press) -> Callable[..., Iterable[bytes]]:
    """Give pages the press, and let them write the settings where nobody else reads them."""
    file = SettingsFile(
        path=app.settings.home / SETTINGS_FILE,
        reopen=reopen,
        is_alone=not app.settings.database_url,  # on PostgreSQL others may work on the same site
    )

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        media = {"CONTENT_TYPE": _media_type(environ.get("CONTENT_TYPE", ""))}
        handed = {**environ, **media, PRESS: press, WRITABLE: file}
        found: Iterable[bytes] = pages(handed, start_response)
        return found

    return answer


def _media_type(given: str) -> str:
    """Give a body's media type, or none where it cannot be read: no page could refuse it then."""
    from django.utils.http import parse_header_parameters

    try:
        parse_header_parameters(given)
    except ValueError:
        return ""
    return given


def _sweep_until(stop: threading.Event, press: Press) -> None:
    """Sweep again and again; a failing sweep is logged by its kind alone and tried again."""
    from django.db import close_old_connections

    count = 0
    while not stop.is_set():
        try:
            office = replace(application().office, press=press)
            swept = sweep(office, reconcile=count % RECONCILE_EVERY == 0)
            for failure in swept.failures:
                log.warning("errand failed and is tried again: %s", failure)
        except Exception as error:  # noqa: BLE001  # the outermost loop of the worker
            log.error("sweep failed: %s", type(error).__name__)  # noqa: TRY400  # no personal data
        close_old_connections()
        count += 1
        stop.wait(SWEEP_EVERY_S)
