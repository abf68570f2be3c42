"""Dropbox Sign's callbacks: published hashes, three forms, and a body that nothing protects."""

from __future__ import annotations

import hmac
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.signing import Signal
from docgen.errors import CallbackRejected
from docgen.ports.esign import RawCallback, VerifiedCallback
from integrations.esign.dropbox_sign import webhook
from integrations.simulators.answers.dropbox_sign import wrapped
from integrations.vendor.report import LARGEST_BODY

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = "s3cret-api-key"
# hellosign/hellosign-openapi, test_fixtures/EventCallbackHelper_*.json: a key made for tests.
PUBLISHED_KEY = "324e3b0840f065eb51f3fd63231d0d33daa35d4ed10d27718839e81737065782"
MOST_WORK_S = 3.0  # a second of a slow machine's; read as mail, the worst took a minute
PUBLISHED_AT = "1348177752"
PUBLISHED = {
    "unknown_error": "c574f5d3090c2936360b4e36cf6835cf3e2206b84fdc6347e6b28ca721ae1371",
    "account_confirmed": "6dc5b7aad93cf54915e0089d6c31d61b3833f66f51459171c69f8fa211308848",
    "signature_request_sent": "08d45a6b7677492b78be030cef18cfeaece8fe67e163cc8e526ee638ad483756",
    "template_created": "4a9b22fa68d5addb8b6313eea9d42ecb393903a4240b71503ef78e9dac6c100d",
}


def told(kind: str, *, at: datetime = AT, key: str = KEY, **rest: object) -> dict[str, object]:
    """Write a callback's JSON with a hash as Dropbox Sign makes it."""
    moment = str(int(at.timestamp()))
    mac = hmac.digest(key.encode(), f"{moment}{kind}".encode(), "sha256").hex()
    event = {"event_time": moment, "event_type": kind, "event_hash": mac}
    return {"event": event, "signature_request": {"signature_request_id": "r1"}, **rest}


def raw(value: object, form: str = "multipart", *, at: datetime = AT) -> RawCallback:
    """Put it into one of the three forms."""
    whole = wrapped(json.dumps(value), form)
    headers = {name.lower(): text for name, text in whole["headers"].items()}
    return RawCallback(headers=headers, body=whole["body"], received_at=at)


def signal(value: object) -> tuple[Signal, str]:
    """Believe and translate."""
    [event] = webhook.parse(webhook.verify(raw(value), [KEY]))
    return event.signal, event.envelope_id


@pytest.mark.parametrize("kind", PUBLISHED)
@pytest.mark.parametrize("form", ["multipart", "urlencoded", "json"])
def test_published_hashes_are_believed(kind: str, form: str) -> None:
    """The vendor's own examples pass, with its own key, in each form; with another key none does."""
    event = {"event_time": PUBLISHED_AT, "event_type": kind, "event_hash": PUBLISHED[kind]}
    at = datetime.fromtimestamp(int(PUBLISHED_AT), UTC) + timedelta(hours=1)
    given_raw = raw({"account_guid": "account", "event": event}, form, at=at)
    assert webhook.verify(given_raw, ["another", PUBLISHED_KEY]).received_at == at
    with pytest.raises(CallbackRejected):
        webhook.verify(given_raw, [PUBLISHED_KEY[::-1]])


def test_a_published_callback_of_another_time_is_not_believed() -> None:
    """Its hash is right, and it is fourteen years old."""
    kind = "signature_request_sent"
    event = {"event_time": PUBLISHED_AT, "event_type": kind, "event_hash": PUBLISHED[kind]}
    with pytest.raises(CallbackRejected):
        webhook.verify(raw({"event": event}), [PUBLISHED_KEY])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("signature_request_sent", Signal.SENT),
        ("signature_request_viewed", Signal.VIEWED),
        ("signature_request_signed", Signal.SIGNED),
        ("signature_request_all_signed", Signal.FULLY_EXECUTED),
        ("signature_request_declined", Signal.DECLINED),
        ("signature_request_canceled", Signal.VOIDED),
        ("signature_request_expired", Signal.EXPIRED),
        ("signature_request_invalid", Signal.FAILED),
        ("file_error", Signal.FAILED),
        ("signature_request_email_bounce", Signal.UNKNOWN),
        ("signature_request_remind", Signal.UNKNOWN),
        ("signature_request_reassigned", Signal.UNKNOWN),
        ("unknown_error", Signal.UNKNOWN),
        ("callback_test", Signal.UNKNOWN),
        ("fax_received", Signal.UNKNOWN),
    ],
)
def test_each_kind_means_what_it_says(kind: str, expected: Signal) -> None:
    """What ends an envelope, what does not, and what is none of our business."""
    assert signal(told(kind)) == (expected, "r1")


