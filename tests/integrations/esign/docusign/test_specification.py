"""Whatever passes between the adapter and the simulator fits what DocuSign published."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import digest_of
from docgen.ports.esign import NewRecipient
from integrations.simulators.wire import Answered, Exchange
from integrations.system.clock import StandingClock
from tests.contracts.esign import AT, HOME, invited, two_of_each
from tests.integrations.esign.docusign import test_contract as contract
from tests.integrations.esign.published import Published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integrations.simulators.kit import Simulator

PUBLISHED = Published("docusign", "/restapi")
OWN = {"/oauth/token", "/oauth/userinfo"}  # of another document, about authentication


@pytest.fixture(scope="module")
def run() -> Iterator[Simulator]:
    """Go the whole way: send, find, view, sign, remind, reassign, void, download."""
    suite = contract.TestDocusign()
    suite.clock, suite.pauses = StandingClock(AT), []
    with suite.simulated(suite.clock) as running:
        service = suite.connected(running)
        sent = service.send(two_of_each())
        service.find(digest_of("k1"))
        suite.clock.advance(timedelta(days=8))  # past the days for which a transaction is known
        service.find(digest_of("k1"))
        service.remind(sent, "practice_1")
        running.view(sent, "practice_1@example.org")
        new = NewRecipient(name="Ann Other", title="Dean", email="ann@example.org")
        service.reassign(sent, "pso", new)
        running.sign_all(sent)
        service.download(sent)
        service.records(sent)
        service.signing_link(service.send(invited(two_of_each("k4"))), "practice_1", HOME)
        service.void(service.send(two_of_each("k2")), "Too early")
        other = service.send(two_of_each("k3"))
        running.decline(other, "practice_1@example.org", "No")
        service.fetch(other)
        yield running


def exchanges(run: Simulator) -> list[Exchange]:
    """List the exchanges of the API itself."""
    return [item for item in run.exchanges if item.asked.path not in OWN]


def test_every_exchange_is_as_published(run: Simulator) -> None:
    """Paths, queries, bodies and answers of a whole run."""
    assert [wrong for item in exchanges(run) for wrong in PUBLISHED.misfits(item)] == []
    assert run.faults == []


def test_the_run_uses_every_operation(run: Simulator) -> None:
    """Nothing of the cut description is left untried."""
    assert PUBLISHED.unused(exchanges(run)) == set()


def test_a_field_nobody_published_is_a_misfit(run: Simulator) -> None:
    """The control."""
    first = next(item for item in exchanges(run) if item.answered.status == 200)
    wrong = Exchange(asked=first.asked, answered=Answered(body={"invented": "yes"}))
    assert PUBLISHED.misfits(wrong)
