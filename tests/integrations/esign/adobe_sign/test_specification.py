"""Whatever passes between the adapter and the simulator fits what is known of Acrobat Sign's API.

Adobe publishes no description that a program could read; this one is derived, see its source.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import digest_of
from docgen.ports.esign import NewRecipient
from integrations.simulators.wire import Answered, Exchange
from integrations.system.clock import StandingClock
from tests.contracts.esign import AT, HOME, invited, two_of_each
from tests.integrations.esign.adobe_sign import test_contract as contract
from tests.integrations.esign.published import Published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integrations.simulators.kit import Simulator

PUBLISHED = Published("adobe_sign", "/api/rest/v6")
# Adobe's guide has a participant's name in a new agreement; the derived description is older.
LATER = re.compile(
    r".*memberInfos.*Additional properties are not allowed \('name' was unexpected\)"
)


@pytest.fixture(scope="module")
def run() -> Iterator[Simulator]:
    """Go the whole way: send, find, view, sign, remind, reassign, link, void, download."""
    suite = contract.TestAdobeSign()
    suite.clock, suite.pauses = StandingClock(AT), []
    with suite.simulated(suite.clock) as running:
        service = suite.connected(running)
        sent = service.send(two_of_each())
        service.find(digest_of("k1"))
        suite.clock.advance(timedelta(hours=1))
        service.remind(sent, "practice_1")
        service.signing_link(service.send(invited(two_of_each("k4"))), "practice_1", HOME)
        running.view(sent, "practice_1@example.org")
        new = NewRecipient(name="Ann Other", title="Dean", email="ann@example.org")
        service.reassign(sent, "pso", new)
        running.sign_all(sent)
        service.download(sent)
        service.records(sent)
        service.void(service.send(two_of_each("k2")), "Too early")
        other = service.send(two_of_each("k3"))
        running.decline(other, "practice_1@example.org", "No")
        service.fetch(other)
        yield running


def test_every_exchange_is_as_described(run: Simulator) -> None:
    """Paths, queries, marks, bodies and answers of a whole run."""
    found = [wrong for item in run.exchanges for wrong in PUBLISHED.misfits(item)]
    assert [wrong for wrong in found if not LATER.fullmatch(wrong)] == []
    assert run.faults == []


def test_the_run_uses_every_operation(run: Simulator) -> None:
    """Nothing of the cut description is left untried."""
    assert PUBLISHED.unused(run.exchanges) == set()


def test_a_field_nobody_described_is_a_misfit(run: Simulator) -> None:
    """The control."""
    first = next(item for item in run.exchanges if item.asked.path.endswith("/members"))
    wrong = Exchange(asked=first.asked, answered=Answered(body={"invented": "yes"}))
    assert PUBLISHED.misfits(wrong)
