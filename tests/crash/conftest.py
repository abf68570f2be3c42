"""What the crash tests need of the machine; where it is refused, that is said aloud."""

from __future__ import annotations

import os

import pytest

from tests.crash.permits import refused


def not_run(why: str) -> None:
    """Skip with words that the summary repeats; where CI=true, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"NOT RUN: {why}")
    pytest.skip(f"NOT RUN: {why}")


@pytest.fixture(scope="session")
def permitted() -> None:
    """Go on only where processes may be traced and a disk of our own be mounted."""
    why = refused()
    if why:
        not_run(why)
