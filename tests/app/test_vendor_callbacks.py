"""The callback endpoint as each outside signing service meets it: its proof, its answer, its odd mail."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from integrations.simulators.dropbox_sign import DropboxSignSimulator
from integrations.simulators.wire import Letter
from tests.app.signing_site import Site
from tests.contracts.esign import two_of_each
from tests.unit.services.test_every_service import VENDORS, connected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import HttpResponse

    from docgen.services.office import Office
    from integrations.simulators.kit import Simulator
    from integrations.system.clock import StandingClock

ECHO = "X-AdobeSign-ClientId"
ODD = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"event": ' * 5_000,
    b"a=b&json=%ff",
    b'"\\ud800"',
)


@contextmanager
def site_with(office: Office, clock: StandingClock, name: str) -> Iterator[tuple[Site, Simulator]]:
    """Give a site with an account at a simulated service, and an envelope there."""
    with connected(office, name) as (ready, vendor):
        ready.services[name].send(two_of_each())
        yield Site.of(ready, clock), vendor


def post(site: Site, letter: Letter, **changed: object) -> HttpResponse:
    """Deliver a letter as the service does, or something else in its place."""
    headers = dict(letter.headers)
    kind = headers.pop("Content-Type")
    given: Mapping[str, object] = {"body": letter.body, "headers": headers} | changed
    address = urlsplit(letter.url)
    path = f"{address.path}?{address.query}" if address.query else address.path
    answer: HttpResponse = site.client(csrf=True).post(
        path, given["body"], content_type=kind, headers=given["headers"]
    )
    return answer


def stored(site: Site) -> int:
    """Count the callbacks kept."""
    return len(site.office.ledger.deliveries.pending(1000))


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_true_callback_is_stored_once_and_answered_as_the_service_wants(
    office: Office, clock: StandingClock, name: str
) -> None:
    """However often it comes; without the words or the echo it would be sent again for days."""
    with site_with(office, clock, name) as (site, vendor):
        letters = vendor.letters()
        for letter in letters * 2:
            answer = post(site, letter)
            assert answer.status_code == 200
            if name == "dropbox_sign":
                assert answer.content == b"Hello API Event Received"
                assert answer.headers["Content-Type"].startswith("text/plain")
            if name == "adobe_sign":
                assert json.loads(answer.content) == {"xAdobeSignClientId": "client"}
                assert answer.headers[ECHO] == "client"
        assert stored(site) == len(letters)


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_what_is_odd_or_forged_is_refused_and_never_a_failure_of_ours(
    office: Office, clock: StandingClock, name: str
) -> None:
    """Under the proof of another callback, or under none: 401 and nothing kept.

    Where the proof is a secret that covers no body, a stranger's body is refused for want of it.
    """
    with site_with(office, clock, name) as (site, vendor):
        [letter, *_] = vendor.letters()
        bare = {key: "x" for key in letter.headers if key != "Content-Type"}
        for body in (*ODD, letter.body):
            answer = site.client(csrf=True).post(
                urlsplit(letter.url).path,
                body,
                content_type=letter.headers["Content-Type"],
                headers=bare,
            )
            assert answer.status_code == (
                200 if name == "dropbox_sign" and body == letter.body else 401
            )
        statuses = {post(site, letter, body=body).status_code for body in ODD}
        assert statuses <= {200, 401}
        assert post(site, letter).status_code == 200


def replayed(letter: Letter, request_id: str, signature_id: str) -> Letter:
    """Put another request and signature into a callback, whose hash covers neither."""
    told = json.loads(letter.body)
    told["signature_request"] = {"signature_request_id": request_id}
    told["event"]["event_metadata"] = {"related_signature_id": signature_id}
    return Letter(url=letter.url, headers=letter.headers, body=json.dumps(told).encode())


@pytest.mark.parametrize("named", ["another", "the same"])
def test_a_seen_callback_of_dropbox_sign_fills_no_ledger(
    office: Office, clock: StandingClock, named: str
) -> None:
    """Sent again with other bodies it is answered well and, after a hundred, let go.

    The control: a dozen requests that are told of in that same second are stored, and so is what is
    told of later.
    """
    with site_with(office, clock, "dropbox_sign") as (site, vendor):
        assert isinstance(vendor, DropboxSignSimulator)
        vendor.form = "json"
        service = site.office.services["dropbox_sign"]
        for number in range(11):
            service.send(two_of_each(f"more{number}"))
        letters = vendor.letters()
        assert {post(site, letter).status_code for letter in letters} == {200}
        assert stored(site) == len(letters) == 12
        own = next(iter(vendor.envelopes))
        for number in range(120):
            request_id = own if named == "the same" else f"{number:040x}"
            assert post(site, replayed(letters[0], request_id, f"s{number}")).status_code == 200
        assert stored(site) == 100
        clock.advance(timedelta(seconds=1))
        vendor.view(own, "practice_1@example.org")
        [viewed] = vendor.letters()
        assert post(site, viewed).status_code == 200
        assert stored(site) == 101


def test_adobe_is_greeted_back_only_where_it_knows_id_and_secret(
    office: Office, clock: StandingClock
) -> None:
    """The GET by which it makes sure; the other services are refused, as they ask no such thing."""
    with site_with(office, clock, "adobe_sign") as (site, vendor):
        [letter, *_] = vendor.letters()
        address, client = urlsplit(letter.url), site.client(csrf=True)
        right = client.get(f"{address.path}?{address.query}", headers={ECHO: "client"})
        assert (right.status_code, right.headers[ECHO]) == (200, "client")
        for path, told in (
            (address.path, "client"),
            (f"{address.path}?key=another", "client"),
            (f"{address.path}?{address.query}", "another"),
            (f"{address.path}?{address.query}", ""),
        ):
            wrong = client.get(path, headers={ECHO: told})
            assert (wrong.status_code, ECHO in wrong.headers) == (401, False)
        assert stored(site) == 0


@pytest.mark.parametrize("name", sorted(set(VENDORS) - {"adobe_sign"}))
def test_the_others_ask_by_no_get(office: Office, clock: StandingClock, name: str) -> None:
    """Nobody finds out by a GET what a callback needs."""
    with site_with(office, clock, name) as (site, vendor):
        [letter, *_] = vendor.letters()
        headers = {key: value for key, value in letter.headers.items() if key != "Content-Type"}
        answer = site.client(csrf=True).get(urlsplit(letter.url).path, headers=headers)
        assert answer.status_code == 401
