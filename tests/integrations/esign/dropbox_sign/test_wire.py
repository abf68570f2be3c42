"""Our words and Dropbox Sign's: what only this vendor has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.canonical import digest_of
from docgen.domain.signing import FieldKind, Signal
from docgen.errors import ConfigurationError, UnsupportedFeature
from docgen.ports.service_account import ServiceAccount
from integrations.esign.dropbox_sign import wire
from integrations.esign.dropbox_sign.provider import DropboxSignService
from tests.contracts.esign import AT, recipient, two_of_each

if TYPE_CHECKING:
    from docgen.ports.esign import EnvelopeRequest


def fields_of(request: EnvelopeRequest) -> Any:
    """Write a request."""
    return wire.envelope_body(request, test_mode=False)


def answer(request: EnvelopeRequest, **rest: object) -> dict[str, Any]:
    """Answer as Dropbox Sign does, nobody having signed."""
    told = fields_of(request)
    signatures = [
        {
            "signature_id": f"s{number}",
            "signer_email_address": one["email_address"],
            "order": one.get("order"),
            "status_code": "awaiting_signature",
        }
        for number, one in enumerate(told["signers"])
    ]
    return {
        "signature_request_id": "r1",
        "metadata": told["metadata"],
        "created_at": int(AT.timestamp()),
        "is_complete": False,
        "is_declined": False,
        "has_error": False,
        "signatures": signatures,
        **rest,
    }


# Sending ---------------------------------------------------------------------------------------


def test_corners_count_72_to_the_inch_and_sizes_80() -> None:
    """The vendor's own rule: the page's upper left for x and y, eighty units an inch for sizes."""
    asked = two_of_each()
    sent = fields_of(asked)["form_fields_per_document"]
    ours = [(number, it) for number, doc in enumerate(asked.documents) for it in doc.fields]
    assert len(sent) == len(ours)
    for told, (number, field) in zip(sent, ours, strict=True):
        assert told["document_index"] == number
        assert (told["x"], told["y"]) == (round(field.x), round(field.y))
        assert abs(told["width"] - field.width * 80 / 72) <= 1
        assert abs(told["height"] - field.height * 80 / 72) <= 1
        assert told["width"] * 72 / 80 <= field.width  # never into the next row


def test_there_is_no_field_for_names() -> None:
    """Names and titles are texts with a label; dates fill themselves in."""
    sent = fields_of(two_of_each())["form_fields_per_document"]
    assert {it["type"] for it in sent} == {"signature", "text", "date_signed"}
    assert {it["name"] for it in sent if it["type"] == "text"} == {"Full name", "Title"}
    assert set(wire.KINDS) == set(FieldKind)


def test_a_fields_id_is_its_own_in_the_whole_request() -> None:
    """Also where two documents have the same panels."""
    names = [it["api_id"] for it in fields_of(two_of_each())["form_fields_per_document"]]
    assert len(set(names)) == len(names)


def test_orders_count_from_nought_without_gaps() -> None:
    """Whatever numbers a packet uses; and none at all where everybody signs at once."""
    asked = two_of_each()
    spread = tuple(
        replace(it, routing_order=order) for it, order in zip(asked.recipients, (3, 7), strict=True)
    )
    assert [it["order"] for it in fields_of(replace(asked, recipients=spread))["signers"]] == [0, 1]
    together = tuple(replace(it, routing_order=3) for it in asked.recipients)
    sent = fields_of(replace(asked, recipients=together))["signers"]
    assert all("order" not in it for it in sent)


@given(minutes=st.integers(24 * 60, 90 * 24 * 60), second=st.integers(0, 3599))
def test_rounded_down_to_the_hour_nobody_loses_time(minutes: int, second: int) -> None:
    """The vendor cuts to the hour; it still runs as long as was said, and never beyond 90 days."""
    sent_at = AT + timedelta(seconds=second)
    asked = replace(two_of_each(), sent_at=sent_at, expires_at=sent_at + timedelta(minutes=minutes))
    held = int(wire.envelope_body(asked, test_mode=False)["expires_at"])  # type: ignore[call-overload]  # a text
    assert held % 3600 == 0
    until = datetime.fromtimestamp(held, UTC)
    assert until <= sent_at + timedelta(days=90)
    assert until >= asked.expires_at or until > sent_at + timedelta(days=90, hours=-1)


def test_metadata_stay_within_ten_keys_of_a_thousand_characters() -> None:
    """For the largest packet that is taken, with long names of documents and people."""
    asked = two_of_each()
    most = DropboxSignService.capabilities.most_documents
    documents = tuple(
        replace(asked.documents[0], slug=f"a-rather-long-name-of-a-document-{number}", fields=())
        for number in range(most)
    )
    people = tuple(recipient(f"practice_{number}", "Dana Example", number) for number in range(12))
    kept = fields_of(replace(asked, documents=documents, recipients=people))["metadata"]
    assert len(kept) <= 10
    assert all(len(name) <= 40 and len(value) <= 1000 for name, value in kept.items())
    assert kept["docgen_key"] == asked.idempotency_key == digest_of("k1")
    assert not any("Dana" in value or "@" in value for value in kept.values())


@pytest.mark.parametrize("days", [0.5, 90.5])
def test_a_time_the_vendor_does_not_know_is_refused_first(days: float) -> None:
    """Less than a day or more than ninety."""
    asked = two_of_each()
    service = opened({"test_mode": "yes"})
    service.check(asked)
    with pytest.raises(UnsupportedFeature):
        service.check(replace(asked, expires_at=asked.sent_at + timedelta(days=days)))


def test_other_paper_than_letter_is_refused_first() -> None:
    """Positions are documented for US Letter; on A4 a field may land elsewhere."""
    asked = two_of_each()
    first = asked.documents[0]
    other = tuple(replace(it, page_width=595.0, page_height=842.0) for it in first.fields)
    with pytest.raises(UnsupportedFeature):
        opened({}).check(replace(asked, documents=(replace(first, fields=other),)))


# Reading ---------------------------------------------------------------------------------------


def test_people_are_known_again_in_whatever_order_they_are_listed() -> None:
    """By their address; no order of the list is promised."""
    found = answer(two_of_each())
    found["signatures"].reverse()
    assert {key: it["signature_id"] for key, it in wire.signatures(found).items()} == {
        "practice_1": "s0",
        "pso": "s1",
    }
    assert list(wire.signatures(found)) == ["practice_1", "pso"]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("changed", [0, 1])
def test_a_place_that_passed_on_keeps_our_key(together: bool, changed: int) -> None:  # noqa: FBT001  # the parameter is the case
    """A new id, a new address, at another place of the list: whoever is left over is meant."""
    asked = two_of_each()
    if together:
        people = tuple(replace(it, routing_order=1) for it in asked.recipients)
        asked = replace(asked, recipients=people)
    found = answer(asked)
    new = {"signature_id": "new", "signer_email_address": "ann@example.org"}
    moved = found["signatures"].pop(changed) | new
    found["signatures"].insert(1 - changed, moved)
    key = asked.recipients[changed].key
    assert wire.signatures(found)[key]["signature_id"] == "new"
    assert wire.signatures(found)[asked.recipients[1 - changed].key]["signature_id"] != "new"


def test_both_places_passed_on() -> None:
    """Then the order tells who is who."""
    found = answer(two_of_each())
    for number, one in enumerate(found["signatures"]):
        one["signer_email_address"] = f"new{number}@example.org"
    found["signatures"].reverse()
    assert [it["signature_id"] for it in wire.signatures(found).values()] == ["s0", "s1"]


def test_two_places_of_one_person() -> None:
    """One address signs twice, in turn."""
    asked = two_of_each()
    people = tuple(replace(it, email="dana@example.org") for it in asked.recipients)
    found = answer(replace(asked, recipients=people))
    found["signatures"].reverse()
    assert [it["signature_id"] for it in wire.signatures(found).values()] == ["s0", "s1"]


@pytest.mark.parametrize("pages", ["2", "2 x", "2 -1", "2 \u0662", "", "2 3 4"])
def test_counts_changed_at_the_service_give_no_documents(pages: str) -> None:
    """So the file is set aside, as one that lacks its documents; the control is the next test."""
    kept = {wire.DOCUMENTS: "psa baa", wire.PAGES: pages}
    assert wire.parts({"metadata": kept}) == []


def test_each_document_begins_where_the_one_before_ends() -> None:
    """The one file holds both, in the order in which they were sent."""
    assert wire.parts(answer(two_of_each())) == [("psa", 1), ("baa", 3)]


@pytest.mark.parametrize(
    ("told", "ended"),
    [
        ({}, None),
        ({"is_complete": True}, Signal.FULLY_EXECUTED),
        ({"is_declined": True}, Signal.DECLINED),
        ({"has_error": True}, Signal.FAILED),
        ({"is_complete": True, "has_error": True}, Signal.FULLY_EXECUTED),
        ({"is_complete": "true"}, None),
        ({"is_complete": None, "is_declined": None, "has_error": None}, None),
    ],
)
def test_endings(told: dict[str, object], ended: Signal | None) -> None:
    """A 200 that was taken in and could not be converted is a failure; no word is no ending."""
    assert wire.snapshot_of(answer(two_of_each(), **told)).ended is ended


def test_one_signature_that_expired_ends_it() -> None:
    """Though another signed; unless all have."""
    found = answer(two_of_each(), expires_at=int(AT.timestamp()))
    signed = {"status_code": "signed", "signed_at": int(AT.timestamp())}
    found["signatures"][0].update(signed)
    found["signatures"][1]["status_code"] = "expired"
    snapshot = wire.snapshot_of(found)
    assert (snapshot.ended, snapshot.ended_at) == (Signal.EXPIRED, AT)
    assert snapshot.recipients[0].signed_at == AT
    assert wire.snapshot_of({**found, "is_complete": True}).ended is Signal.FULLY_EXECUTED


def test_a_decline_has_its_reason_and_no_signature() -> None:
    """When it was is not said: the last look stands for it, or the sending."""
    found = answer(two_of_each(), is_declined=True)
    late = int((AT + timedelta(hours=2)).timestamp())
    found["signatures"][1] |= {
        "status_code": "declined",
        "decline_reason": "No",
        "signed_at": late,
        "last_viewed_at": late,
    }
    snapshot = wire.snapshot_of(found)
    assert snapshot.reason == "No"
    assert snapshot.recipients[1].signed_at is None
    assert snapshot.recipients[1].declined_at == AT + timedelta(hours=2)
    del found["signatures"][1]["last_viewed_at"]
    assert wire.snapshot_of(found).recipients[1].declined_at == AT


def test_a_request_that_is_not_ours_is_read_without_people() -> None:
    """The account's other requests stand in the list beside ours."""
    for metadata in (None, {}, {"docgen_recipients": "x y:z"}):
        found = answer(two_of_each(), metadata=metadata)
        snapshot = wire.snapshot_of(found)
        assert (snapshot.idempotency_key, snapshot.recipients) == ("", ())
        assert wire.parts(found) == []


