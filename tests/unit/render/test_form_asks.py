"""The enrollment form is made from the record: it asks for what it must and names fields rightly."""

from __future__ import annotations

import re

import pytest

from docgen.domain.enrollment.answers import find_leaf
from docgen.domain.enrollment.leaves import undotted
from docgen.render.form import (
    Draft,
    edition,
    form_digest,
    form_fields,
    form_page,
    form_places,
    too_much,
)
from docgen.render.form_layout import ROWS
from tests.unit.domain.enrollment.samples import sample_record

NEEDED = {
    "practice.display_name", "practice.setting", "facilities.name", "facilities.address.line1",
    "facilities.address.city", "facilities.address.state", "facilities.address.postal_code",
    "contacts.given_name", "contacts.family_name", "contacts.email", "contacts.roles",
}  # fmt: skip


def page(name: str = "") -> str:
    """Return the form's page, perhaps with a sample in it."""
    values = sample_record(name).to_json() if name else {}
    return form_page(Draft(values=values), program="RO-ILS").decode()


def test_every_field_is_one_of_the_record_and_has_a_place() -> None:
    """Its name is the record's path, and no name stands there twice."""
    names = [one.name for one in form_fields()]
    assert len(set(names)) == len(names) > 400
    assert all(find_leaf(undotted(name)) for name in names)
    assert set(form_places()) == set(names)


def test_the_star_stands_at_what_the_record_needs_first() -> None:
    """And at nothing else."""
    starred = set()
    for question in re.findall(r'<div class="question.*?</div>', page(), re.DOTALL):
        if 'class="star"' in question:
            name = re.search(r'name="([^"]+)"', question)
            assert name
            leaf = find_leaf(undotted(name[1]))
            assert leaf
            starred.add(".".join(one for one in leaf.path if isinstance(one, str)))
    assert starred == NEEDED


def test_every_field_has_words_for_those_who_do_not_see_the_page() -> None:
    """The tooltip names the row and the part, too."""
    tips = {one.name: one.tip for one in form_fields()}
    assert tips["facilities.1.address.city"] == "Facility 2, address, city"
    assert all(tip for name, tip in tips.items() if not name.endswith("_id") or name.count(".") < 2)


def test_the_edition_changes_with_the_fields_only() -> None:
    """A draft's values and names of rows do not make it another form."""
    assert edition() in page()
    assert edition() in page("second-pso")
    assert re.fullmatch(r"[0-9a-f]{32}", form_digest())


def test_values_are_escaped() -> None:
    """A name that looks like markup stays a name."""
    values = {"practice": {"display_name": '"><script>x</script>'}}
    html = form_page(Draft(values=values), program="RO-ILS").decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("rows", ROWS)
def test_a_list_too_long_is_told(rows: str) -> None:
    """And one that just fits is not."""
    *parts, last = rows.split(".")
    for more, told in ((0, 0), (1, 1)):
        values: dict[str, object] = {last: [{}] * (ROWS[rows] + more)}
        for part in reversed(parts):
            values = {part: values}
        assert len(too_much(values)) == told
