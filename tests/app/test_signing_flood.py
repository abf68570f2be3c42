"""One client trying too often is refused, whatever it claims to be; everybody else is served."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from docgen.services.ceremony.flood import (
    MOST,
    MOST_COUNTED,
    PERIOD,
    FloodGate,
    MemoryFloodCounts,
    Tried,
    client_of,
)
from tests.app.signing_site import Site, arrive, identify, sign_wholly

if TYPE_CHECKING:
    from django.test import Client

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

ATTACKER, PERSON, PROXY = "198.51.100.7", "203.0.113.20", "192.0.2.10"


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


@pytest.fixture
def behind(site: Site) -> Site:
    """Give the site behind a proxy that its settings name."""
    rules = replace(site.office.rules, trusted_proxies=(ip_network(f"{PROXY}/32"),))
    site.office = replace(site.office, rules=rules)
    return site


def browser_at(site: Site, address: str, forwarded: str = "") -> Client:
    """Give a browser whose requests come from this address, with this said by X-Forwarded-For."""
    browser = site.client()
    browser.defaults["REMOTE_ADDR"] = address
    if forwarded:
        browser.defaults["HTTP_X_FORWARDED_FOR"] = forwarded
    return browser


def open_wrong_links(site: Site, address: str, times: int, forwarded: str = "") -> int:
    """Open links that are not valid; give the last answer's status."""
    status = 0
    for number in range(times):
        browser = browser_at(site, address, forwarded.format(number))
        status = browser.get(f"/sign/env_1.practice_1.{number:043d}").status_code
    return status


def test_guessing_links_is_refused_for_a_while(site: Site) -> None:
    """After sixty wrong links not even a right one opens, from there; elsewhere and later it does."""
    token = site.token(site.send())
    assert open_wrong_links(site, ATTACKER, MOST[Tried.LINK]) == 404
    refused = browser_at(site, ATTACKER).get(f"/sign/{token}")
    assert refused.status_code == 429
    assert "Please wait 10 minutes" in refused.content.decode()
    assert browser_at(site, PERSON).get(f"/sign/{token}").status_code == 303
    site.clock.advance(PERIOD)
    assert browser_at(site, ATTACKER).get(f"/sign/{token}").status_code == 303


def test_right_links_are_never_counted(site: Site) -> None:
    """A hospital's mail scanner opens every link many times; the person still gets in."""
    envelope = site.send()
    token = site.token(envelope)
    for _ in range(MOST[Tried.LINK] + 5):
        assert browser_at(site, PERSON).get(f"/sign/{token}").status_code == 303
    sign_wholly(site, envelope)


