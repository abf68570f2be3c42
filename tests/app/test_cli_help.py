"""Every command's help teaches: what it does, each option, examples that work, how it ends."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest

from docgen.cli.main import docgen
from docgen.cli.teach import CODES, Parts, Taught, commands_in
from docgen.outcome import OUTCOMES
from tests.app.command import Terminal, refused
from tests.app.command_tree import inside, walk

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = 80
pytestmark = pytest.mark.sqlite_only("these commands reach no database")


COMMANDS = list(walk(docgen))
NAMED = [" ".join(path) or "docgen" for path in COMMANDS]
each = pytest.mark.parametrize("path", COMMANDS, ids=NAMED)


def command_at(path: tuple[str, ...]) -> tuple[Taught, click.Context]:
    """Find a command and the context its help is written in, at 80 columns."""
    command: click.Command = docgen
    context = click.Context(docgen, info_name="docgen", terminal_width=WIDTH)
    for name in path:
        command = inside(command, name)
        context = click.Context(command, parent=context, info_name=name, terminal_width=WIDTH)
    assert isinstance(command, Taught)
    return command, context


def help_of(path: tuple[str, ...]) -> str:
    """Give the help as printed."""
    command, context = command_at(path)
    return command.get_help(context)


def words_of(example: str) -> list[str]:
    """Take an example apart as a shell does: no comment, no variable set before the command."""
    words = shlex.split(example, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words.pop(0)
    return words


@each
def test_the_help_fits_and_its_examples_stand_line_by_line(path: tuple[str, ...]) -> None:
    """No line is wider than 80 columns, none holds two examples, and each stands as written."""
    text = help_of(path)
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= WIDTH
    assert "\\b" not in text
    assert "\b" not in text
    for line in command_at(path)[0].examples.splitlines():
        assert f"  {line}" in lines
        assert len(re.findall(r"(?:^|\s)docgen [a-z]", line.partition("#")[0])) <= 1
    for line in lines:
        if not line.startswith("  docgen "):
            assert not re.search(r"docgen [a-z-]+ (?:[a-z-]+ )?[A-Za-z_0-9.-]+ +docgen ", line)


@each
def test_the_help_has_an_example_and_one_sentence_first(path: tuple[str, ...]) -> None:
    """It opens with one whole sentence and shows at least one command to copy."""
    command, _ = command_at(path)
    assert commands_in(command.examples)
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    assert re.fullmatch(r"[A-Z][^\n]*\.", paragraphs[0])
    assert command.get_short_help_str(60).endswith(".")


@each
def test_every_option_and_argument_is_explained(path: tuple[str, ...]) -> None:
    """Each option has a sentence; each argument's name stands in the words before the options."""
    command, context = command_at(path)
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option):
            assert re.search(r"[A-Za-z]{3}.*[.;]?$", parameter.help or ""), parameter.name
        else:
            name = parameter.make_metavar(context).strip("[].")
            assert name in (command.help or ""), name


@each
def test_every_command_says_how_it_ends(path: tuple[str, ...]) -> None:
    """The exit codes stand in the help; only groups leave them to their commands."""
    command, _ = command_at(path)
    inner = isinstance(command, click.Group) and not isinstance(command, Parts)
    assert ("Exit codes:" in help_of(path)) is not inner


@each
def test_every_example_is_a_command_that_exists(path: tuple[str, ...]) -> None:
    """Each parses: its commands, arguments and options are there and complete."""
    command, _ = command_at(path)
    for example in commands_in(command.examples):
        words = words_of(example)
        if words[0] != "docgen":
            assert words[0] == "export"
            continue
        parse(docgen, words[1:])


def parse(command: click.Command, words: list[str]) -> None:
    """Parse the words as the command line would, without running anything."""
    context = command.make_context(command.name, list(words))
    if isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        _, inner, more = command.resolve_command(context, rest)
        assert inner is not None
        parse(inner, more)


def test_the_table_of_codes_is_the_one_we_end_with() -> None:
    """Every code an error leads to is explained, and no other."""
    assert set(CODES) == {0} | {outcome.exit_code for outcome in OUTCOMES.values()}


def test_the_control_finds_examples_that_ran_together() -> None:
    """A docstring with its examples inside, as click wraps it, does not pass for a section."""

    @click.command(cls=Taught)
    def wrong() -> None:
        r"""Do it.

        \b
        Examples:
          docgen status one
          docgen status two
        """

    text = wrong.get_help(click.Context(wrong, terminal_width=WIDTH))
    assert "\\b Examples:   docgen status one   docgen status two" in text


MAKES = {("init",), ("demo",), ("serve",)}
NEEDS_NO_SITE = {("verify",)}
ON_A_SITE = [
    path
    for path in COMMANDS
    if not isinstance(command_at(path)[0], click.Group) and path not in MAKES
]


@pytest.mark.parametrize("path", ON_A_SITE, ids=[" ".join(path) for path in ON_A_SITE])
def test_a_mistyped_home_is_refused_and_nothing_made(path: tuple[str, ...], tmp_path: Path) -> None:
    """Every command but those that make a site names the folder, and leaves the disk as it was."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "mistyped")
    for example in commands_in(command_at(path)[0].examples):
        words = words_of(example)[1:]
        if tuple(words[: len(path)]) != path:
            continue
        ran = terminal.run(*words)
        if path in NEEDS_NO_SITE:
            assert ran.code == 2
        else:
            refused(ran, 8, str(terminal.home), "docgen init")
        assert list(tmp_path.iterdir()) == []


READING = [
    ("templates", "check"),
    ("templates", "coverage"),
    ("templates", "diff", "psa", "1.0.0", "1.0.0"),
]


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_the_texts_can_be_read_without_any_site(words: tuple[str, ...], tmp_path: Path) -> None:
    """With no DOCGEN_HOME at all counsel reads the texts, and still nothing is made."""
    data = tmp_path / "data"
    terminal = Terminal(folder=tmp_path, home=tmp_path / "none")
    ran = terminal.run_anew(*words, DOCGEN_HOME="", XDG_DATA_HOME=str(data))
    assert ran.code == 0, ran.err
    assert list(tmp_path.iterdir()) == []
