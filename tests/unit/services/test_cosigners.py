"""Two officers of one legal entity, both named on the form, both sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from docgen.errors import Refused
from docgen.services.enroll import enroll
from tests.unit.services.test_sources import contract
from tests.unit.services.walk import add_people, changed

if TYPE_CHECKING:
    from docgen.services.office import Office


def _both(raw: Any) -> None:
    """Let a second contact sign what the first signs, for the same entity."""
    first = raw["signatories"][0]
    others = (one["contact_id"] for one in raw["contacts"])
    second = next(one for one in others if one != first["contact_id"])
    raw["signatories"].append(first | {"contact_id": second})


def test_each_person_named_for_an_entity_signs(office: Office) -> None:
    """Each has a panel in each agreement and a turn of their own, as the form orders them."""
    add_people(office)
    enrollment = enroll(office, changed(_both), draft=False, actor="user:ada").version
    plan = contract(office, enrollment.enrollment_id).plan
    assert [one.routing_order for one in plan.recipients] == [1, 2, 3]
    assert len({one.name for one in plan.recipients}) == 3
    for document in plan.documents:
        assert [one.panel.slot for one in document.panels] == ["practice_1", "practice_2", "pso"]
        assert [one.recipient for one in document.panels] == ["practice_1", "practice_2", "pso"]


def test_two_people_at_one_address_cannot_both_sign(office: Office) -> None:
    """One of them would sign in both names: the sentence says what to do."""
    add_people(office)

    def shared(raw: Any) -> None:
        _both(raw)
        for one in raw["contacts"]:
            one["email"] = "partners@lakeside.example.org"

    enrollment = enroll(office, changed(shared), draft=False, actor="user:ada").version
    with pytest.raises(Refused, match="share an e-mail address"):
        contract(office, enrollment.enrollment_id)
