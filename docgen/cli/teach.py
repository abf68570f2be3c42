"""Help that teaches: each command ends with examples that work and the codes it may end with.

Examples stand in a section of their own, line by line as written: in a docstring they would run
into one paragraph.
"""

from __future__ import annotations

from importlib import import_module
from textwrap import dedent
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

CODES: Mapping[int, str] = {
    0: "done",
    1: "a fault of the program",
    2: "the input cannot be used as it is",
    3: "nothing is stored under this id",
    4: "a rule of the process says no",
    5: "the evidence does not add up",
    6: "a connected service failed",
    7: "the disk refused a write; nothing is half-written",
    8: "a setting is missing, or no site is set up here",
}


def ends(*codes: int) -> dict[int, str]:
    """Give the meaning of these exit codes, and of success."""
    return {code: CODES[code] for code in (0, *codes)}


class Taught(click.Command):
    """A command whose help ends with examples and exit codes."""

    heading = ""

    def __init__(
        self, *args: Any, examples: str = "", codes: Mapping[int, str] | None = None, **attrs: Any
    ) -> None:
        """Keep `examples`, one command a line unless continued as in a shell, and `codes`."""
        super().__init__(*args, **attrs)
        self.examples = dedent(examples).strip("\n")
        self.codes = codes or {}

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are, and one line for each exit code."""
        if self.examples:
            alone = len(commands_in(self.examples)) == 1
            with formatter.section(self.heading or ("Example" if alone else "Examples")):
                for line in self.examples.splitlines():
                    formatter.write(f"  {line}".rstrip() + "\n")
        if self.codes:
            with formatter.section("Exit codes"):
                formatter.write_dl([(str(code), words) for code, words in self.codes.items()])
        super().format_epilog(ctx, formatter)


class TaughtGroup(Taught, click.Group):
    """A group of such commands, listed in the order they were added."""

    command_class = Taught

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """List the subcommands in the order a person meets them."""
        return list(self.commands)


class Lead(NamedTuple):
    """Where a command is, and what one line says of it."""

    module: str
    words: str


class Parts(TaughtGroup):
    """A group whose commands stand under headings, with one example from beginning to end.

    A command's module is loaded when the command is wanted: all of them take longer than most
    commands do.
    """

    heading = "A packet from beginning to end"

    def __init__(self, *args: Any, parts: Mapping[str, Mapping[str, Lead]], **attrs: Any) -> None:
        """Keep where each command is, under its heading."""
        super().__init__(*args, **attrs)
        self.parts = parts
        self._leads = {name: lead for part in parts.values() for name, lead in part.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """List the commands in the order of their headings."""
        return list(self._leads)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """Load a command."""
        lead = self._leads.get(cmd_name)
        if lead is None:
            return None
        module = import_module(f"docgen.cli.{lead.module}")
        return cast("click.Command", getattr(module, cmd_name.replace("-", "_")))

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands heading by heading."""
        for heading, leads in self.parts.items():
            with formatter.section(heading):
                formatter.write_dl([(name, lead.words) for name, lead in leads.items()])


def commands_in(examples: str) -> list[str]:
    """Give each example as one line, continued lines joined."""
    joined = examples.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip()]
