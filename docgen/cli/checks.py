"""`docgen check`: is this installation, and this site, as it should be?"""

from __future__ import annotations

from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import click

import docgen
from docgen.bootstrap.application import application
from docgen.cli.output import say
from docgen.errors import ConfigurationError
from docgen.services.readiness import deployment_faults


@click.command(short_help="Check the installation, or readiness for real use.")
@click.option("--deploy", is_flag=True, help="Also refuse whatever is only for trying things out.")
def check(deploy: bool) -> None:
    """Check that nothing shadows the product's packages, and that settings and templates are sound.

    With --deploy, also refuse development keys, plain http, demo mode and unadopted templates.
    """
    faults = _shadows()
    app = application()
    faults += deployment_faults(app.office) if deploy else []
    for fault in faults:
        say(f"Fault: {fault}")
    if faults:
        raise ConfigurationError(f"{len(faults)} faults; correct each and check again.")
    say("All is as it should be." if deploy else "The installation is sound.")


def _shadows() -> list[str]:
    """Name packages of others that would be imported instead of ours."""
    faults = []
    owners = set(packages_distributions().get("integrations", [])) - {"docgen-pipeline"}
    if owners:
        faults.append("another distribution also installs a package called integrations")

    ours = Path(str(docgen.__file__)).parents[1]
    found = find_spec("integrations")
    theirs = Path(str(found.origin)).parents[1] if found and found.origin else None
    if ours != theirs:
        faults.append("the packages docgen and integrations do not lie side by side")
    return faults
