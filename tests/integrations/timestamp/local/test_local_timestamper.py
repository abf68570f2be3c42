"""The development authority keeps the port's promises."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from integrations.sign.authority import LocalAuthority
from integrations.system.clock import StandingClock
from integrations.timestamp.local import LocalTimeStamper
from tests.contracts.timestamper import NOW, TimeStamperContract, request, stamped

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    """Make an authority."""
    return LocalAuthority.open_or_create(tmp_path_factory.mktemp("ca") / "ca", at=NOW)


class TestLocalTimeStamper(TimeStamperContract):
    @pytest.fixture
    def stamper(self, authority: LocalAuthority) -> LocalTimeStamper:
        """Give the stamper."""
        return LocalTimeStamper(authority.stamping, StandingClock(NOW))

    @pytest.fixture
    def root(self, authority: LocalAuthority) -> bytes:
        """Give the authority's root."""
        return authority.roots[0]

    def test_it_says_what_the_injected_clock_says(self, authority: LocalAuthority) -> None:
        """The machine's own clock never shows."""
        clock = StandingClock(NOW)
        stamper = LocalTimeStamper(authority.stamping, clock)
        clock.advance(timedelta(days=2, microseconds=7))
        assert stamped(stamper.respond(request()))["gen_time"].native == NOW + timedelta(days=2)

    def test_it_says_that_it_is_for_development(self, stamper: LocalTimeStamper) -> None:
        """`docgen check --deploy` can tell."""
        assert stamper.development is True
        assert stamper.key == "local"


def test_a_rotated_authority_stamps_with_the_new_key(tmp_path: Path) -> None:
    """After rotation another certificate signs, under the same root."""
    old = LocalAuthority.open_or_create(tmp_path / "ca", at=NOW)
    new = old.rotate(at=NOW + timedelta(days=1))
    assert old.stamping.certificate != new.stamping.certificate
    assert old.roots == new.roots
