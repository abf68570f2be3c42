"""Trying out: each outside signing service says whether it can be spoken with, and nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.domain.person import Person, Role
from docgen.services.trial import Neighbor, try_out
from integrations.simulators.mischief import Trouble
from tests.unit.services.test_every_service import VENDORS, connected

if TYPE_CHECKING:
    from docgen.services.office import Office

KEEPER = Person(
    key="kim", name="Kim Keeper", email="kim@example.org", roles=frozenset({Role.ADMINISTRATOR})
)


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_service_that_answers_works(office: Office, name: str) -> None:
    """It knows no such envelope, which is the answer hoped for; none is made there."""
    with connected(office, name) as (site, vendor):
        trial = try_out(site, Neighbor.SIGNING, KEEPER, name)
        assert (trial.works, trial.words) == (True, "The signing service answered.")
        assert vendor.exchanges
        assert not vendor.envelopes
        assert not vendor.faults


@pytest.mark.parametrize("kind", [Trouble.EXPIRED, Trouble.BROKEN, Trouble.BLANK])
@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_service_that_does_not_is_said_to(office: Office, name: str, kind: Trouble) -> None:
    """In a sentence, and never by an error of ours."""
    with connected(office, name) as (site, vendor):
        vendor.trouble(kind, times=20)
        trial = try_out(site, Neighbor.SIGNING, KEEPER, name)
        assert not trial.works
        assert trial.words.endswith(".")
