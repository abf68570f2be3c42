"""Every route times every role, made from the addresses themselves; a route without a line fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import URLPattern, URLResolver

from docgen.domain.person import Role
from docgen.web.access import ROUTES, Audience, Rule, menu_of
from tests.app.desk.staff import EVERYTHING, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

NOBODY = ""
WATCHER = Audience.WATCHER
WHO = [NOBODY, *(role.value for role in Role), EVERYTHING]
# What each kind of argument is filled with: it leads to nothing stored.
SAMPLES = {"int": "1", "slug": "none", "str": "none", "path": "none"}


def patterns(
    found: list[URLPattern | URLResolver], prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    """List the name and the pattern of every route."""
    for item in found:
        here = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            inner = f"{space}{item.namespace}:" if item.namespace else space
            yield from patterns(item.url_patterns, here, inner)
        else:
            yield f"{space}{item.name}", here


def routes() -> list[tuple[str, str]]:
    """List every route with an address."""
    from docgen.web.urls import urlpatterns

    return [
        (name, "/" + re.sub(r"<(\w+):\w+>", lambda found: SAMPLES[found.group(1)], pattern))
        for name, pattern in patterns(urlpatterns)
    ]


def is_admitted(answer: HttpResponse) -> bool:
    """Say whether the answer came from the page itself, not from the door."""
    return answer.status_code != 403 and not leads_to_sign_in(answer)


def leads_to_sign_in(answer: HttpResponse) -> bool:
    """Say whether the answer asks to sign in first."""
    target = answer.headers.get("Location", "")
    return answer.status_code == 302 and target.startswith("/account/sign-in")


def is_as_said(rule: Rule, desk: Desk, key: str, answer: HttpResponse) -> bool:
    """Say whether the door did what the table says."""
    if answer.status_code >= 500:
        return False
    if rule.by_token:  # a session opens nothing there; tokens are tried in test_api_tokens.py
        return answer.status_code == 401
    if rule.who in {Audience.PUBLIC, Audience.SIGNER, Audience.WATCHER}:  # a test is on loopback
        return answer.status_code != 403 and "HX-Redirect" not in answer.headers
    if key == NOBODY:
        return leads_to_sign_in(answer)
    person = desk.office.ledger.people.get(key)
    return is_admitted(answer) is rule.admits(person)


@pytest.mark.usefixtures("app")
def test_every_route_has_a_line_and_every_line_a_route() -> None:
    """A new page without an entry in docgen.web.access is found here; so is a stale entry."""
    names = {name for name, _ in routes()}
    assert names - set(ROUTES) == set(), "add these to docgen/web/access.py"
    assert set(ROUTES) - names == set(), "these routes are gone"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("key", WHO, ids=lambda key: key or "nobody")
def test_every_route_opens_to_whom_the_table_names(desk: Desk, key: str, method: str) -> None:
    """Nobody else comes in, by reading or by sending; and those named do."""
    wrong = []
    for name, address in routes():
        answer = getattr(desk.as_(key), method)(address)
        if not is_as_said(ROUTES[name], desk, key, answer):
            wrong.append((name, answer.status_code, answer.headers.get("Location", "")))
    assert wrong == []


@pytest.mark.parametrize("key", WHO, ids=lambda key: key or "nobody")
def test_what_watchers_read_opens_to_their_networks_alone(desk: Desk, key: str) -> None:
    """No role opens it from elsewhere; from this machine nobody need sign in."""
    client, watched = desk.as_(key), [name for name, rule in ROUTES.items() if rule.who is WATCHER]
    assert watched
    for name, address in routes():
        if name in watched:
            assert client.get(address).status_code == 200, address
            assert client.get(address, REMOTE_ADDR="203.0.113.9").status_code == 403, address


def test_a_route_without_a_line_answers_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deny by default: even somebody with every role is refused."""
    client = desk.as_(EVERYTHING)
    assert client.get("/desk/people").status_code == 200
    rest = {name: rule for name, rule in ROUTES.items() if name != "desk:people"}
    monkeypatch.setattr("docgen.web.access.ROUTES", rest)
    assert client.get("/desk/people").status_code == 403


@pytest.mark.parametrize("key", WHO, ids=lambda key: key or "nobody")
def test_the_menu_leads_only_where_one_may_go(desk: Desk, key: str) -> None:
    """Every entry opens, and no page is offered to somebody it refuses."""
    client = desk.as_(key)
    shown = re.findall(r'<li><a href="([^"]+)"', _menu(client.get("/desk/", follow=True)))
    person = desk.office.ledger.people.get(key) if key else None
    assert len(shown) == (len(menu_of(person)) if key else 0)
    for address in shown:
        assert client.get(address).status_code == 200, address


def _menu(page: HttpResponse) -> str:
    found = re.search(r'<nav class="menu".*?</nav>', page.content.decode(), re.DOTALL)
    return found.group() if found else ""


def test_a_script_without_a_session_moves_the_whole_page(desk: Desk) -> None:
    """A piece of a page asked for by htmx must not become a sign-in form inside it."""
    answer = desk.client().get("/desk/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/account/sign-in"
