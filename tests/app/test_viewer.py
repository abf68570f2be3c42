"""What the server gives for a PDF's pages: PDF.js as it was released, a strict policy, the right bytes."""

from __future__ import annotations

import gzip
import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import sha256_hex
from docgen.web.asset import asset_url
from docgen.web.headers import POLICY
from tests.app.signing_site import FIRST, SECOND, Site, consent, identify, sign_wholly

if TYPE_CHECKING:
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

PDFJS = files("docgen.web") / "assets" / "pdfjs"
RELEASED = re.compile(r"^\| (\S+\.js) \| (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE)
PARTS = (
    "pdf.min.mjs",
    "pdf.worker.min.mjs",
    "jbig2_nowasm_fallback.js",
    "openjpeg_nowasm_fallback.js",
)
EVALUATES = re.compile(rb"\beval\(|new Function\(|\.wasm\.instantiate|importScripts\(")


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


def test_pdfjs_is_as_it_was_released() -> None:
    """Each file has the digest that the page beside it names, and none is without a line there."""
    lines = RELEASED.findall((PDFJS / "README.md").read_text("utf-8"))
    there = {
        item.name: sha256_hex(item.read_bytes())
        for item in PDFJS.iterdir()
        if item.name.endswith(".js")
    }
    assert {name: digest for name, _, digest in lines} == there
    assert {place.rpartition("/")[2] for _, place, _ in lines} == set(PARTS)


def test_pdfjs_cannot_evaluate_text() -> None:
    """The release has no call left that makes code of text."""
    for item in PDFJS.iterdir():
        if item.name.endswith(".js"):
            assert EVALUATES.findall(item.read_bytes()) == [], item.name


def test_the_policy_lets_only_our_own_files_work() -> None:
    """Script and worker from this site; nothing inline, evaluated, compiled, or of another scheme."""
    rules = dict(item.strip().split(" ", 1) for item in POLICY.split(";"))
    assert rules["default-src"] == "'none'"
    for name in ("script-src", "worker-src", "connect-src", "style-src", "img-src", "font-src"):
        assert rules[name] == "'self'", name
    assert not re.search(r"unsafe|blob:|data:|https?:|\*", POLICY)
    assert not {"frame-src", "child-src", "object-src"} & set(rules)


@pytest.mark.parametrize("name", [*PARTS, "viewer.js", "viewer.css"])
def test_each_part_is_served(site: Site, name: str) -> None:
    """As script or style, to keep for ever, small where the browser takes it small."""
    plain = site.client().get(asset_url(name))
    small = site.client().get(asset_url(name), headers={"accept-encoding": "gzip"})
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    assert plain["Content-Type"] == f"{kind}; charset=utf-8"
    assert "immutable" in plain["Cache-Control"]
    assert "worker-src 'self'" in plain["Content-Security-Policy"]  # it governs the worker itself
    assert small["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain.content
    assert len(small.content) < len(plain.content)


def test_the_parts_of_pdfjs_share_one_place() -> None:
    """Its parts ask for each other by name, so the version in their addresses is one."""
    assert len({asset_url(name).rpartition("/")[0] for name in PARTS}) == 1


def test_the_page_names_the_bytes_its_form_names(site: Site) -> None:
    """One digest in the form, in the viewer and in the address; by it come those very bytes."""
    envelope = site.send()
    browser = identify(site, envelope)
    consent(browser, envelope)
    page = browser.get(f"/signing/{envelope}/read/psa").content.decode()
    (psa, _) = site.office.ledger.ceremonies.get(envelope).documents
    assert f'name="shown" value="{psa.current_sha256}"' in page
    assert f'data-sha256="{psa.current_sha256}"' in page
    (address,) = re.findall(r'data-pdf="([^"]+)"', page)
    assert address == f"/signing/{envelope}/documents/psa.pdf?shown={psa.current_sha256}"
    assert sha256_hex(browser.get(address).content) == psa.current_sha256
    for part in re.findall(r'data-(?:reader|worker)="([^"]+)"', page):
        assert browser.get(part).status_code == 200


def test_other_bytes_are_not_served_in_their_place(site: Site) -> None:
    """A page opened before the practice signed does not get the signed file under the old digest."""
    envelope = site.send()
    before = site.office.ledger.ceremonies.get(envelope).documents[0].current_sha256
    sign_wholly(site, envelope, FIRST)
    browser = identify(site, envelope, SECOND)
    at = f"/signing/{envelope}/documents/psa.pdf"
    after = site.office.ledger.ceremonies.get(envelope).documents[0].current_sha256
    assert before != after
    refused = browser.get(f"{at}?shown={before}")
    assert refused.status_code == 409
    assert "has changed since the page was opened" in refused.content.decode()
    assert browser.get(f"{at}?shown={after}").status_code == 200
    assert browser.get(at).status_code == 200


def test_copies_come_when_nothing_is_left_to_do(site: Site) -> None:
    """Before signing the way leads to the reading page; after it, to the pages as they now are."""
    envelope = site.send()
    at = f"/signing/{envelope}/copies/psa"
    assert identify(site, envelope).get(at)["Location"] == f"/signing/{envelope}/read/psa"
    browser = sign_wholly(site, envelope, FIRST)
    page = browser.get(at).content.decode()
    document = site.office.ledger.ceremonies.get(envelope).documents[0]
    assert f'data-sha256="{document.current_sha256}"' in page
    assert "Open or print the PDF" in page
    assert browser.get(f"/signing/{envelope}/copies/none").status_code == 404
