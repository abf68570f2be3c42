"""Our words and Documenso's: what is written, and what is read back of whatever comes."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.signing import FieldKind, Signal, SigningField
from integrations.esign.documenso import wire
from tests.contracts.esign import AT, request, two_of_each

KEY = "0f" * 32
CARRIED = wire.Carrier(
    key=KEY, packet_id="pkt_1", slugs=("psa", "baa"), recipients=("practice_1", "pso")
)
NAMES = st.text("abcXYZ019_-", min_size=1, max_size=12)


def envelope(**changed: Any) -> dict[str, Any]:
    """Write an envelope as Documenso shows one that is out for signature."""
    return {
        "id": "envelope_1",
        "status": "PENDING",
        "externalId": CARRIED.text(),
        "createdAt": "2026-11-23T11:59:00.000Z",
        "completedAt": None,
        "recipients": [person(2), person(1)],
        "documentMeta": {"signingOrder": "SEQUENTIAL"},
    } | changed


def person(place: int, **changed: Any) -> dict[str, Any]:
    """Write a recipient who has done nothing yet."""
    return {
        "id": 100 + place,
        "email": f"{place}@example.org",
        "signingOrder": place,
        "readStatus": "NOT_OPENED",
        "signingStatus": "NOT_SIGNED",
        "signedAt": None,
        "expiresAt": "2026-12-23T12:00:00.000Z",
        "rejectionReason": None,
    } | changed


# What Documenso keeps for us --------------------------------------------------------------------


@given(
    key=st.text("0123456789abcdef", min_size=64, max_size=64),
    packet=NAMES,
    slugs=st.lists(NAMES, min_size=1, max_size=5),
    people=st.lists(NAMES, min_size=1, max_size=5),
)
def test_what_is_kept_comes_back(
    key: str, packet: str, slugs: list[str], people: list[str]
) -> None:
    """Whatever the names, the external id gives back exactly what was put in."""
    carrier = wire.Carrier(key=key, packet_id=packet, slugs=tuple(slugs), recipients=tuple(people))
    assert wire.carried({"externalId": carrier.text()}) == carrier


@given(text=st.one_of(st.none(), st.integers(), st.text(max_size=300)))
def test_a_strange_external_id_is_not_ours(text: object) -> None:
    """Anything else is somebody else's envelope, never an error."""
    assert wire.carried({"externalId": text}) is None


@given(position=st.integers(0, 200), letter=st.characters(codec="utf-8"))
def test_a_changed_external_id_is_another_one(position: int, letter: str) -> None:
    """No change is read as what was written."""
    text = CARRIED.text()
    place = position % len(text)
    changed = text[:place] + letter + text[place + 1 :]
    assert (wire.carried({"externalId": changed}) == CARRIED) == (changed == text)


def test_a_usual_packet_fits_well() -> None:
    """Ids and slugs as this program makes them leave room to spare."""
    carrier = wire.Carrier(
        key=KEY,
        packet_id="pkt_" + "0" * 26,
        slugs=("psa", "baa", "pses", "practice-form-1", "practice-form-2"),
        recipients=("practice_1", "practice_2", "practice_3", "pso"),
    )
    assert len(carrier.text()) <= wire.LONGEST_EXTERNAL_ID


# What is written --------------------------------------------------------------------------------


@given(
    x=st.floats(0, 500),
    y=st.floats(0, 700),
    width=st.floats(1, 100),
    height=st.floats(1, 80),
    kind=st.sampled_from(FieldKind),
)
def test_positions_are_percent_from_the_upper_left(
    x: float, y: float, width: float, height: float, kind: FieldKind
) -> None:
    """Read as percent of the page, the field lies where it was; it never leaves the page."""
    field = SigningField(
        kind=kind,
        slot="pso",
        recipient="practice_1",
        page=2,
        x=x,
        y=y,
        width=width,
        height=height,
        page_width=612,
        page_height=792,
    )
    asked = request()
    body: Any = wire.envelope_body(
        replace(asked, documents=(replace(asked.documents[0], fields=(field,)),))
    )
    [told] = body["recipients"][0]["fields"]
    assert math.isclose(told["positionX"] * 6.12, x, abs_tol=0.01)
    assert math.isclose(told["positionY"] * 7.92, y, abs_tol=0.01)
    assert math.isclose(told["width"] * 6.12, width, abs_tol=0.01)
    assert math.isclose(told["height"] * 7.92, height, abs_tol=0.01)
    assert told["positionX"] + told["width"] <= 100
    assert told["positionY"] + told["height"] <= 100
    assert told["page"] == 2


@pytest.mark.parametrize(
    ("period", "days"),
    [
        (timedelta(days=30), 30),
        (timedelta(days=29, seconds=1), 30),
        (timedelta(hours=1), 1),
        (timedelta(seconds=-1), 1),
    ],
)
def test_the_time_for_signing_is_whole_days_and_never_less(period: timedelta, days: int) -> None:
    """Documenso counts no hours."""
    meta: Any = wire.envelope_body(replace(request(), expires_at=AT + period))["meta"]
    assert meta["envelopeExpirationPeriod"] == {"unit": "day", "amount": days}


@pytest.mark.parametrize(
    ("every", "said"),
    [
        (timedelta(days=7), {"unit": "day", "amount": 7}),
        (timedelta(hours=6), {"unit": "day", "amount": 1}),
        (None, {"disabled": True}),
    ],
)
def test_reminders_are_said_either_way(every: timedelta | None, said: dict[str, object]) -> None:
    """Left out, the team's own setting would remind; nobody asked for that."""
    meta: Any = wire.envelope_body(replace(request(), remind_every=every))["meta"]
    assert meta["reminderSettings"] == {"sendAfter": said, "repeatEvery": said}


