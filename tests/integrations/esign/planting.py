"""Faults planted in an adapter, each with the test of the contract that must fail then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is put in the place of what: `wrong` makes the wrong thing from the right one."""

    what: str
    where: object
    name: str
    wrong: Callable[[Any], object]
    test: str
    given: tuple[tuple[str, object], ...] = ()


def instead(value: object) -> Callable[[Any], object]:
    """Put this value in its place."""
    return lambda _: value


def told(change: Callable[[Any], object]) -> Callable[[Any], object]:
    """Change what a function gives."""

    def planted(right: Callable[..., Any]) -> object:
        return lambda *given, **named: change(right(*given, **named))

    return planted


PLACES = "test_every_field_lies_where_the_typesetter_put_its_row"
CARRIED = "test_the_envelope_carries_what_we_said"
FOUND = "test_an_envelope_is_found_by_our_key"
FOLLOWED = "test_the_snapshot_follows_the_people"
ENDINGS = "test_a_void_is_no_decline_and_an_expiry_neither"
DECLINED = "test_a_decline_is_one_with_its_reason"
ROTATED = "test_both_secrets_are_believed_during_rotation"
FORGED = "test_a_strange_secret_is_rejected"
ONCE = "test_one_report_has_one_delivery_id"
UNDERSTOOD = "test_the_vendors_callbacks_are_believed_and_understood"
SEALED = "test_sealing_takes_its_time"
QUIET = "test_whom_we_invite_the_service_does_not_write_to"
LED = "test_a_link_leads_to_the_vendors_page"
LED_ANEW = "test_whoever_takes_a_place_is_invited_by_us_too"
CAME_BACK = "test_signed_documents_come_back_as_ours"
