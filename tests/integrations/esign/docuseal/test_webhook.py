"""DocuSeal's callbacks: what is believed, and what of them is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.signing import Signal
from docgen.errors import CallbackRejected
from docgen.ports.esign import RawCallback
from integrations.esign.docuseal import webhook
from integrations.simulators.mischief import Delivery
from integrations.vendor.report import LARGEST_BODY
from tests.contracts.esign import AT, two_of_each
from tests.integrations.esign.docuseal.running import NEW, OLD, Running, received, signed

# Made with another HMAC (openssl dgst -sha256 -hmac), so that both sides cannot err alike:
# printf '1764000000.{"event_type":"form.viewed"}' | openssl dgst -sha256 -hmac whsec_example
FOREIGN_BODY = b'{"event_type":"form.viewed"}'
FOREIGN_MAC = "0a448f87923807e5bbad1b1a992ef9a9e30d8b06669699bfedf72a1b2450fc8f"


def told(event: str = "form.completed", **data: Any) -> bytes:
    """Write a report of the first recipient's."""
    return json.dumps(
        {
            "event_type": event,
            "timestamp": "2026-11-23T11:59:58.000Z",
            "data": {"id": 101, "submission_id": 41001, "role": "practice_1", **data},
        }
    ).encode()


def by_header(body: bytes, **headers: str) -> RawCallback:
    """Give a callback of a server that signs nothing."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawCallback(headers=named, body=body, received_at=AT)


def test_a_signature_made_by_another_tool_fits() -> None:
    """Time, dot and raw body, under the secret's whole text."""
    at = AT.fromtimestamp(1764000000, AT.tzinfo)
    raw = RawCallback(
        headers={"x-docuseal-signature": f"1764000000.{FOREIGN_MAC}"},
        body=FOREIGN_BODY,
        received_at=at,
    )
    assert webhook.verify(raw, ["whsec_example"]).body == FOREIGN_BODY
    with pytest.raises(CallbackRejected):
        webhook.verify(raw, ["example"])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.upper(),
        lambda text: "0" + text,
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text.replace(".", ","),
        lambda text: text.partition(".")[2],
        lambda text: text + "." + text,
        lambda text: "٣" + text[1:],
        lambda text: "-" + text,
        lambda text: "9" * 400 + "." + text.partition(".")[2],
        lambda _: "",
        lambda _: "\udcff",
    ],
)
def test_a_signature_in_another_form_is_rejected(change: Any) -> None:
    """One form alone holds, and nothing else is read into it."""
    raw = signed(told(), OLD, AT)
    webhook.verify(raw, [OLD])  # the control
    header = change(raw.headers["x-docuseal-signature"])
    with pytest.raises(CallbackRejected):
        webhook.verify(replace(raw, headers={"x-docuseal-signature": header}), [OLD])


def test_the_time_is_covered_by_the_signature() -> None:
    """A replay with the time of today does not fit."""
    old = signed(told(), OLD, AT - timedelta(days=2))
    mac = old.headers["x-docuseal-signature"].partition(".")[2]
    fresh = {"x-docuseal-signature": f"{int(AT.timestamp())}.{mac}"}
    with pytest.raises(CallbackRejected, match="no signature fits"):
        webhook.verify(replace(old, headers=fresh, received_at=AT), [OLD])


def test_a_late_try_is_signed_anew_and_known_again() -> None:
    """The report is the same one, days later."""
    late = AT + timedelta(days=5)
    first = webhook.verify(signed(told(), OLD, AT), [OLD])
    again = webhook.verify(replace(signed(told(), OLD, late), received_at=late), [OLD])
    assert first.delivery_id == again.delivery_id


@pytest.mark.parametrize(
    "other",
    [told(id=102), told("form.declined"), told().replace(b"11:59:58", b"11:59:57")],
)
def test_another_report_has_another_id(other: bytes) -> None:
    """Event, id and time tell reports apart; DocuSeal numbers none."""
    first, second = (webhook.verify(signed(one, OLD, AT), [OLD]) for one in (told(), other))
    assert first.delivery_id != second.delivery_id


def test_a_fixed_header_is_believed_only_where_the_settings_name_it() -> None:
    """For servers that sign nothing; every secret of a rotation holds."""
    raw = by_header(told(), x_secret=OLD)
    assert webhook.verify(raw, [NEW, OLD], "X-Secret").body == told()
    for header, secrets in (("", [OLD]), ("x-other", [OLD]), ("x-secret", [NEW])):
        with pytest.raises(CallbackRejected):
            webhook.verify(raw, secrets, header)
    for wrong in ("", OLD[:-1], OLD + " ", "\udcff", "ÿ"):
        with pytest.raises(CallbackRejected):
            webhook.verify(by_header(told(), x_secret=wrong), [OLD], "x-secret")


def test_an_older_servers_callbacks_are_believed_by_their_header(docuseal: Running) -> None:
    """It signs nothing; what it reports is understood and cleaned all the same."""
    docuseal.simulator.signs, docuseal.simulator.header = False, ("X-Secret", OLD)
    docuseal.simulator.sign_all(docuseal.service().send(two_of_each()))
    for letter in docuseal.simulator.letters():
        kept = webhook.verify(received(letter), [OLD], "x-secret")
        assert webhook.parse(kept)[0].signal is not Signal.UNKNOWN
        assert b"://" not in kept.body
        assert "x-secret" not in webhook.HEADERS
        with pytest.raises(CallbackRejected):
            webhook.verify(received(letter), [OLD])


