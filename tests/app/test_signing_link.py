"""The mailed link and the one-time code under attack; each attack has its control."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.services.ceremony.enter import MOST_CODES, MOST_TRIES
from docgen.services.ceremony.secret import link_token
from tests.app.signing_site import (
    MORE_PAGES,
    PAGES,
    SECOND,
    TOKEN,
    Site,
    arrive,
    ready_to_sign,
    sign_wholly,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks",
    "Barracuda Sentinel (EE)",
    "curl/8.5.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
)
FLIPS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "bcdefghijklmnopqrstuvwxyza")


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


@pytest.mark.parametrize("agent", SCANNERS)
def test_opening_the_link_changes_nothing(site: Site, agent: str) -> None:
    """Fifty GETs and HEADs by a mail scanner leave state, history, errands and letters as they were."""
    envelope = site.send()
    before, token = site.state(envelope), site.token(envelope)
    for count in range(50):
        browser = site.client()
        ask = browser.get if count % 2 else browser.head
        answer = ask(f"/sign/{token}", follow=True, headers={"user-agent": agent})
        assert answer.status_code == 200
        browser.get(f"/signing/{envelope}/code", headers={"user-agent": agent})
        browser.get(f"/signing/{envelope}/not-me", headers={"user-agent": agent})
        assert browser.options(f"/sign/{token}").status_code in {200, 405}
    assert site.state(envelope) == before
    assert site.signer(envelope).viewed_at is None
    sign_wholly(site, envelope)  # the control: the link still works for the person


def test_gets_inside_the_session_change_nothing(site: Site) -> None:
    """Not even the identified person's GETs record anything; only what they send does."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    before = site.state(envelope)
    for page in (*PAGES, *MORE_PAGES):
        for ask in (browser.get, browser.head):
            assert ask(f"/signing/{envelope}{page}").status_code in {200, 302}
    assert site.state(envelope) == before


def test_every_wrong_link_gives_the_same_answer(site: Site) -> None:
    """Unknown, mutated, borrowed, replaced and malformed tokens cannot be told apart."""
    envelope, other = site.send(), site.send()
    good = site.token(envelope)
    env, key, mac = good.split(".")
    secret = site.office.rules.link_secret
    wrong = (
        f"{env}.{key}.{mac.translate(FLIPS)}",
        f"{env}.{key}.{mac[:-1]}",
        f"{env}.{key}.{mac}=",
        f"{env}.{SECOND}.{mac}",
        f"{other}.{key}.{mac}",
        f"{env}.nobody.{mac}",
        f"env_unknown.{key}.{mac}",
        link_token(secret, env, key, 1),
        link_token(b"another secret", env, key, 0),
        good.upper(),
        good + ".",
        "..",
        "x",
        "%00.a.b",
        "٠.١.٢",
        "a" * 5000,
    )
    bodies = set()
    for token in wrong:
        answer = site.client().get(f"/sign/{token}")
        assert answer.status_code == 404, token
        bodies.add(answer.content)
        assert mac[:20] not in answer.content.decode()
    assert len(bodies) == 1
    assert site.client().get(f"/sign/{good}").status_code == 303


def test_a_link_is_256_bits_and_is_stored_nowhere(site: Site) -> None:
    """The token's last part decodes to 32 bytes, and no table holds it."""
    from django.apps import apps

    envelope = site.send()
    mac = site.token(envelope).rpartition(".")[2]
    assert len(mac) == 43
    for model in apps.get_app_config("ledger").get_models():
        for row in model._default_manager.values_list():
            assert mac not in repr(row)


def test_the_token_leaves_the_address_at_once(site: Site) -> None:
    """Only the mailed address holds the token: no page, form, redirect or later address does."""
    envelope = site.send()
    token = site.token(envelope)
    first = site.client().get(f"/sign/{token}")
    assert first.headers["Location"] == f"/signing/{envelope}"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    browser = ready_to_sign(site, envelope)
    for page in (*PAGES, *MORE_PAGES):
        answer = browser.get(f"/signing/{envelope}{page}")
        assert TOKEN.search(answer.content.decode("latin-1")) is None
        assert TOKEN.search(answer.headers.get("Location", "")) is None


