"""What many places share is told once, and everything else as it stands."""

from __future__ import annotations

import pytest

from docgen.domain.enrollment import Stage, examine_enrollment
from docgen.domain.enrollment.repetition import ALIKE_MOST, told_once
from docgen.domain.enrollment.stages import Missing
from docgen.errors import Problem
from tests.unit.domain.enrollment.samples import TODAY, raw_sample


def _doubts(count: int) -> list[Problem]:
    return [
        Problem(
            path=f"facilities[{number}]",
            rule="val.roles_min",
            message=f"Facility {number + 1}: name a second Reviewer.",
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, ALIKE_MOST])
def test_a_few_are_told_one_by_one(count: int) -> None:
    """Nothing is taken out of a short list."""
    assert told_once(_doubts(count)) == _doubts(count)


def test_many_are_one_that_counts_them_where_the_first_stood() -> None:
    """It leads to the first place; what stands before and behind it stays."""
    before = Problem(path="contacts[0]", rule="val.email", message="Contact 1: look again.")
    behind = Problem(path="facilities[70]", rule="val.zip", message="Facility 71: look again.")
    first, told, last = told_once([before, *_doubts(60), behind])
    assert (first, last) == (before, behind)
    assert told == Problem(
        path="facilities[0]",
        rule="val.roles_min",
        message=(
            "Facility 1, Facility 2, Facility 3 and 57 more, 60 in all: name a second Reviewer."
        ),
    )


def test_what_differs_in_more_than_its_place_stays_apart() -> None:
    """Another sentence, rule or step is something else to do."""
    words = [
        Problem(path=f"facilities[{n}]", rule="val.x", message=f"Facility {n}: use {n} letters.")
        for n in range(9)
    ]
    assert told_once(words) == words
    steps = [
        Missing(path=f"facilities[{n}]", rule="val.x", needed_for=stage, message=f"F {n}: fill in.")
        for n in range(ALIKE_MOST)
        for stage in (Stage.SIGN, Stage.PSES)
    ]
    assert set(told_once(steps)) == set(steps)


def test_a_network_with_one_reviewer_for_one_site_gets_one_line() -> None:
    """What the record lacks and what is doubtful are both told so; the record's own list is whole."""
    raw = raw_sample("network-joinder")
    raw["reviewers"] = [
        {"contact_id": "sofia-alvarez", "facility_ids": ["midtown"], "can_report_to_pso": True}
    ]
    found = examine_enrollment(raw, today=TODAY, stage=Stage.DRAFT)
    lacking = [one for one in found.missing if "name a Reviewer" in one.message]
    assert len(lacking) == 14
    (told,) = (one for one in told_once(found.missing) if "name a Reviewer" in one.message)
    assert "and 11 more, 14 in all: name a Reviewer for this facility" in told.message
    assert (told.path, told.needed_for) == (lacking[0].path, Stage.PSES)
