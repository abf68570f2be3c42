"""However an envelope stands, its link leads to a page that says so and helps; nothing more is done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from docgen.domain.person import Person, Role
from docgen.domain.signing import Signal
from docgen.services.ceremony.finish import end_envelope, expire_envelopes
from docgen.services.ceremony.refer import MOST_REPORTS
from docgen.services.sweep import run_due
from tests.app.signing_site import (
    FIRST,
    SECOND,
    Site,
    arrive,
    consent,
    envelope_document,
    identify,
    read,
    ready_to_sign,
    recipients,
    sign,
    sign_wholly,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site with one coordinator, on an otherwise empty database."""
    site = Site.of(office, clock)
    with site.office.ledger.transaction():
        for key, role in (("coordinator", Role.COORDINATOR), ("counsel", Role.LEGAL_APPROVER)):
            site.office.ledger.people.put(
                Person(
                    key=key, name=key.title(), email=f"{key}@example.org", roles=frozenset({role})
                )
            )
    return site


def expire(site: Site, envelope: str) -> None:
    """Let the time for signing run out and the sweep see it."""
    site.clock.advance(timedelta(days=30, seconds=1))
    assert expire_envelopes(site.office) == 1
    assert site.office.ledger.ceremonies.get(envelope).ended is Signal.EXPIRED


def run_out(site: Site, envelope: str) -> None:
    """Let the time run out before any sweep."""
    site.clock.advance(timedelta(days=30, seconds=1))
    assert site.office.ledger.ceremonies.get(envelope).ended is None


def void(site: Site, envelope: str) -> None:
    """Withdraw the envelope."""
    end_envelope(site.office, envelope, Signal.VOIDED, "sent too early")


def fail(site: Site, envelope: str) -> None:
    """Let the envelope fail."""
    end_envelope(site.office, envelope, Signal.FAILED, "")


def declined(site: Site, envelope: str) -> None:
    """Decline as the person."""
    browser = ready_to_sign(site, envelope)
    browser.post(f"/signing/{envelope}/decline", {"reason": "Please change Section 4."})


def declined_by_other(site: Site, envelope: str) -> None:
    """Sign as the first, decline as the second."""
    sign_wholly(site, envelope, FIRST)
    browser = ready_to_sign(site, envelope, SECOND)
    browser.post(f"/signing/{envelope}/decline", {"reason": "The legal name is not ours."})


def signed(site: Site, envelope: str) -> None:
    """Sign as the first."""
    sign_wholly(site, envelope, FIRST)


ENDINGS = [
    (expire, "The time for signing ran out", False),
    (run_out, "The time for signing ran out", False),
    (void, "This packet was withdrawn", False),
    (fail, "This packet cannot be finished", False),
    (declined, "Nothing was signed here", False),
    (declined_by_other, "This packet is closed", True),
    (signed, "You have signed", True),
]


def named(value: object) -> str:
    """Name a case without what differs from process to process."""
    return getattr(value, "__name__", str(value))[:30]


@pytest.mark.parametrize(("end", "heading", "may_enter"), ENDINGS, ids=named)
def test_the_link_of_a_closed_packet_helps(
    site: Site, end: Callable[[Site, str], None], heading: str, *, may_enter: bool
) -> None:
    """It says how things stand and whom to call; a code is offered only for copies of one's own."""
    envelope = site.send()
    token = site.token(envelope)
    end(site, envelope)
    browser = site.client()
    page = browser.get(f"/sign/{token}", follow=True)
    text = page.content.decode()
    assert page.status_code == 200
    assert f"<h1>{heading}</h1>" in text
    assert "tel:" in text
    assert ("E-mail me" in text) is may_enter
    assert "I am not the person" not in text
    answer = browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    assert answer.status_code == (302 if may_enter else 409)


@pytest.mark.parametrize(("end", "heading", "_may_enter"), ENDINGS[:4], ids=named)
def test_a_packet_that_ends_under_the_signer_takes_no_more(
    site: Site, end: Callable[[Site, str], None], heading: str, *, _may_enter: bool
) -> None:
    """Whoever has a page open when the packet ends signs nothing and reads why."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    name = f"session-{envelope}"
    end(site, envelope)
    if "time" in heading:  # the session is over too, so the person comes by the link
        assert sign(site, browser, envelope).status_code == 404
        assert heading in arrive(site, envelope).get(f"/signing/{envelope}").content.decode()
    else:
        answer = sign(site, browser, envelope)
        assert answer.status_code == 409
        assert "no longer open for your signature" in answer.content.decode()
        done = browser.get(f"/signing/{envelope}/next", follow=True)
        assert heading in done.content.decode()
        assert "Your copies" not in done.content.decode()
        for page in ("consent", "read/psa", "decline", "paper"):
            post = browser.post(f"/signing/{envelope}/{page}", {"agree": "yes", "reason": "x"})
            assert post.status_code == 302
    assert browser.cookies[name]
    assert site.signer(envelope).signed_at is None
    assert "signer.declined" not in site.history()


def test_declining_closes_the_packet_and_tells_the_coordinator(site: Site) -> None:
    """The reason is kept and mailed to the coordinator alone; the other signer's packet is closed."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    empty = browser.post(f"/signing/{envelope}/decline", {"reason": "  "})
    assert empty.status_code == 409
    long = browser.post(f"/signing/{envelope}/decline", {"reason": "x" * 2001})
    assert long.status_code == 409
    assert site.office.ledger.ceremonies.get(envelope).ended is None
    reason = "Section 4 does not fit:\n<b>twelve</b> months\x00"
    answer = browser.post(f"/signing/{envelope}/decline", {"reason": reason}, follow=True)
    assert b"Nothing was signed here" in answer.content
    ceremony = site.office.ledger.ceremonies.get(envelope)
    assert (ceremony.ended, ceremony.reason) == (Signal.DECLINED, reason.rstrip("\x00"))
    assert site.history().count("signer.declined") == 1
    run_due(site.office)  # as workers do on PostgreSQL
    told = [item for item in site.mailer.sent if item.key.startswith("notice.")]
    assert [item.to_address for item in told] == ["coordinator@example.org"]
    assert "Section 4 does not fit" in told[0].text
    assert "<b>twelve" not in told[0].html
    again = browser.post(f"/signing/{envelope}/decline", {"reason": "again"})
    assert again.status_code == 302
    assert site.history().count("signer.declined") == 1


