"""Every page that somebody can reach by links, for each role: found, in order, and leading somewhere.

The crawl begins where a person begins and follows every link of the same site, breadth first, on the
desk of tests/pictures/stock.py. It also looks at every page's HTML (tests/documents/page_faults.py),
and counts what each page asks the database.
"""

from __future__ import annotations

import os
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from docgen.web.access import ROUTES
from tests.app.desk.staff import EVERYTHING
from tests.app.signing_site import Site, consent, identify, read, shown, sign
from tests.app.test_access import WHO, routes
from tests.app.test_practice_form import inside
from tests.documents.page_faults import anchors, faults, links
from tests.pictures.stock import GUEST, stocked

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from docgen.domain.person import Person
    from tests.app.desk.staff import Desk
    from tests.pictures.stock import Stock

MOST, ALIKE = 300, 3
MOST_QUERIES = 18  # of any page; most ask for less than ten things
# What is led to after an act, not by a link, or by a link on a page of which there are many.
BESIDE = (
    "/desk/archive/exports/{export}",
    "/desk/batches/{batch}",
    "/desk/packets/{negotiated.id}/returned/{returned}/changes",
    "/desk/packets/{countersigned_next.id}",
    "/desk/packets/{draft.id}/signers/pso",
)
# What another test opens: it takes an upload, an address told to, or a scan taken in first.
ELSEWHERE = frozenset(
    {
        "desk:countersign-file",
        "desk:countersign-packet",
        "desk:countersign-read",
        "desk:enrollment-source-file",
        "desk:enrollments-uploaded",
        "desk:packet-scan",
        "desk:settings-pso",
        "desk:token-revoke",
        "desk:webhook",
        "desk:webhook-message",
        "desk:webhook-secret",
    }
)
NAMED = frozenset({"section", "slug", "kind", "way", "neighbor", "name"})  # not the ids of records
MOVED = frozenset({301, 302, 303, 307, 308})
KEPT = os.environ.get("KEEP_PAGES", "")  # a folder to write every page to, for other checkers
WHOLE = (
    '<!doctype html><html lang="en"><head><title>t</title></head>'
    '<body><main id="content"><h1>h</h1>{}</main></body></html>'
)


def kind_of(address: str) -> tuple[str, ...]:
    """Give what addresses of one kind share: route, named part, and which questions are asked."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return (parts.path,)
    named = [str(value) for name, value in found.kwargs.items() if name in NAMED]
    return (found.route, *named, *sorted(name for name, _ in parse_qsl(parts.query)))


@dataclass(kw_only=True)
class Crawl:
    """One person's way through the site."""

    client: Client
    most: int = MOST
    alike: int = ALIKE
    waiting: deque[tuple[str, str]] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)
    anchors: dict[str, set[str]] = field(default_factory=dict)
    wanted: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    kinds: Counter[tuple[str, ...]] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def begin(self, *addresses: str) -> Crawl:
        """Go as far as the links lead."""
        for address in addresses:
            self._note(address, "the beginning")
        while self.waiting and len(self.seen) <= self.most:
            self._visit(*self.waiting.popleft())
        for place, anchor, where in self.wanted:
            if place in self.anchors and anchor not in self.anchors[place]:
                self.wrong.append(f"{where}: #{anchor} is not on {place}")
        return self

    def _note(self, address: str, where: str) -> None:
        """Remember an address; of those that differ in their ids and values only, a few are enough."""
        if address in self.seen:
            return
        kind = kind_of(address)
        self.kinds[kind] += 1
        if self.kinds[kind] <= self.alike:
            self.seen.add(address)
            self.waiting.append((address, where))

    def _visit(self, address: str, where: str) -> None:
        answer, asked = self._get(address)
        for _ in range(5):
            if answer.status_code not in MOVED:
                break
            answer, asked = self._get(urljoin(address, answer["Location"]))
        if answer.status_code != 200:
            self.wrong.append(f"{address} (from {where}) answers {answer.status_code}")
            return
        route = answer.resolver_match.view_name
        self.asked[route] = max(asked, self.asked[route])
        if not answer["Content-Type"].startswith("text/html"):
            return
        self.look(answer.content.decode(), address)

    def _get(self, address: str) -> tuple[HttpResponse, int]:
        """Open an address; give its answer, and how many questions the database was asked for it."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            answer = self.client.get(address)
        return answer, len(captured)

    def look(self, page: str, address: str) -> None:
        """Look at one page, and note where it leads."""
        self.anchors[address] = anchors(page)
        self.wrong += [f"{address}: {fault}" for fault in faults(page)]
        if KEPT:
            name = re.sub(r"[^\w-]+", "_", address)[:150]
            (Path(KEPT) / f"{name}.html").write_text(page, "utf-8")
        for link in links(page):
            place, anchor = urldefrag(urljoin(f"http://testserver{address}", link))
            parts = urlsplit(place)
            if parts.scheme not in {"http", "https"} or parts.netloc != "testserver":
                continue
            target = parts._replace(scheme="", netloc="").geturl()
            if anchor:
                self.wanted.append((target, anchor, address))
            self._note(target, address)


def crawl(client: Client, *addresses: str) -> Crawl:
    """Go from these addresses; whatever is wrong fails, all of it at once."""
    made = Crawl(client=client).begin(*addresses)
    assert made.wrong == [], "\n".join(made.wrong)
    assert {name: count for name, count in made.asked.items() if count > MOST_QUERIES} == {}
    assert not made.waiting, "there are more pages than the crawl may open"
    return made


@pytest.fixture
def stock(desk: Desk) -> Stock:
    """Fill the desk."""
    return stocked(desk)


@pytest.mark.slow
@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize("key", [key for key in WHO if key and key != EVERYTHING])
def test_every_page_a_person_reaches_is_in_order(desk: Desk, key: str) -> None:
    """From the desk's home by every link: nothing fails, nothing is missing, no page is faulty."""
    made = crawl(desk.as_(key), "/desk/", "/account/")
    entries = {
        name for name, rule in ROUTES.items() if rule.menu and rule.admits(person(desk, key))
    }
    assert {reverse(name) for name in entries} <= made.seen


