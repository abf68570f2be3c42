"""Help that teaches: each command ends with examples that work and the codes it may end with.

Examples stand in a section of their own, line by line as written: in a docstring they would run
into one paragraph.
"""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


class Parts(TaughtGroup):
    """A group whose commands stand under headings, with one example from beginning to end."""

    heading = "A packet from beginning to end"

    def __init__(
        self, *args: Any, parts: Mapping[str, Sequence[click.Command]], **attrs: Any
    ) -> None:
        """Add every command under its heading."""
        super().__init__(*args, **attrs)
        self.parts = parts
        for commands in parts.values():
            for command in commands:
                self.add_command(command)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands heading by heading."""
        for heading, commands in self.parts.items():
            with formatter.section(heading):
                formatter.write_dl([(one.name or "", one.get_short_help_str()) for one in commands])


def commands_in(examples: str) -> list[str]:
    """Give each example as one line, continued lines joined."""
    joined = examples.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip()]
