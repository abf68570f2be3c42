"""What differs between two reading views."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from docgen.render.reading_diff import changed_parts

PLAIN = st.lists(st.text("abcdef ", min_size=1, max_size=40), min_size=1, max_size=12)


def page(*paragraphs: str, heading: str = "1 Term") -> str:
    """Write a small reading view."""
    body = "".join(f"<p>{item}</p>" for item in paragraphs)
    return f"<!doctype html><html><body><main><h2>{heading}</h2>{body}</main><footer><p>plan x</p></footer></body></html>"


def test_the_same_is_no_change() -> None:
    """Equal words, even in other markup and under another control line, are no change."""
    before = page("A <b>bold</b> word.")
    assert changed_parts(before, before.replace("plan x", "plan y")) == []
    assert changed_parts(before, page("A bold word.")) == []


def test_a_changed_word_is_shown_with_its_place() -> None:
    """The words that went and came, the heading they stand under, and some words around."""
    (change,) = changed_parts(page("It lasts 36 months."), page("It lasts 24 months."))
    assert change.where == "1 Term"
    assert [(item.words, item.is_gone, item.is_new) for item in change.pieces] == [
        ("It lasts", False, False),
        ("36", True, False),
        ("24", False, True),
        ("months.", False, False),
    ]


def test_a_new_table_row_is_shown_whole() -> None:
    """A row's cells read as one line."""
    row = "<table><tr><td>North</td><td>1 Main St</td></tr></table>"
    more = row + "<table><tr><td>South</td><td>2 Main St</td></tr></table>"
    before = page("x").replace("</main>", f"{row}</main>")
    (change,) = changed_parts(before, page("x").replace("</main>", f"{more}</main>"))
    assert [item.words for item in change.pieces] == ["South | 2 Main St"]


@given(PLAIN, PLAIN)
def test_every_word_that_came_or_went_is_shown(old: list[str], new: list[str]) -> None:
    """Nothing new and nothing gone is left out, whatever the texts."""
    changes = changed_parts(page(*old), page(*new))
    shown = " ".join(item.words for change in changes for item in change.pieces).split()
    before, after = " ".join(old).split(), " ".join(new).split()
    assert set(before) ^ set(after) <= set(shown)
    assert changed_parts(page(*new), page(*new)) == []
