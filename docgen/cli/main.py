"""The `docgen` command and its one way of ending in an error."""

from __future__ import annotations

import os
import sys

import click

from docgen import __version__
from docgen.cli.output import OTHERS, show_error, warn
from docgen.cli.teach import CODES, Lead, Parts
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
    "Begin": {
        "init": Lead("start", "Make a home folder with commented settings."),
        "demo": Lead("demo", "Run the whole line for the sample practices."),
    },
    "Prepare a packet": {
        "enroll": Lead("enrollments", "Check and store an enrollment form, or make an empty one."),
        "paper": Lead("paper", "Documents that do not come from our templates."),
        "generate": Lead("packets", "Make the documents of a packet."),
        "review": Lead("review", "Send drafts for review, take redlines back in."),
        "terms": Lead("review", "Record that the terms are agreed."),
        "approve": Lead("packets", "Approve a packet's plan."),
    },
    "Have it signed": {
        "send": Lead("packets", "Send an approved packet for signature."),
        "remind": Lead("lifecycle", "Remind whose turn it is to sign."),
        "reassign": Lead("lifecycle", "Let another person sign in somebody's place."),
        "void": Lead("packets", "Take back a packet that is out for signature."),
        "intake-scan": Lead("paper", "Take in the scan of what was signed on paper."),
    },
    "Look at it, keep it, prove it": {
        "status": Lead("status", "Where packets stand."),
        "archive": Lead("archive", "Find, get and verify what was fully executed."),
        "verify": Lead("verify", "Verify an evidence bundle."),
        "anchor": Lead("anchor", "Write the anchor by which others trust this site's bundles."),
        "log": Lead("log", "Export the history's log."),
        "terminate": Lead("lifecycle", "Record that a packet is no longer in effect."),
    },
    "Texts and people": {
        "templates": Lead("templates", "The agreements' texts: check, compare, adopt."),
        "users": Lead("people", "Our own people and their roles."),
    },
    "Run the site": {
        "serve": Lead("serve", "Serve the signing pages and the callbacks."),
        "worker": Lead("serve", "Do the work, beside others (PostgreSQL)."),
        "sweep": Lead("serve", "Do everything that is due, once."),
        "check": Lead("checks", "Check the installation, or readiness for real use."),
        "keys": Lead("keys", "Make the site's keys, renew or withdraw them."),
        "simulate": Lead("simulate", "Run a signing service to try things out with."),
    },
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
