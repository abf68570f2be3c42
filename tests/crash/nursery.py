"""Where sites are born: everything is imported once, then each site is a fork of its own.

    python -m tests.crash.nursery CONFIGURATION

The configuration is JSON: the environment of the sites, and their secret of the site. It
reads one JSON object a line: where the site's harness listens, and what fault to plant. Nothing is
opened before the fork: no database, no thread, no socket.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import traceback
from contextlib import suppress

from docgen.bootstrap.framework import MIDDLEWARE, configure_django
from docgen.settings import read_settings
from tests.crash.wire import Line

LATE = (
    "django.contrib.auth.views",
    "django.contrib.sessions.backends.db",
    "django.db.models.sql.compiler",
    "pyhanko.pdf_utils.filters",
    "pyhanko.pdf_utils.metadata.xmp_xml",
    "pypdf.filters",
)


def warm(environment: dict[str, str], secret: str) -> None:
    """Import whatever a site may need, so that no import is counted as the site's work."""
    configure_django(read_settings(environment), secret)
    from django.db.migrations.loader import MigrationLoader

    import docgen
    import integrations

    names = [name.rpartition(".")[0] for name in MIDDLEWARE] + list(LATE)
    for package in (docgen, integrations):
        walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.", lambda _: None)
        names += [item.name for item in walked if not item.name.endswith("__main__")]
    for name in names:
        with suppress(Exception):  # what cannot be imported by itself is imported by who needs it
            importlib.import_module(name)
    MigrationLoader(None)  # imports every migration
    importlib.import_module("tests.crash.site")


def bear(order: dict[str, str], environment: dict[str, str]) -> None:
    """Be a site: build it, say so, and do as asked until killed."""
    from tests.crash.site import Site

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ["DOCGEN_CRASH_FOLDER"] = order["folder"]
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    wire.connect(order["socket"])
    line = Line(wire.fileno())
    site = Site(environment, order["fault"])
    line.say({"pid": os.getpid(), "port": site.port})
    while (asked := line.hear()) is not None:
        line.say({"done": site.do(asked)})


def _reap(*_: object) -> None:
    """Take in the killed, with the time they used."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            continue


def main() -> None:
    """Fork a site for each line."""
    told = json.loads(sys.argv[1])
    environment: dict[str, str] = told["environment"]
    warm(environment, told["secret"])
    signal.signal(signal.SIGCHLD, _reap)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for text in sys.stdin:
        if os.fork() == 0:
            code = 1
            try:
                bear(json.loads(text), environment)
                code = 0
            except Exception:  # noqa: BLE001  # the outermost frame of this process
                traceback.print_exc()
            finally:
                os._exit(code)


if __name__ == "__main__":
    main()
