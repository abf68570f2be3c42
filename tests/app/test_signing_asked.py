"""The signing page on which a signer names who signs instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.services.sweep import run_due
from tests.app.signing_site import Site, arrive, sign_wholly

if TYPE_CHECKING:
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

ADA = {"name": "Ada Example", "title": "CEO", "email": "ada@example.org", "who": "She signs."}


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


def test_a_named_person_is_asked_for_and_the_link_keeps_working(site: Site) -> None:
    """Twice sent is once asked; the old link still signs."""
    envelope = site.send()
    browser = arrive(site, envelope)
    for _ in range(2):
        answer = browser.post(f"/signing/{envelope}/not-me", ADA)
        assert b"The coordinator is told" in answer.content
    run_due(site.office)
    assert site.history().count("signer.asked_to_reassign") == 1
    assert "signer.reassigned" not in site.history()
    sign_wholly(site, envelope)


def test_what_cannot_be_used_is_said_and_kept_in_the_boxes(site: Site) -> None:
    """A shared mailbox is refused; what was typed stays."""
    envelope = site.send()
    browser = arrive(site, envelope)
    wrong = ADA | {"email": "info@example.org"}
    answer = browser.post(f"/signing/{envelope}/not-me", wrong)
    assert answer.status_code == 409
    assert b"Several people" in answer.content
    assert b'value="Ada Example"' in answer.content
    assert "signer.asked_to_reassign" not in site.history()
