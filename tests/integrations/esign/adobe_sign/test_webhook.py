"""Acrobat Sign's callbacks: our application's id and a secret in the address, and nothing else proves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.signing import Signal
from docgen.errors import CallbackRejected
from docgen.ports.esign import RawCallback, VerifiedCallback
from integrations.esign.adobe_sign import webhook
from integrations.vendor.report import LARGEST_BODY
from tests.contracts.esign import AT

CLIENT_ID, OLD, NEW = "CBJapplication", "s3cret-old", "s3cret-new"
# A whole notification as the vendor documents it, with all it may tell of an agreement.
# https://opensource.adobe.com/acrobat-sign/acrobat_sign_events/webhookpayloadoverview.html
WHOLE: dict[str, Any] = {
    "webhookId": "w1",
    "webhookName": "agreement a1",
    "webhookNotificationId": "n1",
    "webhookUrlInfo": {"url": "https://enrollment.example.org/callbacks/adobe_sign?key=..."},
    "webhookScope": "RESOURCE",
    "event": "AGREEMENT_WORKFLOW_COMPLETED",
    "eventDate": "2026-11-23T11:58:00Z",
    "eventResourceType": "agreement",
    "eventResourceParentType": "",
    "participantUserEmail": "dana@example.org",
    "actingUserEmail": "dana@example.org",
    "actingUserIpAddress": "192.0.2.7",
    "agreement": {
        "id": "a1",
        "name": "Example agreements",
        "signatureType": "ESIGN",
        "status": "SIGNED",
        "externalId": {"id": "k1"},
        "participantSetsInfo": {
            "participantSets": [
                {
                    "order": 1,
                    "role": "SIGNER",
                    "status": "COMPLETED",
                    "memberInfos": [{"id": "m1", "email": "dana@example.org"}],
                }
            ]
        },
    },
    "conditionalParametersTrimmed": ["includeSignedDocuments"],
}


def raw(
    body: bytes, *, client_id: str | None = CLIENT_ID, query: str = f"key={OLD}"
) -> RawCallback:
    """Give a notification as it comes in."""
    headers = {"content-type": "application/json"}
    if client_id is not None:
        headers["x-adobesign-clientid"] = client_id
    return RawCallback(headers=headers, body=body, received_at=AT, query=query)


def believed(told: object) -> VerifiedCallback:
    """Believe one that is proved."""
    return webhook.verify(raw(json.dumps(told).encode()), CLIENT_ID, (NEW, OLD))


def test_a_documented_notification_is_understood() -> None:
    """What it tells beside kind, agreement and time is not relied on."""
    [event] = webhook.parse(believed(WHOLE))
    assert (event.signal, event.envelope_id) == (Signal.FULLY_EXECUTED, "a1")
    assert event.at.isoformat() == "2026-11-23T11:58:00+00:00"
    assert event.recipient == ""


@pytest.mark.parametrize(
    ("kind", "signal"),
    [
        *webhook.SIGNALS.items(),
        ("AGREEMENT_EMAIL_BOUNCED", Signal.UNKNOWN),
        ("AGREEMENT_PARTICIPANT_COMPLETED", Signal.UNKNOWN),
        ("AGREEMENT_OFFLINE_SYNC", Signal.UNKNOWN),
        ("LIBRARY_DOCUMENT_CREATED", Signal.UNKNOWN),
        ("agreement_workflow_completed", Signal.UNKNOWN),
        (["AGREEMENT_WORKFLOW_COMPLETED"], Signal.UNKNOWN),
        (None, Signal.UNKNOWN),
    ],
)
def test_each_kind_means_what_it_says(kind: object, signal: Signal) -> None:
    """Its case counts too; what is not known is kept, and has the agreement read again."""
    [event] = webhook.parse(believed({**WHOLE, "event": kind}))
    assert (event.signal, event.envelope_id) == (signal, "a1")


@pytest.mark.parametrize(
    "query", [f"key={OLD}", f"key={NEW}", f"a=b&key={NEW}", f"key={NEW}&key=x"]
)
def test_every_secret_that_holds_is_believed(query: str) -> None:
    """The control to what follows."""
    assert webhook.verify(raw(b"{}", query=query), CLIENT_ID, (NEW, OLD)).delivery_id


@pytest.mark.parametrize(
    "query",
    [
        "",
        "key",
        "key=",
        "key=s3cret",
        f"Key={OLD}",
        f"key=x&key={OLD}",
        f"key={OLD}%00",
        f"key=%20{OLD}",
        "key=%ff",
        "key=" + "x" * 100_000,
        "&".join(f"a{number}=b" for number in range(20)) + f"&key={OLD}",
    ],
)
def test_an_address_without_a_secret_of_ours_is_not_believed(query: str) -> None:
    """Nor one that cannot be read."""
    with pytest.raises(CallbackRejected):
        webhook.verify(raw(b"{}", query=query), CLIENT_ID, (NEW, OLD))


@pytest.mark.parametrize(
    "given_id", [None, "", "CBJ", CLIENT_ID.lower(), f"{CLIENT_ID},{CLIENT_ID}"]
)
def test_a_notification_for_another_application_is_not_believed(given_id: str | None) -> None:
    """Though the address holds the secret: the id is echoed, and must be ours."""
    with pytest.raises(CallbackRejected):
        webhook.verify(raw(b"{}", client_id=given_id), CLIENT_ID, (OLD,))


@pytest.mark.parametrize("held", [(), ("",)])
def test_no_secret_believes_nothing(held: tuple[str, ...]) -> None:
    """An empty one is nobody's."""
    with pytest.raises(CallbackRejected):
        webhook.verify(raw(b"{}", query="key="), CLIENT_ID, held)


