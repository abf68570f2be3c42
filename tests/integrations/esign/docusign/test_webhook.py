"""DocuSign Connect's callbacks: any of several keys in any of several headers, and what they hold."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.signing import Signal
from docgen.errors import CallbackRejected
from docgen.ports.esign import RawCallback
from integrations.esign.docusign import webhook
from tests.contracts.esign import AT

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "s3cret-docusign"
# Made with another HMAC, so that both sides cannot err alike:
# printf BODY | openssl dgst -sha256 -hmac 'a key as DocuSign shows it' -binary | base64
FOREIGN_BODY = b'{"event":"envelope-sent","generatedDateTime":"2026-11-23T12:00:00Z"}'
FOREIGN_MAC = "bGxzbuyz+ObNTx1niCNBHtcbTXY/pcwuQ5n3YDd0Juw="
OPENED = {"event": "envelope-completed", "data": {"envelopeId": "e1"}}


def mac(body: bytes, key: str = KEY) -> str:
    """Sign as Connect does."""
    return base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()


def raw(told: Mapping[str, object], at: str = "2026-11-23T12:00:00.0000000Z") -> RawCallback:
    """Write a message, signed in the first header."""
    body = json.dumps({"generatedDateTime": at, **told}).encode()
    return RawCallback(headers={"x-docusign-signature-1": mac(body)}, body=body, received_at=AT)


def test_a_signature_made_by_another_tool_fits() -> None:
    """Base64 of the HMAC over the raw body, under the key's text."""
    raw = RawCallback(
        headers={"x-docusign-signature-1": FOREIGN_MAC}, body=FOREIGN_BODY, received_at=AT
    )
    assert webhook.verify(raw, ["a key as DocuSign shows it"]).body == FOREIGN_BODY
    with pytest.raises(CallbackRejected):
        webhook.verify(replace(raw, body=FOREIGN_BODY + b"\n"), ["a key as DocuSign shows it"])


@pytest.mark.parametrize("number", [1, 2, 9, 10, 100])
def test_a_signature_in_any_header_counts(number: int) -> None:
    """An account has up to a hundred keys, each with a header of its own."""
    right = raw(OPENED)
    headers = {
        "x-docusign-signature-1": mac(right.body, "another key of the account"),
        f"x-docusign-signature-{number}": mac(right.body),
    }
    assert webhook.verify(replace(right, headers=headers), ["newer", KEY]).body == right.body


@pytest.mark.parametrize(
    "name", ["x-docusign-signature-0", "x-docusign-signature", "x-docusign-signature-1x"]
)
def test_no_other_header_counts(name: str) -> None:
    """The same signature under another name proves nothing."""
    right = raw(OPENED)
    with pytest.raises(CallbackRejected):
        webhook.verify(replace(right, headers={name: mac(right.body)}), [KEY])


def test_without_a_signature_nothing_is_believed() -> None:
    """HMAC is off at DocuSign, or somebody else writes."""
    with pytest.raises(CallbackRejected):
        webhook.verify(replace(raw(OPENED), headers={}), [KEY])


def test_the_key_is_the_text_as_it_is_shown() -> None:
    """Decoded as base64 it would be another key."""
    shown = base64.b64encode(b"k" * 32).decode()
    right = raw(OPENED)
    decoded = base64.b64encode(hmac.digest(b"k" * 32, right.body, "sha256")).decode()
    headers = {"x-docusign-signature-1": mac(right.body, shown)}
    assert webhook.verify(replace(right, headers=headers), [shown]).body == right.body
    with pytest.raises(CallbackRejected):
        webhook.verify(replace(right, headers={"x-docusign-signature-1": decoded}), [shown])


@pytest.mark.parametrize("at", ["", "yesterday", "2026-13-45T00:00:00Z", "2026-11-23 12:00:00"])
def test_a_message_without_a_time_is_refused(at: str) -> None:
    """It is signed, and cannot be dated."""
    with pytest.raises(CallbackRejected):
        webhook.verify(raw(OPENED, at), [KEY])


def test_the_last_daily_try_is_still_believed() -> None:
    """DocuSign sends the same message ten times in ten days; a day more is too old."""
    right = raw(OPENED)
    late = replace(right, received_at=AT + timedelta(days=10, hours=12))
    assert webhook.verify(late, [KEY]).delivery_id == webhook.verify(right, [KEY]).delivery_id
    with pytest.raises(CallbackRejected):
        webhook.verify(replace(right, received_at=AT + timedelta(days=12)), [KEY])


@pytest.mark.parametrize(
    ("event", "signal"),
    [
        ("envelope-sent", Signal.SENT),
        ("envelope-delivered", Signal.VIEWED),
        ("recipient-completed", Signal.SIGNED),
        ("envelope-completed", Signal.FULLY_EXECUTED),
        ("envelope-declined", Signal.DECLINED),
        ("envelope-voided", Signal.VOIDED),
        ("recipient-autoresponded", Signal.UNKNOWN),
        ("envelope-purge", Signal.UNKNOWN),
    ],
)
def test_each_event_in_our_words(event: str, signal: Signal) -> None:
    """What we have no word for is kept and moves nothing."""
    [told] = webhook.parse(webhook.verify(raw({**OPENED, "event": event}), [KEY]))
    assert (told.signal, told.envelope_id, told.reported_as) == (signal, "e1", event)


def test_a_message_without_a_summary_still_names_its_envelope() -> None:
    """The account may send no data; the envelope is then fetched."""
    [told] = webhook.parse(webhook.verify(raw(OPENED), [KEY]))
    assert told.envelope_id == "e1"


@given(
    told=st.dictionaries(
        st.sampled_from(["event", "data", "generatedDateTime", "x"]),
        st.none() | st.integers() | st.text() | st.lists(st.none()) | st.just({"envelopeId": 3}),
    )
)
def test_whatever_is_signed_is_believed_or_refused(told: dict[str, object]) -> None:
    """Odd values under a right signature never raise anything else."""
    body = json.dumps(told).encode()
    one = RawCallback(headers={"x-docusign-signature-1": mac(body)}, body=body, received_at=AT)
    try:
        believed = webhook.verify(one, [KEY])
    except CallbackRejected:
        return
    assert len(webhook.parse(believed)) == 1
