"""One table from errors to exit codes and statuses, total over the tree."""

from __future__ import annotations

import inspect
import re

import click
import pytest

from docgen import errors
from docgen.cli.main import docgen
from docgen.outcome import OUTCOMES, outcome_of

CLASSES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, Exception) and kind.__module__ == errors.__name__
]


def bare(kind: type[Exception]) -> Exception:
    """Make an error of this class without its arguments."""
    return kind.__new__(kind)


def test_the_whole_tree_is_here() -> None:
    """The list of classes is the one the module draws."""
    drawn = set(re.findall(r"^ +([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE))
    named = {kind.__name__ for kind in CLASSES}
    assert named == {name for name in drawn if name in named}
    assert len(named) > 20


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_has_an_outcome_of_its_own_branch(kind: type[Exception]) -> None:
    """No class of the tree falls through to that of the unexpected, but the root itself."""
    outcome = outcome_of(bare(kind))
    fallback = OUTCOMES[errors.DocgenError]
    assert (outcome == fallback) == (kind is errors.DocgenError)
    assert 1 <= outcome.exit_code <= 8
    assert 400 <= outcome.status < 600


def test_the_nearest_class_decides() -> None:
    """A forged callback is 401, any other failure of a neighbor 502; a wrong role is 403, not 409."""
    assert outcome_of(bare(errors.CallbackRejected)).status == 401
    assert outcome_of(bare(errors.ServiceUnavailable)).status == 502
    assert outcome_of(bare(errors.NotAllowed)).status == 403
    assert outcome_of(bare(errors.PacketStale)).status == 409


def test_what_is_not_ours_is_a_fault_of_the_program() -> None:
    """Anything else ends in 1 and 500."""
    outcome = outcome_of(ValueError())
    assert (outcome.exit_code, outcome.status) == (1, 500)


def test_every_exit_code_is_explained_in_the_help() -> None:
    """The codes of the table are those `docgen --help` lists, and no others."""
    told = docgen.get_help(click.Context(docgen)).partition("Exit codes:")[2]
    listed = {int(code) for code in re.findall(r"^ +(\d)  [a-z]", told, re.MULTILINE)}
    assert listed == {0} | {item.exit_code for item in OUTCOMES.values()}
