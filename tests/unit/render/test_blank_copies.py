"""Blank copies: every part of every agreement, with bracketed blanks, for counsel to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.render.blank import Blank, condition_note
from docgen.render.clauses import evaluate_blank
from tests.unit.render.making import DRESSING, PANEL, real

if TYPE_CHECKING:
    from docgen.domain.document import Document

SLUGS = ("psa", "baa", "pses")


def _blank(slug: str) -> Document:
    template = real(slug)
    fields = {name: Blank(name) for name in template.fields}
    return evaluate_blank(template, fields, panels=[PANEL], dressing=DRESSING)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_blank_copy_shows_every_clause(slug: str) -> None:
    """Each clause of the source is printed, whatever its condition."""
    shown = {block.id for block in _blank(slug).blocks}
    expected = {
        name
        for name, node in real(slug).source.names.items()
        if node.text is not None or node.heading or node.subheading
    }
    assert expected <= shown


@pytest.mark.parametrize("slug", SLUGS)
def test_a_blank_copy_says_when_each_part_is_printed(slug: str) -> None:
    """Each conditional part stands beside a note in words that names its condition."""
    words = [
        "".join(run.text for run in block.runs)
        for block in _blank(slug).blocks
        if any(run.italic for run in block.runs)
    ]
    notes = [text for text in words if text.startswith("[The next part is printed when:")]
    conditional = [node for node in real(slug).source.walk() if node.when_source]
    assert len(notes) == len(conditional) > 0
    assert not any("flags." in note or "==" in note or "_" in note for note in notes)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_blank_copy_names_its_blanks(slug: str) -> None:
    """Blanks are bracketed words; nothing of the machinery shows."""
    text = "\n".join(run.text for block in _blank(slug).blocks for run in block.runs)
    assert "[" in text
    for trace in ("{{", "{%", "Blank", "object at", "_text", "<", "Undefined"):
        assert trace not in text


def test_blanks_speak_in_words() -> None:
    """A blank says which field of which group stands there."""
    assert str(Blank("terms").term_text) == "[terms: term]"
    assert str(Blank("other_psos")) == "[other psos]"
    assert [str(item.name) for item in Blank("facilities")] == ["[facilities: name]"]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("flags.multi_entity", "multi entity"),
        ("terms.disposition == 'transfer'", "terms: disposition is “transfer”"),
        ('pses.kind != "policy"', "pses: kind is not “policy”"),
    ],
)
def test_a_condition_is_told_in_words(condition: str, words: str) -> None:
    """A condition is written for a reader, not for the program."""
    assert condition_note(condition) == f"*[The next part is printed when: {words}.]*"