# Settings --------------------------------------------------------------------------------------


def opened(options: dict[str, str]) -> DropboxSignService:
    """Open the service with these settings."""
    account = ServiceAccount(
        service="dropbox_sign", options=options, secrets={"api_key": ("s3cret",)}
    )
    return DropboxSignService.open(
        account, now=lambda: AT, callback_url="https://site.example.org/c", loopback=False
    )


@pytest.mark.parametrize("word", ["true", "1", "Yes", "on"])
def test_a_test_mode_that_is_misspelt_is_refused(word: str) -> None:
    """Taken for no, it would send what binds, and costs."""
    with pytest.raises(ConfigurationError, match="test_mode"):
        opened({"test_mode": word})


def test_test_mode_is_said_in_each_request() -> None:
    """Both ways."""
    modes = {mode: wire.envelope_body(two_of_each(), test_mode=mode) for mode in (True, False)}
    assert [modes[mode]["test_mode"] for mode in (True, False)] == ["1", "0"]


@pytest.mark.parametrize(
    ("options", "most"), [({"test_mode": "yes"}, 10), ({"test_mode": "no"}, 100), ({}, 100)]
)
def test_re_reading_leaves_half_of_what_the_mode_may_ask(
    options: dict[str, str], most: int
) -> None:
    """An account in test mode may ask a tenth as often in a minute; all else it does alike."""
    service = opened(options)
    assert service.capabilities.polls_an_hour == most * 60 // 2
    assert service.test_mode is (most == 10)
    usual = DropboxSignService.capabilities
    assert replace(service.capabilities, polls_an_hour=usual.polls_an_hour) == usual