@pytest.mark.parametrize(
    ("complete", "expected"), [(True, Signal.FULLY_EXECUTED), (False, Signal.SIGNED)]
)
def test_downloadable_is_said_after_each_signature(complete: bool, expected: Signal) -> None:  # noqa: FBT001  # the parameter is the case
    """Only of a complete request does it say that everybody signed."""
    request = {"signature_request_id": "r1", "is_complete": complete}
    found = signal(told("signature_request_downloadable", signature_request=request))
    assert found == (expected, "r1")


def test_the_test_callback_of_a_new_address_is_taken() -> None:
    """It tells of no request at all; refused, the address could not be registered."""
    value = told("callback_test")
    del value["signature_request"]
    assert signal(value) == (Signal.UNKNOWN, "")


def test_the_body_is_not_protected_so_it_is_a_hint_alone() -> None:
    """Somebody who saw one callback can have us look at any envelope: nothing more is claimed."""
    forged = told("signature_request_all_signed")
    forged["signature_request"] = {"signature_request_id": "of-somebody-else"}
    assert signal(forged) == (Signal.FULLY_EXECUTED, "of-somebody-else")


@pytest.mark.parametrize("name", ["event_time", "event_type", "event_hash"])
@pytest.mark.parametrize("value", [None, 0, 1.5, True, [], {}, "", "x", "\ud800", "9" * 400])
def test_whatever_stands_in_a_signed_part_is_rejected_not_a_crash(name: str, value: object) -> None:
    """Another type, an empty text, half a character, an endless number."""
    callback = told("signature_request_sent")
    callback["event"][name] = value  # type: ignore[index]  # it is the event's mapping
    with pytest.raises(CallbackRejected):
        webhook.verify(raw(callback), [KEY])


@pytest.mark.parametrize("value", [None, 1, {}, "", "\ud800", "a b", "../x", "x" * 101, "é"])
def test_an_id_that_is_none_names_nothing(value: object) -> None:
    """The id is not covered by the hash: it reaches no ledger unless it looks like one."""
    callback = told("signature_request_sent", signature_request={"signature_request_id": value})
    assert signal(callback) == (Signal.SENT, "")


def test_a_moment_that_is_signed_and_no_time_is_rejected() -> None:
    """A hash over nonsense is a hash, and proves no age."""
    mac = hmac.digest(KEY.encode(), b"soonsignature_request_sent", "sha256").hex()
    event = {"event_time": "soon", "event_type": "signature_request_sent", "event_hash": mac}
    with pytest.raises(CallbackRejected):
        webhook.verify(raw({"event": event}), [KEY])


def test_no_key_believes_nothing() -> None:
    """Not even a hash made with an empty key."""
    with pytest.raises(CallbackRejected):
        webhook.verify(raw(told("signature_request_sent", key="")), [])


def test_a_callback_has_one_id_in_each_form_and_another_for_another_person() -> None:
    """Delivered again in another form it is the same; two people viewing at once are two."""
    value = told("signature_request_viewed")
    ids = {webhook.verify(raw(value, form), [KEY]).delivery_id for form in ("multipart", "json")}
    assert len(ids) == 1
    value["event"]["event_metadata"] = {"related_signature_id": "s2"}  # type: ignore[index]  # it is the event's mapping
    assert webhook.verify(raw(value), [KEY]).delivery_id not in ids


@pytest.mark.parametrize(
    "changed",
    [
        {"event_metadata": {"event_message": "other"}},
        {"event_metadata": {"reported_for_app_id": "other"}},
        {"event_metadata": {"related_signature_id": None}},
        {"event_metadata": {"related_signature_id": ["s1"]}},
        {"event_metadata": ["other"]},
        {"padding": "other"},
    ],
)
def test_what_names_nothing_else_makes_no_other_report(changed: dict[str, object]) -> None:
    """Kind, time, request and signature do; whatever else is put into a seen one, it is known."""
    value = told("signature_request_viewed")
    first = webhook.verify(raw(value), [KEY])
    value["event"] |= changed  # type: ignore[operator]  # it is the event's mapping
    assert webhook.verify(raw({**value, "other": 1}), [KEY]).delivery_id == first.delivery_id


def test_what_one_hash_makes_believable_is_one_family() -> None:
    """Whatever request or signature it names, in either key's time; the control: others are not."""
    value = told("signature_request_viewed")
    first = webhook.verify(raw(value), [KEY])
    assert first.family
    others = [
        {**value, "signature_request": {"signature_request_id": "r2"}},
        {key: item for key, item in value.items() if key != "signature_request"},
        told("signature_request_viewed", key="new", signature_request={}),
    ]
    for other in others:
        again = webhook.verify(raw(other), [KEY, "new"])
        assert again.family == first.family
        assert again.delivery_id.startswith(first.family)
        assert again.delivery_id != first.delivery_id
    for other in (
        told("signature_request_signed"),
        told("signature_request_viewed", at=AT + timedelta(seconds=1)),
    ):
        assert webhook.verify(raw(other), [KEY]).family != first.family


