"""Blank copies: every part of every agreement, with bracketed blanks, for counsel to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.render.blank import Blank, condition_note, with_every_branch
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


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "PSA{% if flags.baa_applies %} and the BAA are{% else %} is{% endif %} in effect",
            "PSA [*if baa applies:*  and the BAA are] [*otherwise:*  is] in effect",
        ),
        (
            "{% if terms.way == 'a' %}One.{% elif terms.way == 'b' %}Two.{% else %}Three.{% endif %}",
            "[*if terms: way is “a”:* One.] [*or if terms: way is “b”:* Two.] [*otherwise:* Three.]",
        ),
        ("It.{% if not flags.more %} No more.{% endif %}", "It. [*if not more:*  No more.]"),
        ("{% if flags.a %}A {% else %}B {% endif %}or C", "[*if a:* A ] [*otherwise:* B ] or C"),
        (
            "{% if reviewers | length == 1 %}One.{% endif %}",
            "[*if number of reviewers is 1:* One.]",
        ),
    ],
)
def test_alternatives_stand_side_by_side(source: str, told: str) -> None:
    """Whoever reads a blank copy sees each wording that may be printed, and when."""
    assert with_every_branch(source) == told


@pytest.mark.parametrize(
    "source",
    [
        "Plain.",
        "{% if practice.dba %}, doing business as {{ practice.dba }}{% endif %}",
        "{% for one in rows %}{{ one.name }}{% if not loop.last %}; {% endif %}{% endfor %}",
        "{% for one in rows %}{{ one }}{% else %}None.{% endfor %}",
    ],
)
def test_what_blanks_print_anyway_stays(source: str) -> None:
    """The controls: optional words that are shown, and what turns on the rows of a list."""
    assert with_every_branch(source) == source


def test_an_outer_choice_holds_an_inner_one() -> None:
    """Conditions within a branch are told there."""
    source = "{% if flags.a %}x{% if not flags.b %}y{% endif %}{% else %}z{% endif %}"
    assert with_every_branch(source) == "[*if a:* x[*if not b:* y]] [*otherwise:* z]"


@pytest.mark.parametrize(
    ("slug", "wording"),
    [
        ("psa", "PSO shall transfer Practice’s Identifiable PSWP, in a commonly used"),
        ("psa", "PSO shall return Practice’s Identifiable PSWP to Practice in a commonly used"),
        ("psa", "PSO shall destroy Practice’s Identifiable PSWP, unless"),
        ("psa", "The Parties have chosen no state’s law for other matters."),
        ("psa", "It may be renewed only by a signed writing made before it ends."),
        ("baa", "Every defense and limit of liability that the law gives"),
        ("pses", "It does not cover a legally separate affiliate of Practice."),
        ("pses", "Because one Reviewer is listed, the Approver shall name a stand-in"),
        ("pses", "Practice has no standing committee in the PSES"),
    ],
)
def test_no_wording_of_the_agreements_is_left_out(slug: str, wording: str) -> None:
    """Counsel read every alternative before they adopt a version."""
    words = " ".join("".join(run.text for run in block.runs) for block in _blank(slug).blocks)
    assert wording in words
