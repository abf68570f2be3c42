"""`docgen simulate`: an outside signing service to try things out with, on this machine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docgen.bootstrap.adapter import adapter, installed
from docgen.cli.output import say
from docgen.cli.site import site
from docgen.cli.teach import Taught, ends
from docgen.errors import Refused, StorageError
from docgen.settings import LAST_PORT

if TYPE_CHECKING:
    from pathlib import Path

GROUP = "docgen.simulator"


@click.command(
    cls=Taught,
    examples="""
    docgen simulate docusign          # prints what to put into settings.toml
    docgen send PACKET --via docusign --as coordinator
    """,
    codes=ends(4, 7, 8),
)
@click.argument(
    "service",
    metavar="SERVICE",
    type=click.Choice(sorted(entry.name for entry in installed(GROUP))),
)
@click.option(
    "--port", type=click.IntRange(0, LAST_PORT), default=0, help="Port; any free one if left out."
)
def simulate(service: str, port: int) -> None:
    """Run a simulated SERVICE on this machine until stopped; nothing there is real.

    SERVICE is adobe_sign, documenso, docuseal, docusign or dropbox_sign, and behaves as its vendor
    documents it. Its page /_people has a button for everything that a signer could do, and for
    what a service can do wrong. Only a site in demo mode can be connected with it; files with
    made-up secrets are written into the folder keys/ of DOCGEN_HOME.
    """
    app = site()
    if not app.settings.demo:
        raise Refused(
            "Only a site in demo mode can be connected with a simulator: use a home folder made "
            "with `docgen init --demo`."
        )
    kind: Any = adapter(GROUP, service)
    callback_url = f"{app.settings.base_url}/callbacks/{service}"

    def tell(running: Any) -> None:
        options, secrets = running.account()
        secrets["seal_roots"] = running.seal_root
        say(f"{running.title}, simulated, at {running.url}; its people: {running.url}/_people")
        say("Put this into settings.toml, then start `docgen serve` anew; stop with Ctrl-C.\n")
        say(f"[services.{service}]")
        for key, value in options.items():
            say(f'{key} = "{value}"')
        for key, value in secrets.items():
            say(f'{key}_file = "{_kept(app.settings.home, f"simulated-{service}-{key}", value)}"')

    kind(port=port, callback_url=callback_url).serve(tell)


def _kept(home: Path, name: str, secret: str) -> str:
    """Write a made-up secret into the home folder; give its name there."""
    path = home / "keys" / name
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(secret, "utf-8")
        path.chmod(0o600)
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror}).") from error
    return f"keys/{name}"
