"""A simulated DocuSeal for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations.esign.docuseal.running import Running, running


@pytest.fixture
def docuseal() -> Iterator[Running]:
    """Run the simulator with the adapter's credentials."""
    with running() as both:
        yield both