def test_paper_is_one_choice_away_and_told(site: Site) -> None:
    """From every page of the ceremony paper can be chosen; the coordinator is asked to send it."""
    envelope = site.send()
    browser = identify(site, envelope)
    for page in ("consent", "read/psa", "sign"):
        if page == "read/psa":
            consent(browser, envelope)
        if page == "sign":
            read(site, browser, envelope, "psa")
            read(site, browser, envelope, "baa")
        text = browser.get(f"/signing/{envelope}/{page}").content.decode()
        assert f'href="/signing/{envelope}/paper"' in text
        assert f'href="/signing/{envelope}/decline"' in text
    assert browser.get(f"/signing/{envelope}/paper").status_code == 200
    assert site.office.ledger.ceremonies.get(envelope).ended is None
    answer = browser.post(f"/signing/{envelope}/paper", follow=True)
    assert b"Nothing was signed here" in answer.content
    assert "signer.asked_for_paper" in site.history()
    run_due(site.office)  # as workers do on PostgreSQL
    told = [item.text for item in site.mailer.sent if item.key.startswith("notice.")]
    assert len(told) == 1
    assert "asked to sign on paper" in told[0]


def test_the_wrong_person_says_so_and_nothing_else_happens(site: Site) -> None:
    """The hint reaches history and coordinator, the link keeps working, repetition is bounded."""
    envelope = site.send()
    browser = arrive(site, envelope)
    long = browser.post(f"/signing/{envelope}/not-me", {"who": "x" * 501})
    assert long.status_code == 409
    for _ in range(MOST_REPORTS + 2):
        answer = browser.post(f"/signing/{envelope}/not-me", {"who": "Ask <i>Kim</i> Example"})
        assert b"The coordinator is told" in answer.content
    run_due(site.office)
    assert site.history().count("signer.says_other_person") == MOST_REPORTS
    told = [item for item in site.mailer.sent if item.key.startswith("notice.")]
    assert len(told) == 1
    assert "Ask <i>Kim</i> Example" in told[0].text
    assert "<i>Kim" not in told[0].html
    sign_wholly(site, envelope)


def test_without_cookies_the_page_says_what_to_do(site: Site) -> None:
    """A browser that keeps no cookies is told so instead of going round in circles."""
    envelope = site.send()
    answer = site.client().get(f"/signing/{envelope}")
    assert answer.status_code == 404
    assert b"your browser keeps no cookies" in answer.content


def test_a_live_session_goes_on_without_a_new_code(site: Site) -> None:
    """Who opens the link again in the same browser simply continues; elsewhere a code is needed."""
    envelope = site.send()
    browser = identify(site, envelope)
    again = browser.get(f"/sign/{site.token(envelope)}", follow=True).content.decode()
    assert "Continue where you left off" in again
    assert (
        "Continue where you left off"
        not in arrive(site, envelope).get(f"/signing/{envelope}").content.decode()
    )


def test_each_person_hears_who_signs_next(site: Site) -> None:
    """The first signer reads who follows, the last that nobody does."""
    envelope = site.send(documents=(envelope_document("psa", "Agreement"),))
    first = sign_wholly(site, envelope, FIRST)
    assert b"Next to sign: <bdi>Example PSO</bdi>" in first.get(f"/signing/{envelope}/done").content
    second = arrive(site, envelope, SECOND)
    assert b"yours is the last signature" in second.get(f"/signing/{envelope}").content


def test_letters_name_whom_to_call_and_hold_no_other_secret(site: Site) -> None:
    """Invitations hold the link but no code, codes no link; each says whom to call and is dated."""
    envelope = site.send(recipients("Dana <b>Example</b>"))
    identify(site, envelope)
    invitation, code = site.mailer.sent
    assert "/sign/" in invitation.text
    assert "/sign/" not in code.text + code.html
    assert site.code(envelope) not in invitation.text + invitation.html
    assert site.code(envelope) not in code.subject
    for mail in (invitation, code):
        assert "(312) 555-0100" in mail.text
        assert "Dana <b>" not in mail.html
        assert mail.at == site.clock.now()


def test_letter_and_page_name_the_same_last_day(site: Site) -> None:
    """By the PSO's clock: what ends at two at night in UTC ends on the day before in Chicago."""
    site.clock.advance(timedelta(hours=14))
    envelope = site.send()
    last = (site.clock.now() + timedelta(days=30)).astimezone(ZoneInfo("America/Chicago"))
    assert last.day != (site.clock.now() + timedelta(days=30)).day
    words = f"{last:%B} {last.day}, {last.year}"
    assert f"Please sign by {words}." in site.letter(FIRST, envelope)
    page = arrive(site, envelope).get(f"/signing/{envelope}").content.decode()
    assert f"<dd>{words}</dd>" in page
