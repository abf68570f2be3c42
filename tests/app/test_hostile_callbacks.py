"""Callbacks with a true proof and a broken report: kept or refused, and never a failure of ours."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.services.receive import act_on_callbacks
from integrations.vendor.report import LARGEST_BODY
from tests.app.signing_site import Site
from tests.contracts.claims import ENDINGS, Proved, claim, proved, report
from tests.unit.services.test_every_service import VENDORS, connected

if TYPE_CHECKING:
    from django.http import HttpResponse

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

JSON = "application/json"
# What may stand where a word or a number is due, as it is written in JSON.
ODD = {
    "nothing": b"null",
    "truth": b"true",
    "no number": b"NaN",
    "less than everything": b"-Infinity",
    "more than everything": b"1e999",
    "digits": b"9" * 4300,
    "too many digits": b"9" * 4301,
    "half a character": b'"\\ud800"',
    "a character of no database": b'"\\u0000"',
    "turned around": '"\u202edetelpmoc"'.encode(),
    "wide letters": '"ｅｎｖ１"'.encode(),
    "a long word": b'"' + b"x" * 400_000 + b'"',
    **{f"{depth} lists": b"[" * depth + b"]" * depth for depth in (100, 400, 900, 980, 990)},
    **{f"{depth} objects": b'{"a":' * depth + b"1" + b"}" * depth for depth in (400, 900, 980)},
    "lists without an end": b"[" * 100_000,
}


def post(site: Site, name: str, told: Proved, media: str = JSON) -> HttpResponse:
    """Deliver these very bytes, whatever they are called."""
    answer: HttpResponse = site.client(csrf=True).generic(
        "POST",
        f"/callbacks/{name}{told.query}",
        told.body,
        content_type=media,
        headers=dict(told.headers),
    )
    return answer


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_whatever_stands_in_a_report_is_kept_or_refused(
    office: Office, clock: StandingClock, name: str
) -> None:
    """In place of the kind, the envelope or what else is read; then it is swept, and nothing moves."""
    with connected(office, name) as (ready, vendor):
        site, at, kind = Site.of(ready, clock), clock.now(), b'"E"'
        for what, odd in ODD.items():
            bodies = [report(name, kind, odd, at), report(name, kind, b'"e1"', at, odd)]
            if name != "dropbox_sign":  # there the kind is part of what is signed
                bodies.append(report(name, odd, b'"e1"', at))
            for body in bodies:
                assert post(site, name, proved(name, body, at)).status_code in {200, 401}, what
        assert act_on_callbacks(site.office) == 0
        assert vendor.exchanges == []


@pytest.mark.parametrize(
    "media",
    [
        "text/xml; charset=utf-16",
        "application/json; charset=utf-7",
        "application/json; charset=no-such",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary="',
        f"multipart/form-data; boundary={'b' * 5_000}",
        "application/x-www-form-urlencoded; charset=utf-16",
        "a/b" + ";c" * 3_000,
        "☃",
    ],
)
@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_wrong_media_type_breaks_nothing(
    office: Office, clock: StandingClock, name: str, media: str
) -> None:
    """Whoever proved the body is believed or not; the control: rightly called, it is stored."""
    with connected(office, name) as (ready, _):
        site = Site.of(ready, clock)
        told = claim(name, ENDINGS[name][0], "77", clock.now())
        assert post(site, name, told, media).status_code in {200, 401}
        assert post(site, name, told).status_code == 200
        assert len(site.office.ledger.deliveries.pending(10)) == 1


@pytest.mark.parametrize("name", ["docusign", "docuseal"])
def test_a_proof_is_of_the_very_bytes(office: Office, clock: StandingClock, name: str) -> None:
    """The same JSON written anew is not believed, nor under two signatures run together."""
    with connected(office, name) as (ready, _):
        site = Site.of(ready, clock)
        told = claim(name, ENDINGS[name][0], "77", clock.now())
        anew = json.dumps(json.loads(told.body), indent=1).encode()
        assert post(site, name, replace(told, body=anew)).status_code == 401
        [(header, proof)] = told.headers.items()
        twice = replace(told, headers={header: f"{proof},{proof}"})
        assert post(site, name, twice).status_code == 401
        assert post(site, name, told).status_code == 200


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_body_too_large_is_not_read(office: Office, clock: StandingClock, name: str) -> None:
    """However well it is proved; the endpoint and the adapters agree on how large that is."""
    with connected(office, name) as (ready, _):
        site = Site.of(ready, clock)
        for size, statuses in ((LARGEST_BODY, {200, 401}), (LARGEST_BODY + 1, {413})):
            told = proved(name, b" " * size, clock.now())
            assert post(site, name, told).status_code in statuses
