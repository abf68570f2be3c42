"""The words people see: in help, messages, letters and pages, one word for each thing."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from docgen.cli.main import docgen as command
from docgen.domain.packet import PacketState
from docgen.domain.person import Role
from tests.app.command_tree import inside, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

# What people must not see, and what is said instead.
INSTEAD = {
    r"providers?": "signing service",
    r"completed": "fully executed",
    r"delegat\w*": "reassign",
    r"events?": "activity or history",
    r"reviewers?": "legal approver",
    r"portals?": "enrollment site",
    r"verdicts?": "result",
    r"webhooks?": "callback",
    r"envelopes? id": "envelope",
}

# Proper names and terms of the law, which stay what they are.
ALLOWED = (
    "Patient Safety Organization Provider Services Agreement",
    "Provider Services Agreement",
    "patient safety event",
    "safety event",
    "RO-ILS Portal",
    "RO-ILS Reviewer",
    # In the enrollment form and the policy, the program's own names without "RO-ILS" before them.
    "name of the Portal",
    "Portal support",
    "a Reviewer",
    "a second Reviewer",
    "training completed",  # a date on the form
    "licensed provider",  # 42 CFR 3.20
    "health care provider",
)


def found(text: str) -> list[str]:
    """List the words that should not be in a text, each with what to say instead."""
    for phrase in ALLOWED:
        text = text.replace(phrase, " ")
    return [
        f"{match.group()}: say {better}"
        for pattern, better in INSTEAD.items()
        for match in re.finditer(rf"(?<![\w.-]){pattern}(?![\w-])", text, re.IGNORECASE)
    ]


# -- the command line -----------------------------------------------------------------------------


COMMANDS = list(walk(command))


def help_of(words: tuple[str, ...]) -> str:
    """Give what `--help` shows."""
    current: click.Command = command
    context = click.Context(command, info_name="docgen", terminal_width=100)
    for word in words:
        current = inside(current, word)
        context = click.Context(current, info_name=word, parent=context)
    return current.get_help(context)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "docgen")
def test_every_help_teaches_in_our_words(words: tuple[str, ...]) -> None:
    """A sentence says what it does, each option has its own, and no wrong word is used."""
    text = help_of(words)
    assert found(text) == []
    current: click.Command = command
    for word in words:
        current = inside(current, word)
    assert current.help
    assert len(current.help.splitlines()[0]) > 15
    for parameter in current.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{parameter.name} has no help"


# Commands that take no argument one could get wrong.
NEEDS_NO_EXAMPLE = {
    "archive get",
    "archive verify",
    "check",
    "sweep",
    "templates check",
    "templates coverage",
    "templates diff",
    "templates sample",
    "users list",
}


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "docgen")
def test_a_newcomer_finds_an_example(words: tuple[str, ...]) -> None:
    """Every command one could get wrong shows a line that can be typed."""
    text = help_of(words)
    examples = [line for line in text.splitlines() if line.startswith("  ") and "docgen " in line]
    assert examples or " ".join(words) in NEEDS_NO_EXAMPLE


def test_scripts_get_json_wherever_they_would_read() -> None:
    """Every command that tells something has --json; those that make a site or serve have not."""
    without = {
        " ".join(words)
        for words in COMMANDS
        if words and "--json" not in help_of(words) and "COMMAND" not in help_of(words)
    }
    assert without == {
        "anchor",
        "demo",
        "init",
        "serve",
        "simulate",
        "worker",
    }


# -- messages, letters, pages ---------------------------------------------------------------------


def sentences(file: Path) -> Iterator[tuple[int, str]]:
    """List the fixed words of a module that are whole sentences, without its docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        if isinstance(node.value, str) and " " in node.value.strip():
            yield node.lineno, node.value


MODULES = sorted(
    path
    for folder in ("docgen", "integrations")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
    and "simulators" not in path.parts  # they say what their vendors say
)


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_messages_and_letters_use_our_words(file: Path) -> None:
    """Whatever a module may say to a person uses none of the wrong words."""
    wrong = [f"{line}: {word}" for line, text in sentences(file) for word in found(text)]
    assert wrong == []


class Shown(HTMLParser):
    """Collects what a page shows or has read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note attributes that are shown or spoken."""
        del tag
        self.texts += [
            value or "" for name, value in attrs if name in {"title", "alt", "aria-label"}
        ]

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.texts.append(data)


PAGES = sorted((ROOT / "docgen" / "web" / "templates").rglob("*.html"))


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_pages_use_our_words(file: Path) -> None:
    """No page shows or speaks a wrong word."""
    shown = Shown()
    for include in re.findall(r"\{% include [^%]*%\}", file.read_text("utf-8")):
        shown.texts += re.findall(r'="([^"]*)"', include)
    shown.feed(
        re.sub(r"\{[%#].*?[%#]\}|\{\{.*?\}\}", " ", file.read_text("utf-8"), flags=re.DOTALL)
    )
    assert "".join(shown.texts).strip()
    assert found("\n".join(shown.texts)) == []


def test_states_and_roles_are_named_in_our_words() -> None:
    """What tables show of a packet's state and a person's role."""
    shown = " ".join([*(state.words for state in PacketState), *(role.value for role in Role)])
    assert found(shown.replace("_", " ")) == []
    assert "fully executed" in shown


def test_the_list_finds_what_it_should() -> None:
    """The control: each wrong word is found, and each allowed term passes."""
    for text in (
        "Choose a provider.",
        "The packet is completed.",
        "Delegate this to somebody.",
        "An event was stored.",
        "Ask a reviewer.",
        "Open the portal.",
        "The verdict is in.",
    ):
        assert len(found(text)) == 1, text
    for text in (*ALLOWED, "The packet is complete.", "docgen.provider", "eventually"):
        assert found(text) == [], text