def test_no_signer_names_the_next_one() -> None:
    """The team's setting might let a signer put somebody else in the next one's place."""
    meta: Any = wire.envelope_body(two_of_each())["meta"]
    assert meta["allowDictateNextSigner"] is False
    assert meta["signingOrder"] == "SEQUENTIAL"


def test_long_texts_are_cut_to_what_documenso_takes() -> None:
    """A subject has 254 characters, a message 5,000, a file's name some."""
    asked = replace(request(), title="A" * 300, message="B" * 6000)
    body: Any = wire.envelope_body(asked)
    assert len(body["title"]) == len(body["meta"]["subject"]) == 254
    assert body["title"].endswith("A…")
    assert len(body["meta"]["message"]) == 5000


@given(title=st.text(max_size=300))
def test_a_file_name_is_plain(title: str) -> None:
    """Whatever the title, every form parser reads the name alike."""
    name = wire.file_name(title)
    assert name.endswith(".pdf")
    assert name.isascii()
    assert not set(name) & set('/\\"\r\n;%')
    assert 5 <= len(name) <= 124
    assert not name.startswith(".")


# What is read -----------------------------------------------------------------------------------


def test_a_rejection_is_no_signature() -> None:
    """`signedAt` is set when somebody rejects, too; and rejected is declined, sealed or not."""
    when = "2026-11-23T12:30:00.000Z"
    one = person(1, signingStatus="REJECTED", signedAt=when, rejectionReason="Not this year")
    for status in ("REJECTED", "PENDING"):
        snapshot = wire.snapshot_of(envelope(status=status, recipients=[one, person(2)]), (), AT)
        assert snapshot.ended is Signal.DECLINED
        assert snapshot.reason == "Not this year"
        assert snapshot.recipients[0].signed_at is None
        assert snapshot.recipients[0].declined_at == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "ended"),
    [
        ("2026-11-23T12:00:00.001Z", None),
        ("2026-11-23T12:00:00.000Z", Signal.EXPIRED),
        (None, None),
        ("soon", None),
    ],
)
def test_expired_is_seen_from_who_has_not_signed(until: str | None, ended: Signal | None) -> None:
    """There is no status for it; whoever signed in time cannot be late."""
    over = "2026-11-01T00:00:00.000Z"
    people = [
        person(1, signingStatus="SIGNED", signedAt=over, expiresAt=over),
        person(2, expiresAt=until),
    ]
    assert wire.snapshot_of(envelope(recipients=people), (), AT).ended is ended
    for status, other in (("COMPLETED", Signal.FULLY_EXECUTED), ("DRAFT", None), ("NEW", None)):
        told = envelope(status=status, recipients=people)
        assert wire.snapshot_of(told, (), AT).ended is other


def test_the_log_says_when() -> None:
    """Sent, opened and cancelled have their moments there alone; the first opening counts."""
    log = [
        {"type": "DOCUMENT_SENT", "createdAt": "2026-11-23T12:01:00.000Z", "data": {}},
        *(
            {
                "type": "DOCUMENT_OPENED",
                "createdAt": f"2026-11-23T12:0{minute}:00.000Z",
                "data": {"recipientId": number},
            }
            for minute, number in ((2, 102), (3, 101), (4, 101))
        ),
        {
            "type": "DOCUMENT_CANCELLED",
            "createdAt": "2026-11-23T12:05:00.000Z",
            "data": {"reason": "sent too early"},
        },
    ]
    people = [person(1, readStatus="OPENED"), person(2, readStatus="OPENED")]
    snapshot = wire.snapshot_of(envelope(status="CANCELLED", recipients=people), log, AT)
    minutes = [
        snapshot.sent_at,
        *(it.viewed_at for it in snapshot.recipients),
        snapshot.ended_at,
    ]
    assert [at.minute if at else None for at in minutes] == [1, 3, 2, 5]
    assert (snapshot.ended, snapshot.reason) == (Signal.VOIDED, "sent too early")


def test_a_log_that_says_nothing_leaves_the_creation() -> None:
    """An older server's envelope still has a beginning."""
    told = wire.snapshot_of(envelope(), (), AT)
    assert told.sent_at == datetime(2026, 11, 23, 11, 59, tzinfo=UTC)
    assert told.ended is None


def test_recipients_are_ours_by_their_place_alone() -> None:
    """However they are listed; whoever has no place of ours is nobody's key."""
    people = [person(3), person(2), person(1)]
    found = wire.recipients(envelope(recipients=people))
    assert {key: one["id"] for key, one in found.items()} == {"practice_1": 101, "pso": 102}
    assert wire.recipients(envelope(externalId="else")) == {}


def test_whose_turn_it_is() -> None:
    """One after the other, or everybody at once."""
    assert wire.on_turn(envelope()) == ["practice_1"]
    signed = [person(1, signingStatus="SIGNED"), person(2)]
    assert wire.on_turn(envelope(recipients=signed)) == ["pso"]
    parallel = envelope(documentMeta={"signingOrder": "PARALLEL"})
    assert wire.on_turn(parallel) == ["practice_1", "pso"]


def test_items_follow_their_order_not_their_listing() -> None:
    """The n-th slug is the n-th file."""
    listed = [{"id": "b", "order": 2}, {"id": "a", "order": 1}]
    assert wire.items(envelope(envelopeItems=listed)) == [("psa", "a"), ("baa", "b")]
    assert wire.items(envelope(envelopeItems=listed[:1])) == []
