"""The fake keeps the port's promises, and the same answer for the same question."""

from __future__ import annotations

import pytest

from docgen.errors import ServiceUnavailable
from integrations.system.clock import StandingClock
from integrations.timestamp.fake import FakeTimeStamper
from tests.contracts.timestamper import NOW, TimeStamperContract, request


class TestFakeTimeStamper(TimeStamperContract):
    @pytest.fixture
    def stamper(self) -> FakeTimeStamper:
        """Give the fake."""
        return FakeTimeStamper(StandingClock(NOW))

    @pytest.fixture
    def root(self) -> bytes:
        """Give its certificate."""
        return FakeTimeStamper(StandingClock(NOW)).root

    def test_same_question_same_answer(self, stamper: FakeTimeStamper) -> None:
        """Two fakes of one word answer alike, byte for byte; of another word, otherwise."""
        twin = FakeTimeStamper(StandingClock(NOW))
        other = FakeTimeStamper(StandingClock(NOW), word="other")
        assert stamper.respond(request()) == twin.respond(request())
        assert stamper.respond(request()) != other.respond(request())

    def test_an_outage_can_be_played(self) -> None:
        """An unreachable authority raises what the real one would."""
        stamper = FakeTimeStamper(StandingClock(NOW), outage=True)
        with pytest.raises(ServiceUnavailable):
            stamper.respond(request())

    def test_it_says_that_it_is_for_development(self, stamper: FakeTimeStamper) -> None:
        """Nobody takes it for real."""
        assert stamper.development is True
