"""What DocuSeal is told, and how its answers are read."""

from __future__ import annotations

import base64
import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.signing import Signal
from integrations.esign.docuseal import wire
from tests.contracts.esign import AT, request, two_of_each

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def body() -> Any:
    """Write what is sent for two documents and two people."""
    return wire.envelope_body(two_of_each())


def submission(**changed: Any) -> dict[str, Any]:
    """Write a submission that waits for both, as DocuSeal shows it; the second one first."""
    asked = two_of_each()
    people: list[dict[str, Any]] = [
        {
            "id": 100 + number,
            "role": one.key,
            "status": "sent" if number == 1 else "awaiting",
            "external_id": wire.external_id(asked.idempotency_key, number),
            "metadata": {wire.PACKET: "pkt_1", wire.DOCUMENTS: "psa baa"},
        }
        for number, one in enumerate(asked.recipients, start=1)
    ]
    told = {
        "id": 41001,
        "status": "pending",
        "archived_at": None,
        "completed_at": None,
        "expire_at": "2026-12-23T12:00:00.000Z",
        "created_at": "2026-11-23T12:00:00.000Z",
        "submitters": people[::-1],
        "submission_events": [],
    }
    return copy.deepcopy({**told, **changed})


def test_areas_are_shares_of_the_page_from_its_upper_left() -> None:
    """A row's corner and size, divided by the page's."""
    asked = two_of_each()
    for document, told in zip(asked.documents, body()["documents"], strict=True):
        assert base64.b64decode(told["file"]) == document.pdf
        for field, one in zip(document.fields, told["fields"], strict=True):
            [area] = one["areas"]
            assert area["x"] == pytest.approx(field.x / 612, abs=1e-5)
            assert area["y"] == pytest.approx(field.y / 792, abs=1e-5)
            assert area["w"] == pytest.approx(field.width / 612, abs=1e-5)
            assert area["h"] == pytest.approx(field.height / 792, abs=1e-5)
            assert area["page"] == field.page


def test_field_names_are_unique_in_the_whole_submission() -> None:
    """Two documents with the same panels do not share a field."""
    names = [one["name"] for document in body()["documents"] for one in document["fields"]]
    assert len(names) == len(set(names)) == 16


def test_name_and_title_are_filled_in_of_the_person_alone() -> None:
    """Each in the fields of their own panels, in every document; nothing where there is none."""
    asked = two_of_each()
    bare = replace(asked, recipients=(asked.recipients[0], replace(asked.recipients[1], title="")))
    told: Any = wire.envelope_body(bare)
    dana, kim = (one["values"] for one in told["submitters"])
    assert dana == {
        "psa_practice_1_name": "Dana Example",
        "psa_practice_1_title": "Director",
        "baa_practice_1_name": "Dana Example",
        "baa_practice_1_title": "Director",
    }
    assert kim == {"psa_pso_name": "Kim Sample", "baa_pso_name": "Kim Sample"}


def test_the_order_begins_with_zero_and_has_no_gap() -> None:
    """Our routing order may begin anywhere; DocuSeal's begins with 0."""
    asked = two_of_each()
    late = tuple(
        replace(one, routing_order=3 + 4 * number) for number, one in enumerate(asked.recipients)
    )
    told: Any = wire.envelope_body(replace(asked, recipients=late))
    assert [one["order"] for one in told["submitters"]] == [0, 1]
    assert told["order"] == "preserved"


def test_the_end_of_the_time_for_signing_is_utc() -> None:
    """Whatever zone our moment is in."""
    zone = timezone(timedelta(hours=-5))
    moment = datetime(2026, 12, 31, 20, 30, 0, tzinfo=zone)
    assert (
        wire.envelope_body(replace(request(), expires_at=moment))["expire_at"]
        == "2027-01-01 01:30:00 UTC"
    )


def test_documents_stay_apart_and_pages_as_they_are() -> None:
    """No merging, and nothing that looks like a tag is taken off a page."""
    assert (body()["merge_documents"], body()["remove_tags"]) == (False, False)


@pytest.mark.parametrize("text", ["", "Please sign."])
def test_a_message_always_has_a_body_with_the_link(text: str) -> None:
    """Without a body DocuSeal refuses it; without the link it invites nobody."""
    told: Any = wire.envelope_body(replace(request(), message=text))
    assert told["message"]["body"] == f"{text}\n\n{wire.LINK}".strip()


