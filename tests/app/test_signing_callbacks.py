"""The callback endpoint: only true callbacks are stored, each once; nothing sent there breaks it."""

from __future__ import annotations

import base64
import hmac
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.signing_site import Site

if TYPE_CHECKING:
    from django.http import HttpResponse

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

PATH = "/callbacks/embedded"
BODY = json.dumps(
    {
        "id": "d1",
        "type": "envelope.signed",
        "envelope_id": "env_1",
        "recipient": "practice_1",
        "at": "2026-11-23T12:00:00.000000Z",
    }
).encode()


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


def signed(site: Site, body: bytes = BODY, secret: bytes = b"") -> dict[str, str]:
    """Sign a callback as our own desk does."""
    moment = str(int(site.clock.now().timestamp()))
    message = b".".join((b"d1", moment.encode(), body))
    mac = hmac.digest(secret or site.office.rules.callback_secret, message, "sha256")
    return {
        "webhook-id": "d1",
        "webhook-timestamp": moment,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def post(site: Site, headers: dict[str, str], body: bytes = BODY, path: str = PATH) -> HttpResponse:
    """Deliver a callback."""
    client = site.client(csrf=True)
    answer: HttpResponse = client.post(path, body, content_type="application/json", headers=headers)
    return answer


def stored(site: Site) -> int:
    """Count the callbacks kept."""
    return len(site.office.ledger.deliveries.pending(100))


def test_a_true_callback_is_stored_once_however_often_it_comes(site: Site) -> None:
    """Twenty deliveries get twenty times 200 and leave one row."""
    for _ in range(20):
        assert post(site, signed(site)).status_code == 200
    assert stored(site) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1," + "A" * 100_000},
        {"webhook-signature": "v2,AAAA v1,☃"},
        {"webhook-timestamp": "0"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "1e9"},
        {"webhook-id": ""},
        {"webhook-id": "d2"},
        {"webhook-id": "é" * 10},
    ],
)
def test_a_forged_header_is_not_believed(site: Site, change: dict[str, str]) -> None:
    """Each part of the signature counts: 401, nothing stored."""
    assert post(site, signed(site) | change).status_code == 401
    assert stored(site) == 0


def test_a_foreign_secret_or_a_changed_body_is_not_believed(site: Site) -> None:
    """The wrong key, another body and no headers at all give 401; the true one is then stored."""
    assert post(site, signed(site, secret=b"x" * 32)).status_code == 401
    assert post(site, signed(site), BODY.replace(b"env_1", b"env_2")).status_code == 401
    assert post(site, {}).status_code == 401
    assert stored(site) == 0
    assert post(site, signed(site)).status_code == 200


def test_large_bodies_are_refused(site: Site) -> None:
    """A rightly signed body over the limit is not believed, a huge one is not even read."""
    large, huge = b"x" * 20_001, b"x" * 1_000_001
    assert post(site, signed(site, large), large).status_code == 401
    assert post(site, signed(site, huge), huge).status_code == 413
    assert stored(site) == 0


def test_other_services_and_methods_are_refused(site: Site) -> None:
    """An unknown service is 404, a greeting we do not know 401, any other method 405."""
    assert post(site, signed(site), path="/callbacks/unknown").status_code == 404
    assert site.client().get("/callbacks/unknown").status_code == 404
    assert site.client().get(PATH).status_code == 401
    for ask in ("head", "put", "delete", "patch"):
        assert getattr(site.client(), ask)(PATH).status_code == 405
    assert stored(site) == 0


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "content-type"]),
    value=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60),
    body=st.binary(max_size=60),
)
def test_no_header_and_no_body_breaks_the_endpoint(
    office: Office, clock: StandingClock, name: str, value: str, body: bytes
) -> None:
    """Whatever comes: 401, never a failure of ours."""
    site = Site.of(office, clock)
    answer = post(site, signed(site) | {name: value}, body)
    assert answer.status_code == 401


def test_a_believed_body_we_do_not_understand_is_kept(site: Site) -> None:
    """Signed nonsense is stored for a person to see, and answered 200."""
    for body in (b"[[[[", b"\xff\xfe", b'{"type": {"a": []}}'):
        assert post(site, signed(site, body), body).status_code == 200
    assert stored(site) == 1  # the same delivery id each time
