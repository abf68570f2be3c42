"""The `docgen` command and its one way of ending in an error."""

from __future__ import annotations

import os
import sys

import click

from docgen import __version__
from docgen.cli.anchor import anchor
from docgen.cli.archive import archive
from docgen.cli.checks import check
from docgen.cli.demo import demo
from docgen.cli.enrollments import enroll
from docgen.cli.keys import keys
from docgen.cli.lifecycle import reassign, remind, terminate
from docgen.cli.log import log
from docgen.cli.output import show_error, warn
from docgen.cli.packets import approve, generate, send, void
from docgen.cli.paper import intake_scan, paper
from docgen.cli.people import users
from docgen.cli.review import review, terms
from docgen.cli.serve import serve, sweep, worker
from docgen.cli.simulate import simulate
from docgen.cli.site import OTHERS
from docgen.cli.start import init
from docgen.cli.status import status
from docgen.cli.teach import CODES, Parts
from docgen.cli.templates import templates
from docgen.cli.verify import verify
from docgen.errors import (
    ConfigurationError,
    DocgenError,
    InputError,
    StorageError,
)
from docgen.outcome import outcome_of

STOPPED = 130  # as shells end a command that was interrupted

LINE = """
export DOCGEN_HOME=$PWD/try      # where everything is kept
docgen init --demo               # make a place to try things out
docgen enroll FORM.json          # check and store an enrollment form
docgen generate ENROLLMENT       # make the documents; prints PACKET
docgen status PACKET             # look at the plan and its CHECKSUM
docgen approve PACKET --plan CHECKSUM --as coordinator
docgen serve                     # signing pages, callbacks; keep it running
docgen send PACKET --as coordinator
docgen archive get PACKET        # the evidence bundle, once fully executed
docgen verify PACKET.bundle.zip  # check it, as any stranger could
"""

PARTS = {
    "Begin": (init, demo),
    "Prepare a packet": (enroll, paper, generate, review, terms, approve),
    "Have it signed": (send, remind, reassign, void, intake_scan),
    "Look at it, keep it, prove it": (status, archive, verify, anchor, log, terminate),
    "Texts and people": (templates, users),
    "Run the site": (serve, worker, sweep, check, keys, simulate),
}


@click.group(
    cls=Parts,
    parts=PARTS,
    examples=LINE,
    codes=CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="docgen")
def docgen() -> None:
    """Turn an enrollment form into a signed contract packet that proves itself.

    Everything is kept under DOCGEN_HOME (default ~/.local/share/docgen); its settings.toml says who
    the PSO is. No account, no server and no network are needed. Each command has its own --help.
    `docgen verify` has exit codes of its own.
    """


def main() -> None:
    """Run the command; end every error of ours as a sentence with a code, never a stack trace."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without our letters shows a stand-in for them instead of ending the command.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # text streams have it
    # The database, letters with their links, bundles: each holds what concerns nobody else.
    os.umask(OTHERS)
    try:
        # Click hands back, and does not raise, the code a command ended with.
        code = docgen(standalone_mode=False)
    except Exception as error:  # the outermost loop of the command line
        if os.environ.get("DOCGEN_TRACE") and not isinstance(error, click.exceptions.Exit):
            raise
        sys.exit(_end(error))
    sys.exit(code or 0)


def _end(error: Exception) -> int:
    """Say what went wrong, if anything did, and give the exit code."""
    error = _storage_failure(error) or error
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.Abort():
            warn("Stopped.")
            return STOPPED
        case click.ClickException():
            _show_usage(error)
            return outcome_of(InputError()).exit_code
        case DocgenError() | ConfigurationError():
            show_error(error)
            return outcome_of(error).exit_code
        case _:
            warn(
                f"Error [unexpected]: {type(error).__name__}. This is a fault of the program; "
                "nothing half-done was kept. Set DOCGEN_TRACE=1 to see where, and report it."
            )
            return outcome_of(error).exit_code


def _show_usage(error: click.ClickException) -> None:
    """Say what is wrong with the words of a command, as every error is said, and how it is used."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        warn(context.get_usage())
        warn(f"`{context.command_path} --help` says more.\n")
    warn(f"Error [{InputError.code}]: {error.format_message()}")


def _storage_failure(error: Exception) -> StorageError | None:
    """Give what the database could not do outside a transaction, such as a read or an upgrade."""
    if "django.db" not in sys.modules:
        return None
    from docgen.db.failure import storage_failure

    return storage_failure(error)
