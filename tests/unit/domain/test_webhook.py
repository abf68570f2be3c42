"""Callbacks to other systems: signatures as published, pauses as published, secrets as written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from docgen.domain.webhook import (
    KINDS,
    PAUSES,
    Attempt,
    Dispatch,
    Endpoint,
    Standing,
    pause_after,
    read_secret,
    signed_headers,
    written_secret,
)
from docgen.render.completion import WORDS

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
# https://github.com/standard-webhooks/standard-webhooks/tree/main/libraries (their own tests)
SECRET, ID = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
MOMENT, BODY = datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_vector_is_met() -> None:
    """Id, time, body and secret of the specification's own tests."""
    headers = signed_headers([read_secret(SECRET)], ID, MOMENT, BODY)
    assert headers == {
        "content-type": "application/json",
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNED,
    }


@pytest.mark.parametrize(
    ("message_id", "moment", "body"),
    [
        (f"{ID}x", MOMENT, BODY),
        (ID, MOMENT + timedelta(seconds=1), BODY),
        (ID, MOMENT, BODY + b" "),
    ],
)
def test_each_part_is_signed(message_id: str, moment: datetime, body: bytes) -> None:
    """Attack: a changed id, time or body has another signature."""
    headers = signed_headers([read_secret(SECRET)], message_id, moment, body)
    assert headers["webhook-signature"] != SIGNED


def test_several_secrets_sign_side_by_side() -> None:
    """One signature for each, apart by a space."""
    headers = signed_headers([b"k" * 32, read_secret(SECRET)], ID, MOMENT, BODY)
    first, second = headers["webhook-signature"].split(" ")
    assert first.startswith("v1,")
    assert second == SIGNED


def test_a_secret_is_read_as_written() -> None:
    """And nothing else is read as one."""
    assert read_secret(written_secret(b"\x00\xff" * 16)) == b"\x00\xff" * 16
    for crooked in ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%", "whsec_abc"):
        with pytest.raises(ValueError, match="a secret"):
            read_secret(crooked)


def test_the_pauses_are_the_published_ones_spread_a_little() -> None:
    """Ten tries; up to a tenth is added, not the same for any two dispatches."""
    hours = [pause.total_seconds() / 3600 for pause in PAUSES]
    assert hours == [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24]
    for tries, plain in enumerate(PAUSES, start=1):
        found = {pause_after(f"msg_{number}", tries) for number in range(20)}
        assert len(found) > 10
        assert all(pause is not None and plain <= pause <= plain * 1.1 for pause in found)
    assert pause_after("msg_1", len(PAUSES) + 1) is None


def test_a_dispatch_waits_then_is_given_up() -> None:
    """Nine failed tries wait for another; the tenth is the last. The control is delivered."""
    waiting = Dispatch(id="msg_1", endpoint="cbk_1", kind=KINDS[0], body="{}", at=NOON)
    assert waiting.tried(Attempt(at=NOON, status=204)).standing is Standing.DELIVERED
    for _ in PAUSES:
        waiting = waiting.tried(Attempt(at=NOON, status=302))
        assert waiting.standing is Standing.WAITING
        assert waiting.due_at is not None
    assert waiting.tried(Attempt(at=NOON)).standing is Standing.GIVEN_UP


def test_both_secrets_sign_for_a_day() -> None:
    """And the old one not a moment longer; a second change drops the first secret at once."""
    endpoint = Endpoint(
        id="cbk_1",
        name="Records",
        url="https://example.org/",
        kinds=frozenset(KINDS),
        secret="one",  # noqa: S106  # sealed, as far as this test knows
        registered_by="admin",
        registered_at=NOON,
    )
    assert endpoint.sealed_secrets(NOON) == ("one",)
    changed = endpoint.rotated("two", NOON)
    assert changed.sealed_secrets(NOON + timedelta(hours=23, minutes=59)) == ("two", "one")
    assert changed.sealed_secrets(NOON + timedelta(hours=24)) == ("two",)
    assert changed.rotated("three", NOON).sealed_secrets(NOON) == ("three", "two")


def test_every_kind_has_words() -> None:
    """Nobody is offered a kind of activity that the history does not know."""
    assert set(KINDS) <= set(WORDS)