def test_guessing_codes_over_many_envelopes_is_refused(site: Site) -> None:
    """Each envelope's own limit is not reached; the client's is, and then the right code fails too."""
    envelopes = [site.send() for _ in range(MOST[Tried.ANSWER] // 3 + 1)]
    statuses = []
    for envelope in envelopes:
        browser = arrive(site, envelope, client=browser_at(site, ATTACKER))
        # Codes are asked for elsewhere, so that only answers count here.
        asking = arrive(site, envelope, client=browser_at(site, PERSON))
        asking.post(f"/signing/{envelope}/code", {"send": "yes"})
        wrong = f"{(int(site.code(envelope)) + 1) % 1_000_000:06d}"
        statuses += [
            browser.post(f"/signing/{envelope}/code", {"code": wrong}).status_code for _ in range(3)
        ]
    assert statuses[: MOST[Tried.ANSWER]] == [409] * MOST[Tried.ANSWER]
    assert set(statuses[MOST[Tried.ANSWER] :]) == {429}
    last, code = envelopes[-1], site.code(envelopes[-1])
    attacker = arrive(site, last, client=browser_at(site, ATTACKER))
    assert attacker.post(f"/signing/{last}/code", {"code": code}).status_code == 429
    person = arrive(site, last, client=browser_at(site, PERSON))
    assert person.post(f"/signing/{last}/code", {"code": code}).status_code == 302


def test_nobody_has_letters_sent_without_end(site: Site) -> None:
    """Somebody who holds many links has at most thirty codes mailed in ten minutes."""
    asked = 0
    statuses = []
    while asked < MOST[Tried.CODE] + 10:
        envelope = site.send()
        browser = arrive(site, envelope, client=browser_at(site, ATTACKER))
        for _ in range(5):
            asked += 1
            answer = browser.post(f"/signing/{envelope}/code", {"send": "yes"})
            statuses.append(answer.status_code)
    mailed = [item for item in site.mailer.sent if item.key.startswith("code.")]
    assert len(mailed) == MOST[Tried.CODE]
    assert statuses.count(429) == 10
    identify(site, site.send(), client=browser_at(site, PERSON))  # the control


def test_this_very_machine_is_no_client(site: Site) -> None:
    """Behind a proxy that the settings do not name, one count for everybody would lock all out."""
    assert open_wrong_links(site, "127.0.0.1", MOST[Tried.LINK] + 5) == 404
    assert open_wrong_links(site, "127.0.0.1", MOST[Tried.LINK] + 5, ATTACKER) == 404
    assert open_wrong_links(site, ATTACKER, MOST[Tried.LINK] + 1, "127.0.0.1") == 429


@pytest.mark.parametrize("claim", ["10.0.0.{}", "10.0.0.{}, 10.1.1.1", "203.0.113.{}"])
def test_a_claimed_address_helps_nobody(site: Site, claim: str) -> None:
    """Without a proxy in the settings, X-Forwarded-For is not read at all."""
    assert open_wrong_links(site, ATTACKER, MOST[Tried.LINK] + 1, claim) == 429
    assert open_wrong_links(site, PERSON, 1, ATTACKER) == 404


def test_behind_a_named_proxy_clients_are_told_apart(behind: Site) -> None:
    """The proxy's own entry counts: the attacker is refused, the person beside them is not."""
    assert open_wrong_links(behind, PROXY, MOST[Tried.LINK] + 1, ATTACKER) == 429
    assert open_wrong_links(behind, PROXY, 1, PERSON) == 404


def test_what_stands_before_the_proxys_entry_is_a_claim(behind: Site) -> None:
    """The attacker sends entries of their own, even the proxy's address; the last one counts."""
    for claim in ("10.9.9.{}, " + ATTACKER, PROXY + ", 10.9.9.{}, " + ATTACKER):
        assert open_wrong_links(behind, PROXY, MOST[Tried.LINK] + 1, claim) == 429


def test_a_proxy_that_nobody_named_is_a_client(behind: Site) -> None:
    """Requests that go past the proxy count for who sent them."""
    assert open_wrong_links(behind, ATTACKER, MOST[Tried.LINK] + 1, "10.0.0.{}") == 429
    assert open_wrong_links(behind, PROXY, 1, PERSON) == 404


@pytest.mark.parametrize("said", ["", "nonsense", "unknown", "1.2.3.4:99", "\x00", ","])
def test_a_proxy_that_says_nothing_useful_stands_for_its_clients(behind: Site, said: str) -> None:
    """Nothing fails; all of them share one count."""
    assert open_wrong_links(behind, PROXY, MOST[Tried.LINK] + 1, said) == 429


def test_the_history_keeps_the_client_not_the_proxy(behind: Site) -> None:
    """The address claimed by the signer's side is the one the named proxy vouched for."""
    envelope = behind.send()
    identify(behind, envelope, client=browser_at(behind, PROXY, f"10.9.9.9, {PERSON}"))
    (activity,) = [
        item
        for item in behind.office.ledger.history.of("pkt_1")
        if item.kind == "signer.identified"
    ]
    assert activity.details["claimed_client"]["address"] == PERSON  # type: ignore[index]


def test_the_counts_do_not_grow_without_end(clock: StandingClock) -> None:
    """Another address for each try fills no memory, and the newest counts stay."""
    counts = MemoryFloodCounts()
    gate = FloodGate(counts)
    for number in range(MOST_COUNTED + 500):
        gate.count(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", Tried.LINK, clock.now())
    assert len(counts._counts) == MOST_COUNTED


def test_counts_begin_anew_after_their_time(clock: StandingClock) -> None:
    """Steady honest use below the limit is never refused."""
    gate = FloodGate()
    for _ in range(5 * MOST[Tried.CODE]):
        gate.refuse_flood(PERSON, Tried.CODE, clock.now())
        gate.count(PERSON, Tried.CODE, clock.now())
        clock.advance(timedelta(seconds=25))


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("127.0.0.1", ""),
        ("127.9.9.9", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", "unknown"),
        ("x", "unknown"),
    ],
)
def test_a_client_is_one_address_or_one_ipv6_network(address: str, client: str) -> None:
    """A subscriber with 2^64 addresses is one client."""
    assert client_of(address) == client