def give_code(_site: Site, browser: object, envelope: str, code: str) -> HttpResponse:
    """Send a code."""
    answer: HttpResponse = browser.post(f"/signing/{envelope}/code", {"code": code})  # type: ignore[attr-defined]
    return answer


def wrong_code(site: Site, envelope: str) -> str:
    """Make a code that is not the one sent."""
    return f"{(int(site.code(envelope)) + 1) % 1_000_000:06d}"


def test_guessing_a_code_is_stopped(site: Site) -> None:
    """After five wrong tries even the right code is refused; a new code works."""
    envelope = site.send()
    browser = arrive(site, envelope)
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    for _ in range(MOST_TRIES):
        assert give_code(site, browser, envelope, wrong_code(site, envelope)).status_code == 409
    assert give_code(site, browser, envelope, site.code(envelope)).status_code == 409
    assert site.signer(envelope).identified_at is None
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    assert give_code(site, browser, envelope, site.code(envelope)).status_code == 302


def test_four_wrong_tries_still_leave_the_right_one(site: Site) -> None:
    """The control: a person may mistype."""
    envelope = site.send()
    browser = arrive(site, envelope)
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    for _ in range(MOST_TRIES - 1):
        give_code(site, browser, envelope, wrong_code(site, envelope))
    spaced = f" {site.code(envelope)[:3]} {site.code(envelope)[3:]} "
    assert give_code(site, browser, envelope, spaced).status_code == 302


def test_codes_run_out(site: Site) -> None:
    """With one link ten codes are mailed and no more."""
    envelope = site.send()
    browser = arrive(site, envelope)
    for _ in range(MOST_CODES):
        assert browser.post(f"/signing/{envelope}/code", {"send": "yes"}).status_code == 302
    letters = len(site.mailer.sent)
    assert browser.post(f"/signing/{envelope}/code", {"send": "yes"}).status_code == 409
    assert len(site.mailer.sent) == letters


def test_codes_grow_old_and_work_once(site: Site) -> None:
    """A code is good for ten minutes and for one session; an older code is none."""
    envelope = site.send()
    browser = arrive(site, envelope)
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    first = site.code(envelope)
    site.clock.advance(timedelta(minutes=10, seconds=1))
    assert give_code(site, browser, envelope, first).status_code == 409
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    second = site.code(envelope)
    assert give_code(site, browser, envelope, first).status_code == 409
    site.clock.advance(timedelta(minutes=9, seconds=59))
    assert give_code(site, browser, envelope, second).status_code == 302
    assert give_code(site, site.client(), envelope, second).status_code == 404
    assert give_code(site, arrive(site, envelope), envelope, second).status_code == 409


@pytest.mark.parametrize("code", ["", "000000 or 1=1", "١٢٣٤٥٦", "1" * 100_000, "\x00", "-1"])
def test_a_strange_code_is_only_wrong(site: Site, code: str) -> None:
    """Whatever is sent as a code: refused in words."""
    envelope = site.send()
    browser = arrive(site, envelope)
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    assert give_code(site, browser, envelope, code).status_code == 409


def test_nobody_asks_for_codes_out_of_turn(site: Site) -> None:
    """The second signer's link, were it known early, gives no code."""
    envelope = site.send()
    token = link_token(site.office.rules.link_secret, envelope, SECOND, 0)
    browser = site.client()
    assert b"Not your turn yet" in browser.get(f"/sign/{token}", follow=True).content
    assert browser.post(f"/signing/{envelope}/code", {"send": "yes"}).status_code == 409
    assert site.history() == ["envelope.opened", "signer.invited"]