def test_what_is_kept_is_the_json() -> None:
    """Of a form, the field that was checked; so what is read later is what was believed."""
    value = told("signature_request_sent")
    assert json.loads(webhook.verify(raw(value), [KEY]).body) == value


def test_a_body_too_large_is_rejected() -> None:
    """Before anything is read of it."""
    value = told("signature_request_sent", padding="x" * LARGEST_BODY)
    with pytest.raises(CallbackRejected):
        webhook.verify(raw(value), [KEY])


def test_the_first_field_counts_and_no_other() -> None:
    """A second field `json` is not believed for the first one's hash."""
    good, bad = (json.dumps(told("file_error", key=key)) for key in (KEY, "other"))
    body = urlencode([("json", bad), ("json", good)]).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    with pytest.raises(CallbackRejected):
        webhook.verify(RawCallback(headers=headers, body=body, received_at=AT), [KEY])


@given(
    kind=st.sampled_from(
        [
            "multipart/form-data",
            "multipart/form-data; boundary=b",
            "multipart/form-data; boundary*=utf-8''%00",
            'multipart/form-data; boundary="',
            "application/x-www-form-urlencoded",
            "application/json",
            "",
        ]
    ),
    body=st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=100).map(lambda it: b"--b\r\nContent-Disposition: form-data;" + it),
        st.binary(max_size=100).map(
            lambda it: b'--b\r\nContent-Disposition: form-data; name="json"\r\n' + it
        ),
        st.binary(max_size=100).map(lambda it: b"json=" + it),
    ),
)
def test_any_bytes_are_rejected_not_a_crash(kind: str, body: bytes) -> None:
    """Whatever a stranger posts: not believed, never another error."""
    callback = RawCallback(headers={"content-type": kind}, body=body, received_at=AT)
    with pytest.raises(CallbackRejected):
        webhook.verify(callback, [KEY])


MULTIPART, HEAD = "multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: "
NESTED = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth)
    for depth in range(20_000)
)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"&".join(b"a=b" for _ in range(21))),
        ("application/x-www-form-urlencoded", b"&" * 1_000_000),
        (MULTIPART, HEAD + b"(" * 5_000 + b"\r\n\r\n{}\r\n--b--\r\n"),
        (MULTIPART, HEAD + b"form-data" + b"; a=b" * 150_000 + b"\r\n\r\n{}\r\n--b--\r\n"),
        (MULTIPART, HEAD + b"form-data; name*=bogus''json\r\n\r\n{}\r\n--b--\r\n"),
        (MULTIPART, b"--b\r\n" + NESTED),
        (MULTIPART, b"--b\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 20_000),
        (MULTIPART, b"--b\r\nContent-Type: x/y" + b"; boundary*0=a" * 60_000 + b"\r\n\r\n"),
        (MULTIPART, b"--b\r\n\r\n\r\n" * 100_000),
        (f"multipart/form-data{'; a=b' * 10_000}", b"--b--"),
    ],
    ids=[
        "too many fields",
        "a million empty fields",
        "comments in comments",
        "a head without an end",
        "a charset that is none",
        "parts in parts",
        "letters in letters",
        "a boundary in pieces",
        "many parts",
        "no boundary",
    ],
)
def test_a_form_made_to_hurt_is_refused_at_once(kind: str, body: bytes) -> None:
    """No proof is needed to be read so far, so it costs next to nothing and breaks nothing."""
    began = time.process_time()
    with pytest.raises(CallbackRejected):
        webhook.verify(
            RawCallback(headers={"content-type": kind}, body=body, received_at=AT), [KEY]
        )
    assert time.process_time() - began < MOST_WORK_S


def test_a_media_type_reads_the_same_in_capitals() -> None:
    """The control beside it: an honest form, as some sender in between might write its head."""
    honest = raw(told("callback_test"))
    kind = honest.headers["content-type"].replace("multipart/form-data", "Multipart/Form-Data ")
    assert webhook.verify(replace(honest, headers={"content-type": kind}), [KEY]).delivery_id


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(event=JSON, request=JSON)
def test_any_json_is_translated_not_a_crash(event: object, request: object) -> None:
    """What was kept may be anything; it moves nothing it does not name."""
    body = json.dumps({"event": event, "signature_request": request}).encode()
    believed = VerifiedCallback(delivery_id="d", body=body, received_at=AT)
    assert [item.signal for item in webhook.parse(believed)] == [Signal.UNKNOWN]
