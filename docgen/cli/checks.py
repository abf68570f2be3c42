"""`docgen check`: whether this installation, and this site, is as it should be."""

from __future__ import annotations

from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import click

import docgen
from docgen.cli.output import OTHERS, as_json, say, say_json, warn
from docgen.cli.site import site
from docgen.cli.teach import Taught, ends
from docgen.errors import ConfigurationError, SignatureInvalid
from docgen.services.checkpoint import lost_history, where_rewritten
from docgen.services.expiry import expiring
from docgen.services.readiness import archive_faults, deployment_faults, log_faults


@click.command(
    cls=Taught,
    examples="""
    docgen check
    docgen check --deploy        # before the first real agreement
    docgen check --history       # every night, after the back-up
    """,
    codes=ends(5, 8),
)
@click.option("--deploy", is_flag=True, help="Also refuse whatever is only for trying things out.")
@click.option(
    "--history", is_flag=True, help="Also hash the whole history again; takes time on a large site."
)
@as_json
def check(deploy: bool, history: bool, as_json: bool) -> None:
    """Check that nothing shadows the product's packages, and that settings and archive are sound.

    The log's key must be one that signed its last checkpoint. An archive in a bucket must answer,
    keep versions and have Object Lock. With --deploy, also refuse development keys, plain http,
    demo mode, letters that go nowhere, unadopted templates, and a home folder that others on this
    computer may look into or write to. With --history, compare every activity with its leaf in the
    log and the log with each signed checkpoint, and look for damage in the database file; a
    rewritten activity is named and ends in exit code 5. Certificates that end within 180 days are
    named, whatever the options. Whether all that is archived is there and unchanged is for `docgen
    archive scrub`.
    """
    shadows = _shadows()
    if shadows:  # nothing can be said of a site whose adapters may be somebody else's
        _end(shadows, "", deploy=deploy, as_json=as_json)
    office = site().office
    from docgen.db.damage import is_damaged

    faults = log_faults(office) + archive_faults(office)
    faults += [*deployment_faults(office), *_open_to_others()] if deploy else []
    if history and is_damaged():
        faults.append("the database file is damaged: restore it from the back-up")
    rewritten = where_rewritten(office) if history else lost_history(office)
    for sentence in expiring(office):
        warn(f"Warning: {sentence}.")
    _end(faults, rewritten, deploy=deploy, as_json=as_json)


def _end(faults: list[str], rewritten: str, *, deploy: bool, as_json: bool) -> None:
    """Say what was found, and end in an error if anything was."""
    if as_json:
        say_json({"faults": faults, "history": rewritten})
    else:
        _say(faults, rewritten, deploy=deploy)
    if rewritten:
        raise SignatureInvalid(f"The history was rewritten. {rewritten} Restore the back-up.")
    if faults:
        count = "1 fault; correct it" if len(faults) == 1 else f"{len(faults)} faults; correct each"
        raise ConfigurationError(f"{count} and check again.")


def _say(faults: list[str], rewritten: str, *, deploy: bool) -> None:
    for fault in faults:
        wrong, _, remedy = fault.partition(": ")
        say(f"Fault: {wrong}.")
        say(f"  To do: {remedy}.")
    if not faults and not rewritten:
        say("All is as it should be." if deploy else "The installation is sound.")


def _open_to_others() -> list[str]:
    """Name a home folder that others may enter: its owner made it, or an earlier version."""
    home = site().settings.home
    if not home.stat().st_mode & OTHERS:
        return []
    return [f"others on this computer may use the folder {home}: forbid it with `chmod go= {home}`"]


def _shadows() -> list[str]:
    """Name packages of others that would be imported instead of ours."""
    faults = []
    owners = set(packages_distributions().get("integrations", [])) - {"docgen-pipeline"}
    if owners:
        faults.append(
            "another distribution also installs a package called integrations: install this "
            "program into a virtual environment of its own, as `bin/docgen` does"
        )

    ours = Path(str(docgen.__file__)).parents[1]
    found = find_spec("integrations")
    theirs = Path(str(found.origin)).parents[1] if found and found.origin else None
    if ours != theirs:
        faults.append(
            "the packages docgen and integrations do not lie side by side: leave other folders "
            "called integrations out of PYTHONPATH, or install this program again"
        )
    return faults
