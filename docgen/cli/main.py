"""The `docgen` command and its one way of ending in an error."""

from __future__ import annotations

import os
import sys

import click

from docgen import __version__
from docgen.cli.archive import archive
from docgen.cli.checks import check
from docgen.cli.demo import demo
from docgen.cli.enrollments import enroll
from docgen.cli.packets import approve, generate, send, status, void
from docgen.cli.people import users
from docgen.cli.serve import serve, sweep
from docgen.cli.start import init
from docgen.cli.templates import templates
from docgen.cli.verify import verify
from docgen.errors import ConfigurationError, DocgenError, EnrollmentInvalid
from docgen.outcome import outcome_of

EPILOG = """
\b
A packet from beginning to end:
  docgen init --demo                     make a place to try things out (DOCGEN_HOME)
  docgen enroll FORM.json                check and store an enrollment form
  docgen generate ENROLLMENT             make the PSO agreement (PSA) and the BAA
  docgen status PACKET                   look at the plan and its checksum
  docgen approve PACKET --plan CHECKSUM --as PERSON
  docgen send PACKET --as PERSON         invite the people who sign
  docgen serve                           the signing pages and the callbacks
  docgen archive get PACKET              the evidence bundle, once fully executed
  docgen verify PACKET.bundle.zip        check it, as any stranger could

\b
Exit codes: 0 done · 2 input · 3 not found · 4 refused · 5 evidence does not add up
            6 a connected service failed · 7 storage · 8 configuration
            (`docgen verify` has its own, see its --help)
"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="docgen")
def docgen() -> None:
    """Turn an enrollment form into a signed contract packet that proves itself.

    Everything is kept under DOCGEN_HOME (default ~/.local/share/docgen); its settings.toml says who
    the PSO is. No account, no server and no network are needed.
    """


for command in (
    init,
    enroll,
    generate,
    approve,
    send,
    status,
    void,
    archive,
    verify,
    templates,
    users,
    serve,
    sweep,
    check,
    demo,
):
    docgen.add_command(command)


def main() -> None:
    """Run the command; end every error of ours as a sentence with a code, never a stack trace."""
    try:
        docgen(standalone_mode=False)
    except click.exceptions.Exit as ending:
        sys.exit(ending.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (DocgenError, ConfigurationError) as error:
        show_error(error)
        sys.exit(outcome_of(error).exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # the outermost loop of the command line
        if os.environ.get("DOCGEN_TRACE"):
            raise
        kind = type(error).__name__
        click.echo(
            f"Error [unexpected]: {kind}. This is a fault of the program; nothing half-done was kept. "
            "Set DOCGEN_TRACE=1 to see where, and report it.",
            err=True,
        )
        sys.exit(1)


def show_error(error: DocgenError | ConfigurationError) -> None:
    """Print an error for people: its code, its sentence, and each problem by rule and path."""
    click.echo(f"Error [{error.code}]: {error}", err=True)
    if isinstance(error, EnrollmentInvalid):
        for problem in error.problems:
            click.echo(f"  {problem.rule}  {problem.path}: {problem.message}", err=True)