@pytest.mark.slow
def test_every_page_of_the_desk_is_opened(desk: Desk, stock: Stock) -> None:
    """By somebody with every role, no page is left out: what the table of routes names was opened."""
    client = desk.as_(EVERYTHING)
    made = crawl(client, "/desk/", "/account/", *map(stock.place, BESIDE))
    pages = {
        name
        for name, address in routes()
        if name.startswith("desk:") and client.get(address).status_code != 405
    }
    assert pages - set(made.asked) == ELSEWHERE


def person(desk: Desk, key: str) -> Person:
    """Give one of the desk's people."""
    return desk.office.ledger.people.get(key)


def test_every_page_for_anybody_is_in_order(desk: Desk, stock: Stock) -> None:
    """The start page, signing in, and the door to the executed copies."""
    crawl(desk.client(), "/start", "/account/sign-in", f"/executed/{stock.executed.id}")


def test_every_page_of_a_signer_is_in_order(desk: Desk, stock: Stock) -> None:
    """Before and after each act of the ceremony."""
    envelope = stock.sent.envelope_id
    site = Site(office=desk.office, mailer=desk.mailer, clock=desk.clock)
    (signer,) = desk.office.ledger.ceremonies.get(envelope).turn
    client, at = site.client(), f"/signing/{envelope}"
    crawl(client, f"/sign/{site.token(envelope, signer.key)}", f"{at}/code")
    identify(site, envelope, signer.key, client)
    crawl(client, at, f"{at}/next", f"{at}/paper", f"{at}/decline")
    consent(client, envelope)
    for slug in shown(site, envelope):
        crawl(client, f"{at}/read/{slug}")
        read(site, client, envelope, slug)
    crawl(client, f"{at}/sign")
    assert sign(site, client, envelope, name=signer.name, typed=signer.name).status_code == 302
    crawl(client, at, f"{at}/done")


def test_every_page_of_a_practice_is_in_order(desk: Desk, stock: Stock) -> None:
    """The form that the practice itself fills in, before and after it is submitted."""
    client, form = inside(desk, GUEST[1])
    assert stock.guest in form
    assert len(crawl(client, form).anchors) > 10
    client.post(form)
    assert "is submitted" in client.get(form).content.decode()
    crawl(client, form)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ('<a href="/desk/nowhere">x</a>', "answers 404"),
        ('<a href="#nowhere">x</a>', "#nowhere is not on"),
        ('<p id="a"></p><p id="a"></p>', "stands twice"),
        ('<p class="a" class="b"></p>', "duplicate-attribute"),
        ("<p><div></div></p>", "unexpected-end-tag"),
        ("<span><ul><li>x</li></ul></span>", "ul lies in span"),
        ("<form><form></form></form>", "unexpected-start-tag"),
        ('<form><button type="button">x</button></form>', "no button that sends it"),
        ('<input name="a">', "has no label"),
        ('<label for="b">x</label>', "for='b' is nowhere"),
        ('<p aria-describedby="c">x</p>', "'c' is nowhere"),
        ('<a href="/desk/"><button>x</button></a>', "button lies in a"),
        ('<a href="/desk/"></a>', "has no words"),
        ("<h2></h2>", "empty heading"),
        ("<h3>x</h3>", "follows h1"),
        ("<table><tr><td>x</td></tr></table>", "no headings"),
        ("<p onclick=''>x</p>", "has onclick"),
        ("<p><time>June 1</time> , x</p>", "a space stands between 'June 1'"),
    ],
)
def test_a_fault_is_found(desk: Desk, page: str, told: str) -> None:
    """The control: a page with this one fault does not pass, and names it."""
    made = wrong_with(desk, page)
    assert any(told in item for item in made), made
    assert wrong_with(desk, '<a href="#content">x</a>') == []


def wrong_with(desk: Desk, page: str) -> list[str]:
    """Say what is wrong with a page that holds this."""
    made = Crawl(client=desk.as_("auditor"), seen={"/desk/"})
    made.look(WHOLE.format(page), "/desk/")
    return made.begin().wrong
