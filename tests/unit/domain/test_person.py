"""What one of our people may do follows from their roles, while they work here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docgen.domain.person import Person, Role
from docgen.errors import NotAllowed

PERSON = Person(
    key="dana",
    name="Dana Example",
    email="dana@example.org",
    roles=frozenset({Role.COORDINATOR, Role.AUDITOR}),
)


def test_any_one_of_the_roles_is_enough() -> None:
    """The control: each role that is held, alone or among others that are asked for."""
    PERSON.require(Role.COORDINATOR)
    PERSON.require(Role.LEGAL_APPROVER, Role.AUDITOR)


def test_without_the_role_the_sentence_names_it() -> None:
    """Whoever is refused reads whom the step is for, and nobody's name."""
    with pytest.raises(NotAllowed, match="for a legal approver or pso countersigner") as told:
        PERSON.require(Role.LEGAL_APPROVER, Role.PSO_COUNTERSIGNER)
    assert "Dana" not in str(told.value)
    with pytest.raises(NotAllowed):
        PERSON.require()


@pytest.mark.parametrize("role", sorted(PERSON.roles))
def test_who_was_deactivated_may_do_nothing(role: Role) -> None:
    """Attack: a former colleague is named on a command line by `--as`, with every role left."""
    with pytest.raises(NotAllowed, match="deactivated"):
        replace(PERSON, is_active=False).require(role)
