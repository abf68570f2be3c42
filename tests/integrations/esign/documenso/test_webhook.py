"""Documenso's callbacks: a secret in clear, tokens in the body, no id, no order to rely on."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.signing import Signal
from docgen.errors import CallbackRejected
from docgen.ports.esign import RawCallback, VerifiedCallback
from integrations.esign.documenso import webhook
from integrations.simulators.envelope import Happening
from tests.contracts.esign import AT, two_of_each
from tests.integrations.esign.documenso.running import SHARED, Running

SHORT = {"token": "e"}
SIGNS = "vQ8d0c4u2s3cret"


def body(**changed: Any) -> dict[str, Any]:
    """Write a report as the facts of Documenso describe it."""
    people = [
        {
            "id": 5,
            "email": "dana@example.org",
            "token": SIGNS,
            "signingStatus": "NOT_SIGNED",
            "readStatus": "OPENED",
            "signedAt": None,
            "signingUrl": f"https://documenso.example.org/sign/{SIGNS}",
        }
    ]
    payload = {
        "id": 10,
        "envelopeId": "envelope_1",
        "externalId": "dg1:",
        "status": "PENDING",
        "documentMeta": {"password": "s3cret-word", "redirectUrl": f"https://x/{SIGNS}/y"},
        "recipients": people,
        "Recipient": people,
    } | changed
    return {
        "event": "DOCUMENT_OPENED",
        "payload": payload,
        "createdAt": "2026-11-23T12:00:00.000Z",
        "webhookEndpoint": "https://enrollment.example.org/callbacks/documenso",
    }


def raw(told: object, secret: str = SHARED) -> RawCallback:
    """Post a body with a secret."""
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    return RawCallback(headers={webhook.HEADER: secret}, body=data, received_at=AT)


def believed(told: object) -> VerifiedCallback:
    """Verify with the right secret."""
    return webhook.verify(raw(told), (SHARED,))


@pytest.mark.parametrize(
    ("given_secret", "held"),
    [
        ("", (SHARED,)),
        ("", ("",)),  # Documenso sends an empty header where no secret is set
        ("", ()),
        (SHARED[:-1], (SHARED,)),
        (SHARED + " ", (SHARED,)),
        (SHARED.upper(), (SHARED,)),
        ("é", (SHARED,)),
        ("\udc80", (SHARED,)),
    ],
)
def test_a_wrong_or_empty_secret_is_refused(given_secret: str, held: tuple[str, ...]) -> None:
    """An empty one fits nothing, not even an empty setting."""
    with pytest.raises(CallbackRejected):
        webhook.verify(raw(body(), given_secret), held)


def test_no_header_at_all_is_refused() -> None:
    """As with an empty one; the control beside it passes."""
    bare = RawCallback(headers={}, body=json.dumps(body()).encode(), received_at=AT)
    for held in ((SHARED,), ("",)):
        with pytest.raises(CallbackRejected):
            webhook.verify(bare, held)
    assert webhook.verify(raw(body()), (SHARED,)).received_at == AT


@pytest.mark.parametrize(
    "data",
    [b"", b"no json", b"[]", b"{}", b'"x"', b"\xff\xfe", b"[" * 100_000, b"{}" * 1_000_001],
)
def test_what_is_no_report_is_refused(data: bytes) -> None:
    """It could not be rid of its credentials, so it is not kept; never another error."""
    with pytest.raises(CallbackRejected):
        believed(data)


@given(data=st.binary(max_size=300))
def test_any_body_is_believed_or_refused(data: bytes) -> None:
    """No third thing happens."""
    try:
        kept = believed(data)
    except CallbackRejected:
        return
    assert isinstance(json.loads(kept.body), dict)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda part: st.one_of(
        st.lists(part, max_size=4), st.dictionaries(st.text(max_size=12), part, max_size=4)
    ),
    max_leaves=20,
)


@given(more=JSON, name=st.sampled_from(["token", "Token", "qrToken", "authToken", "signingUrl"]))
def test_no_credential_is_kept_wherever_it_stands(more: Any, name: str) -> None:
    """Neither under its name nor within another text; what is no credential stays."""
    told = body(more=[more, {name: SIGNS, "at": f"/sign/{SIGNS}?x"}], title="Example Agreement")
    kept = believed(told).body.decode()
    assert SIGNS not in kept
    assert "s3cret" not in kept
    assert json.loads(kept)["payload"]["title"] == "Example Agreement"
    assert json.loads(kept)["payload"]["envelopeId"] == "envelope_1"


def test_a_short_word_under_such_a_name_does_not_eat_the_report() -> None:
    """A token of one letter would otherwise blank every text that holds it."""
    kept = json.loads(believed(body(**SHORT)).body)
    assert kept["event"] == "DOCUMENT_OPENED"
    assert kept["payload"]["token"] == webhook.REMOVED


def test_each_try_of_a_report_has_the_same_name() -> None:
    """Documenso dates each try anew."""
    first, again = body(), body()
    again["createdAt"] = "2026-11-23T12:00:09.000Z"
    assert believed(first).delivery_id == believed(again).delivery_id


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "COMPLETED"},
        {"envelopeId": "envelope_2"},
        {"recipients": [{"id": 5, "signingStatus": "SIGNED", "signedAt": "2026-11-23T12:00:00Z"}]},
        {"recipients": [{"id": 5, "signingStatus": "NOT_SIGNED", "readStatus": "NOT_OPENED"}]},
    ],
)
def test_another_report_has_another_name(changed: dict[str, Any]) -> None:
    """Envelope, status, and where each person stands."""
    assert believed(body()).delivery_id != believed(body(**changed)).delivery_id


def test_the_order_in_which_people_are_listed_does_not_matter() -> None:
    """It is the set of them that makes the name."""
    people = [{"id": number, "signedAt": None} for number in (1, 2)]
    first, second = body(recipients=people), body(recipients=people[::-1])
    assert believed(first).delivery_id == believed(second).delivery_id


@pytest.mark.parametrize(
    ("event", "signal"),
    [
        ("DOCUMENT_SENT", Signal.SENT),
        ("DOCUMENT_OPENED", Signal.VIEWED),
        ("DOCUMENT_SIGNED", Signal.SIGNED),
        ("DOCUMENT_RECIPIENT_COMPLETED", Signal.SIGNED),
        ("DOCUMENT_COMPLETED", Signal.FULLY_EXECUTED),
        ("DOCUMENT_REJECTED", Signal.DECLINED),
        ("DOCUMENT_CANCELLED", Signal.VOIDED),
        ("RECIPIENT_EXPIRED", Signal.EXPIRED),
        ("DOCUMENT_CREATED", Signal.UNKNOWN),
        ("DOCUMENT_REMINDER_SENT", Signal.UNKNOWN),
        ("TEMPLATE_CREATED", Signal.UNKNOWN),
        ("document_completed", Signal.UNKNOWN),
        (7, Signal.UNKNOWN),
        (None, Signal.UNKNOWN),
    ],
)
def test_what_each_report_means(event: object, signal: Signal) -> None:
    """The vendor's word is kept beside ours."""
    [told] = webhook.parse(believed(body() | {"event": event}))
    assert told.signal is signal
    assert told.envelope_id == "envelope_1"
    assert told.reported_as == (event if isinstance(event, str) else "unreadable")
    assert told.at == AT


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        ({"id": 10}, "document_10"),
        ({"id": 10, "envelopeId": "envelope_1"}, "envelope_1"),
        ({"id": True}, ""),
        ({"id": "10"}, ""),
        ({"envelopeId": 3}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_older_servers_name_an_envelope_by_its_number(payload: object, named: str) -> None:
    """That is no id of ours, so nothing moves; the envelope is re-read in its turn."""
    told = body() | {"payload": payload, "event": "DOCUMENT_COMPLETED"}
    [event] = webhook.parse(believed(told))
    assert event.envelope_id == named


def test_an_older_servers_reports_are_believed_and_move_nothing(documenso: Running) -> None:
    """Two reports about two envelopes still are two."""
    service, simulator = documenso.service(), documenso.simulator
    simulator.older = True
    ids = [service.send(two_of_each())]
    simulator.sign_all(ids[0])
    events = [
        event
        for letter in simulator.letters()
        for event in service.parse(service.verify(raw(letter.body)))
    ]
    assert {item.envelope_id for item in events} == {
        f"document_{simulator.envelopes[ids[0]].notes['number']}"
    }


def test_completion_comes_before_the_last_signature(documenso: Running) -> None:
    """The last word of a signing says "pending"; only re-reading tells what holds."""
    service, simulator = documenso.service(), documenso.simulator
    envelope_id = service.send(two_of_each())
    documenso.clock.advance(timedelta(minutes=1))
    simulator.sign_all(envelope_id)
    letters = simulator.letters()
    events = [service.parse(service.verify(raw(it.body)))[0].signal for it in letters]
    assert events == [Signal.SENT, Signal.SIGNED, Signal.FULLY_EXECUTED, Signal.SIGNED]
    assert json.loads(letters[-1].body)["payload"]["status"] == "PENDING"
    assert service.fetch(envelope_id).ended is Signal.FULLY_EXECUTED


def test_a_believed_report_changes_nothing_by_itself(documenso: Running) -> None:
    """Who knows the secret can say "completed"; the envelope read again says otherwise."""
    service = documenso.service()
    envelope_id = service.send(two_of_each())
    told = body(envelopeId=envelope_id, status="COMPLETED") | {"event": "DOCUMENT_COMPLETED"}
    [event] = service.parse(service.verify(raw(told)))
    assert event.signal is Signal.FULLY_EXECUTED
    assert service.fetch(envelope_id).ended is None


def test_every_happening_is_reported_under_its_documented_name(documenso: Running) -> None:
    """The simulator's letters hold the secret in the header and tokens in the body, as theirs."""
    simulator, service = documenso.simulator, documenso.service()
    envelope_id = service.send(two_of_each())
    simulator.tell(simulator.envelopes[envelope_id], Happening.NEWS)
    for letter in simulator.letters():
        assert letter.headers["X-Documenso-Secret"] == SHARED
        told = json.loads(letter.body)
        assert set(told) == {"event", "payload", "createdAt", "webhookEndpoint"}
        assert all(one["token"] for one in told["payload"]["recipients"])