def test_a_body_too_large_is_not_believed() -> None:
    """However large the vendor may make it; ours never are."""
    with pytest.raises(CallbackRejected):
        webhook.verify(raw(b" " * (LARGEST_BODY + 1)), CLIENT_ID, (OLD,))


def test_a_notification_has_one_id_however_often_it_comes() -> None:
    """Its own; without one, all it says."""
    again = {**WHOLE, "eventDate": "2026-11-23T11:59:00Z"}
    assert believed(WHOLE).delivery_id == believed(again).delivery_id
    other = {**WHOLE, "webhookNotificationId": "n2"}
    assert believed(WHOLE).delivery_id != believed(other).delivery_id
    for number in (None, "", 7, ["n1"]):
        nameless = {**WHOLE, "webhookNotificationId": number}
        assert believed(nameless).delivery_id == believed(nameless).delivery_id
        assert believed(nameless).delivery_id != believed({**nameless, "more": 1}).delivery_id


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(event=JSON, agreement=JSON, number=JSON, at=JSON)
def test_any_report_is_translated_not_a_crash(
    event: object, agreement: object, number: object, at: object
) -> None:
    """A proved body may say anything; it moves nothing it does not name."""
    told = {"event": event, "agreement": agreement, "webhookNotificationId": number}
    [found] = webhook.parse(believed({**told, "eventDate": at}))
    assert found.signal is Signal.UNKNOWN


@given(body=st.binary(max_size=200))
def test_any_bytes_are_kept_as_unknown(body: bytes) -> None:
    """They are proved by the address, and tell nothing."""
    [found] = webhook.parse(webhook.verify(raw(body), CLIENT_ID, (OLD,)))
    assert (found.signal, found.envelope_id) == (Signal.UNKNOWN, "")


def test_the_echo_stands_in_header_and_body() -> None:
    """Either will do for the vendor."""
    reply = webhook.echo(CLIENT_ID)
    assert reply.headers["X-AdobeSign-ClientId"] == CLIENT_ID
    assert json.loads(reply.body) == {"xAdobeSignClientId": CLIENT_ID}
    assert reply.media == "application/json"
