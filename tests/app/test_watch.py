"""What a site says to whoever watches it, and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.errors import StorageError
from docgen.services.answered import Answered
from tests.app.signing_site import Site

if TYPE_CHECKING:
    from docgen.ports.archive import Receipt
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

PROXY, STRANGER, PROMETHEUS = "192.0.2.10", "203.0.113.9", "198.51.100.40"


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


def watched_by(site: Site, *networks: str, proxies: tuple[str, ...] = ()) -> None:
    """Set whose networks may watch, and which proxies are believed."""
    rules = replace(
        site.office.rules,
        watchers=tuple(ip_network(item) for item in networks),
        trusted_proxies=tuple(ip_network(item) for item in proxies),
    )
    site.office = replace(site.office, rules=rules)


def status(site: Site, page: str, address: str, **headers: str) -> int:
    """Fetch a page from an address."""
    return int(site.client().get(page, REMOTE_ADDR=address, headers=headers).status_code)


@pytest.mark.parametrize("page", ["/readyz", "/metrics"])
def test_only_listed_networks_and_this_machine_may_look(site: Site, page: str) -> None:
    """A stranger is refused; a listed network, and loopback in each of its forms, is let in."""
    assert status(site, page, STRANGER) == 403
    assert status(site, page, PROMETHEUS) == 403
    for loopback in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        assert status(site, page, loopback) == 200
    watched_by(site, "198.51.100.32/28")
    assert status(site, page, PROMETHEUS) == 200
    assert status(site, page, STRANGER) == 403
    assert status(site, "/healthz", STRANGER) == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_lends_nobody_its_loopback(site: Site, header: str) -> None:
    """What a proxy on this machine passes on is not this machine's own, named or not."""
    assert status(site, "/metrics", "127.0.0.1") == 200
    assert status(site, "/metrics", "127.0.0.1", **{header: STRANGER}) == 403
    assert status(site, "/metrics", "127.0.0.1", **{header: "127.0.0.1"}) == 403


def test_a_named_proxy_is_believed_about_who_watches(site: Site) -> None:
    """Behind one, the client's own address decides, and a claim before it counts nothing."""
    watched_by(site, PROMETHEUS, proxies=(PROXY,))
    forwarded = "X-Forwarded-For"
    assert status(site, "/metrics", PROXY, **{forwarded: PROMETHEUS}) == 200
    assert status(site, "/metrics", PROXY, **{forwarded: STRANGER}) == 403
    assert status(site, "/metrics", PROXY, **{forwarded: f"{PROMETHEUS}, {STRANGER}"}) == 403
    assert status(site, "/metrics", PROXY) == 403


class Broken:
    """A store that cannot write."""

    key: ClassVar[str] = "broken"

    def put(self, data: bytes) -> Receipt:
        """Refuse."""
        raise StorageError("The archive could not write.")

    def faults(self) -> list[str]:
        """Name it."""
        return ["the archive cannot be written: free space on its disk"]


def test_readiness_names_what_is_amiss(site: Site) -> None:
    """A site that can work says so; a store that does not is named, with 503; nothing is stored."""
    before = sorted(site.office.work.put(b"before").location)
    page = site.client().get("/readyz")
    assert (page.status_code, page.content) == (200, b"ready\n")
    site.office = replace(site.office, archive=Broken())
    page = site.client().get("/readyz")
    assert (page.status_code, page.content) == (503, b"not ready: archive\n")
    assert site.client().get("/healthz").status_code == 200
    assert sorted(site.office.work.put(b"before").location) == before


def test_answers_are_counted_by_the_pattern_of_their_address(site: Site) -> None:
    """A refused callback is counted; no token, address or name of a page's visitor is ever told."""
    site.office = replace(site.office, answered=Answered())  # of this test's requests alone
    client = site.client()
    client.get("/sign/canary-token.and.more")
    client.post("/callbacks/embedded", data=b"canary-body", content_type="application/json")
    client.get("/canary-page")
    told = client.get("/metrics").content.decode()
    assert "canary" not in told
    assert "docgen_callbacks_refused_total 1" in told.splitlines()
    named = 'docgen_requests_total{route="callbacks/<slug:service>",method="POST",status="401"} 1'
    assert named in told.splitlines()
    assert 'docgen_request_seconds_count{route="sign/<str:token>"} 1' in told.splitlines()