def test_a_get_is_no_callback(docuseal: Running) -> None:
    """DocuSeal asks nobody whether callbacks are wanted; even a signed one is refused."""
    with pytest.raises(CallbackRejected):
        docuseal.service().greet(signed(told(), OLD, AT))


def test_a_wrong_signature_is_not_made_good_by_the_header() -> None:
    """Where there is a signature, it must fit."""
    raw = signed(told(), "whsec_of_somebody_else", AT)
    both = replace(raw, headers={**raw.headers, "x-secret": OLD})
    with pytest.raises(CallbackRejected):
        webhook.verify(both, [OLD], "x-secret")


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"\xff", b"{" * 10, b"[" * 200_000, b'{"data":' * 700 + b"1"],
)
def test_a_signed_body_that_is_no_report_is_refused(body: bytes) -> None:
    """What cannot be looked through for links is not kept."""
    with pytest.raises(CallbackRejected):
        webhook.verify(signed(body, OLD, AT), [OLD])


def test_a_deep_body_is_refused_or_kept_and_never_a_crash() -> None:
    """Whether reading or cleaning it is what gives up."""
    for depth in (10, 200, 400, 800, 3000):
        body = told(deep="@").replace(b'"@"', b"[" * depth + b"]" * depth)
        try:
            kept = webhook.verify(signed(body, OLD, AT), [OLD]).body
        except CallbackRejected:
            assert depth > 100
        else:
            assert kept == body


def test_a_body_too_large_is_refused() -> None:
    """Before anything is computed over it."""
    with pytest.raises(CallbackRejected, match="too large"):
        webhook.verify(signed(b" " * (LARGEST_BODY + 1), OLD, AT), [OLD])


def test_no_link_of_a_callback_is_kept(docuseal: Running) -> None:
    """Neither signing links nor slugs nor addresses of files, in any callback of a signing."""
    simulator = docuseal.simulator
    envelope = simulator.envelopes[docuseal.service().send(two_of_each())]
    simulator.view(envelope.id, envelope.turn[0].id)
    simulator.sign_all(envelope.id)
    letters = simulator.letters()
    opens = [one["slug"] for one in envelope.notes["submitters"].values()]
    opens += [envelope.notes["slug"], *simulator.files]
    sent = b"".join(letter.body for letter in letters).decode()
    assert sum(text in sent for text in opens) > 3  # the control: they are there
    for letter in letters:
        kept = webhook.verify(received(letter), [OLD]).body.decode()
        assert "://" not in kept
        assert not any(text in kept for text in opens)
        assert json.loads(kept)["event_type"] == json.loads(letter.body)["event_type"]


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
NAMES = st.sampled_from(["slug", "embed_src", "url", "values", "name", "data"])
TREES = st.recursive(
    LEAVES | st.just("https://docuseal.example.org/s/x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(tree=TREES)
def test_wherever_a_link_stands_it_is_removed(tree: Any) -> None:
    """However deep, in lists and objects alike; the same report is understood the same."""
    body = told(extra=tree, slug="pAMimKcyrLjqVt")
    kept = webhook.verify(signed(body, OLD, AT), [OLD])
    assert b"docuseal.example.org" not in kept.body
    assert b"pAMimKcyrLjqVt" not in kept.body
    [event] = webhook.parse(kept)
    assert (event.signal, event.envelope_id) == (Signal.SIGNED, "41001")


@pytest.mark.parametrize(("event", "signal"), sorted(webhook.SIGNALS.items()))
def test_every_event_names_submission_and_person(event: str, signal: Signal) -> None:
    """A form is a person's; its own id is not the submission's."""
    [found] = webhook.parse(webhook.verify(signed(told(event), OLD, AT), [OLD]))
    person = event.startswith("form.")
    assert found.signal is signal
    assert found.envelope_id == ("41001" if person else "101")
    assert found.recipient == ("practice_1" if person else "")
    assert found.at == AT - timedelta(seconds=2)
    assert found.reported_as == event


def test_the_last_signature_and_the_end_may_come_in_any_order(docuseal: Running) -> None:
    """Each is understood by itself."""
    docuseal.simulator.sign_all(docuseal.service().send(two_of_each()))
    letters = docuseal.simulator.letters(Delivery.REVERSED)[:2]
    events = [webhook.parse(webhook.verify(received(item), [OLD]))[0] for item in letters]
    assert [item.signal for item in events] == [Signal.FULLY_EXECUTED, Signal.SIGNED]
    assert len({item.envelope_id for item in events}) == 1


@given(data=TREES, event=TREES, stamp=TREES)
def test_odd_reports_are_read_without_an_error(data: Any, event: Any, stamp: Any) -> None:
    """Whatever stands where a text, an id or a moment is expected."""
    body = json.dumps({"event_type": event, "timestamp": stamp, "data": data}).encode()
    [found] = webhook.parse(webhook.verify(signed(body, OLD, AT), [OLD]))
    assert found.signal is Signal.UNKNOWN
