"""Every answer of the site: its headers, its markup, its errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docgen.services.sweep import sweep
from docgen.web.middleware import HEADERS
from tests.app.signing_site import (
    FIRST,
    MORE_PAGES,
    PAGES,
    SECOND,
    Site,
    ready_to_sign,
    sign_wholly,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


def every_answer(site: Site) -> dict[str, HttpResponse]:
    """Collect one answer of every kind: pages, redirects, refusals, errors, files."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    found = {page: browser.get(f"/signing/{envelope}{page}") for page in (*PAGES, *MORE_PAGES)}
    stranger = site.client(csrf=True)
    asset = re.search(rb'href="(/assets/[^"]+\.css)"', found["/sign"].content)
    assert asset is not None
    found["script"] = browser.get(
        re.search(rb'src="(/assets[^"]+)"', found["/sign"].content)[1].decode()
    )  # type: ignore[index]
    found["style"] = browser.get(asset[1].decode())
    found["refused"] = browser.post(f"/signing/{envelope}/sign", {})
    found["link"] = browser.get(f"/sign/{site.token(envelope)}")
    found["404"] = stranger.get("/no/such/page")
    found["wrong link"] = stranger.get("/sign/x")
    found["405"] = browser.post(f"/signing/{envelope}/done")
    found["403"] = stranger.post(f"/signing/{envelope}/sign")
    found["400"] = stranger.get("/health", headers={"host": "evil.example"})
    found["401"] = stranger.post("/callbacks/embedded")
    found["health"] = stranger.get("/health")
    found["500"] = broken(site).get("/health")
    return found


def broken(site: Site) -> object:
    """Give a client whose site fails inside, in a way nobody foresaw."""
    from django.test import Client

    class Broken:
        rules, pso, signer, ids, answered = (
            site.office.rules,
            site.office.pso,
            site.office.signer,
            site.office.ids,
            site.office.answered,
        )

        @property
        def ledger(self) -> object:
            raise ZeroDivisionError

    return Client(raise_request_exception=False, **{"docgen.office": Broken()})


def test_every_answer_carries_the_protective_headers(site: Site) -> None:
    """Pages, errors, files and callbacks alike; only the PDF and the link say a header of their own."""
    found = every_answer(site)
    for status in ("400", "401", "403", "404", "405", "500"):
        assert found[status].status_code == int(status)
    for what, answer in found.items():
        for name, value in HEADERS.items():
            own = {
                ("/documents/psa.pdf", "Content-Security-Policy"),
                ("link", "Referrer-Policy"),
                ("style", "Cache-Control"),
                ("script", "Cache-Control"),
            }
            if (what, name) not in own:
                assert answer.headers[name] == value, (what, name)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Request-Id"]
        assert "Server" not in answer.headers


def test_no_page_holds_script_style_or_foreign_things(site: Site) -> None:
    """No inline script, no inline style, no handler, and no address outside this site."""
    for what, answer in every_answer(site).items():
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        text = answer.content.decode()
        assert not re.search(
            r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=|javascript:", text
        )
        for address in re.findall(r'(?:src|href|action)="([^"]*)"', text):
            assert address.startswith(("/", "#", "tel:", "mailto:")), (what, address)
            assert not address.startswith("//")
        assert "http://" not in text.replace("http://testserver", "")
        assert "https://" not in text


def test_errors_tell_nothing_of_the_inside(site: Site) -> None:
    """An unforeseen failure shows a sentence and a number to mention, no class, file or value."""
    answer = broken(site).get("/health")  # type: ignore[attr-defined]
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong" in text
    assert answer.headers["X-Request-Id"] in text
    assert not re.search(r"ZeroDivision|Traceback|docgen/|\.py", text)


def test_health_reads_the_database(site: Site) -> None:
    """It answers ok, to GET and HEAD only."""
    assert site.client().get("/health").content == b"ok\n"
    assert site.client().head("/health").status_code == 200
    assert site.client().post("/health").status_code == 405


def test_the_sweep_still_brings_a_quiet_site_to_rest(site: Site) -> None:
    """After a whole ceremony the only errands left are callbacks, which need the served site."""
    envelope = site.send()
    sign_wholly(site, envelope, FIRST)
    sign_wholly(site, envelope, SECOND)
    swept = sweep(site.office, reconcile=False)
    assert all(item.startswith("callback") for item in swept.failures)