def test_no_variable_is_filled_in_but_the_link() -> None:
    """A practice's name that looks like a variable stays text, in letter and subject."""
    told: Any = wire.envelope_body(
        replace(request(), message="For {{account.name}}", title="{{submitter.link}} agreement")
    )
    assert told["message"]["body"].count("{{") == 1
    assert "{{" not in told["message"]["subject"]


def test_key_recipients_and_slugs_come_back_from_the_answer_alone() -> None:
    """In our order, whatever DocuSeal's is."""
    told = submission()
    snapshot = wire.snapshot_of(told)
    assert snapshot.idempotency_key == two_of_each().idempotency_key
    assert [one.key for one in snapshot.recipients] == ["practice_1", "pso"]
    assert wire.slugs(told) == ["psa", "baa"]
    assert snapshot.sent_at == AT


def test_whom_we_did_not_send_to_is_left_out() -> None:
    """A submitter whom somebody added on the vendor's pages is none of our recipients."""
    told = submission()
    told["submitters"].append({"id": 9, "role": "Other", "status": "sent", "external_id": None})
    assert len(wire.snapshot_of(told).recipients) == 2


@pytest.mark.parametrize(
    ("status", "archived", "ended"),
    [
        ("pending", None, None),
        ("something_new", None, None),
        ("completed", None, Signal.FULLY_EXECUTED),
        ("declined", None, Signal.DECLINED),
        ("expired", None, Signal.EXPIRED),
        ("pending", "2026-12-01T00:00:00.000Z", Signal.VOIDED),
        ("something_new", "2026-12-01T00:00:00.000Z", Signal.VOIDED),
        # Tidied away after its end, it has ended as it had.
        ("completed", "2026-12-01T00:00:00.000Z", Signal.FULLY_EXECUTED),
        ("declined", "2026-12-01T00:00:00.000Z", Signal.DECLINED),
        ("expired", "2026-12-24T00:00:00.000Z", Signal.EXPIRED),
        # Withdrawn while open; the clock ran out on it later.
        ("expired", "2026-12-01T00:00:00.000Z", Signal.VOIDED),
    ],
)
def test_status_and_archiving_together_tell_the_ending(
    status: str, archived: str | None, ended: Signal | None
) -> None:
    """Archiving leaves the status as it was, so neither alone tells it."""
    told = submission(status=status, archived_at=archived, completed_at="2026-11-30T00:00:00.000Z")
    for one in told["submitters"]:
        one["declined_at"] = "2026-11-29T00:00:00.000Z" if status == "declined" else None
    snapshot = wire.snapshot_of(told)
    assert snapshot.ended is ended
    days = {
        Signal.FULLY_EXECUTED: datetime(2026, 11, 30, tzinfo=UTC),
        Signal.DECLINED: datetime(2026, 11, 29, tzinfo=UTC),
        Signal.VOIDED: datetime(2026, 12, 1, tzinfo=UTC),
        Signal.EXPIRED: datetime(2026, 12, 23, 12, tzinfo=UTC),
    }
    assert snapshot.ended_at == (days[ended] if ended else None)


def test_the_reason_of_a_decline_is_in_the_history() -> None:
    """Only of a decline; other entries and other endings give none."""
    events = [
        {"event_type": "view_form", "data": {"reason": "no"}},
        {"event_type": "decline_form", "data": {"reason": "Not this year"}},
    ]
    assert wire.snapshot_of(submission(status="declined", submission_events=events)).reason == (
        "Not this year"
    )
    assert wire.snapshot_of(submission(submission_events=events)).reason == ""


@pytest.mark.parametrize("text", [None, 5, "", "soon", "2026-13-45T00:00:00Z"])
def test_a_moment_that_is_none_is_left_out(text: object) -> None:
    """An ending without a readable moment is an ending all the same."""
    snapshot = wire.snapshot_of(submission(status="completed", completed_at=text))
    assert (snapshot.ended, snapshot.ended_at) == (Signal.FULLY_EXECUTED, None)


@given(external=JSON, status=JSON, moment=JSON)
def test_odd_answers_move_nothing(external: Any, status: Any, moment: Any) -> None:
    """Whatever stands where an id, a status or a moment is expected."""
    told = submission(status=status, created_at=moment, archived_at=None)
    told["submitters"][0]["external_id"] = external
    snapshot = wire.snapshot_of(told)
    assert snapshot.ended in {None, wire.ENDINGS.get(str(status))}
