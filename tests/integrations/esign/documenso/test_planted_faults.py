"""Mistakes this adapter could hold, planted one by one; each is caught, and none without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from docgen.domain.signing import EnvelopeSnapshot, FieldKind
from integrations.esign.documenso import provider, webhook, wire
from integrations.esign.documenso.client import DocumensoClient
from integrations.esign.documenso.provider import DocumensoService
from integrations.simulators.mischief import Trouble
from integrations.vendor.report import same
from tests.integrations.esign import planted
from tests.integrations.esign.documenso import running, test_contract, test_sending, test_webhook

Plant = Callable[[pytest.MonkeyPatch], None]
Check = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One mistake, and what has to notice it."""

    name: str
    plant: Plant
    notices: Check = field(repr=False)


def contract(test: str) -> Check:
    """Take a test of the contract that every outside service keeps."""
    return lambda: planted.caught(test_contract.TestDocumenso(), test)


def own(test: Callable[..., None], **given: object) -> Check:
    """Take a test of what Documenso alone has."""

    def run() -> None:
        with running.running() as both:
            test(both, **given)

    return lambda: planted.failed(run)


def alone(test: Callable[[], None]) -> Check:
    """Take a test that needs no simulator."""
    return lambda: planted.failed(test)


def put(where: object, name: str, value: object) -> Plant:
    """Put another value in a place."""
    return lambda patch: patch.setattr(where, name, value)


_field, _recipients, _snapshot = wire._field, wire.recipients, wire.snapshot_of
_standing, _text = wire._standing, wire.Carrier.text


def field_with(change: Callable[[dict[str, Any]], dict[str, object]]) -> Plant:
    """Write every field with a mistake."""
    return put(wire, "_field", lambda *told: (made := _field(*told)) | change(made))


def from_below(made: dict[str, Any]) -> dict[str, object]:
    """Count as PDF does, from the lower left."""
    return {"positionY": 100 - made["positionY"] - made["height"]}


def as_listed(envelope: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the keys out in the order in which Documenso happens to list people."""
    keys = list(_recipients(envelope))
    return dict(zip(keys, reversed(envelope["recipients"]), strict=True))


def late(envelope: Any, log: Any, now: datetime) -> EnvelopeSnapshot:
    """Never see that a date has passed."""
    return _snapshot(envelope, log, now - timedelta(days=400))


def signed_whenever(*told: Any) -> object:
    """Take `signedAt` for a signature."""
    found = _standing(*told)
    return replace(found, signed_at=found.signed_at or found.declined_at, declined_at=None)


def kept_alike(service: DocumensoService, key: str) -> Sequence[Mapping[str, Any]]:
    """Take whatever the search finds for ours."""
    return service._client.envelopes(key)


def first_page(one: DocumensoClient, path: str, asked: Mapping[str, str]) -> list[Any]:
    """Read no further than the first page."""
    found: list[Any] = one._json("GET", path, params={**asked, "page": "1"})["data"]
    return found


def mistaken(patch: pytest.MonkeyPatch) -> None:
    """Take a rejection for a cancellation and the other way about."""
    patch.setattr(wire, "CANCELLED", "REJECTED")
    patch.setattr(wire, "REJECTED", "CANCELLED")


def believing(patch: pytest.MonkeyPatch) -> None:
    """Hand over what is called signed, whatever the status."""
    patch.setattr(provider, "sealed_pdf", lambda data, _: data)
    patch.setattr(DocumensoService, "_executed", lambda it, one: it._client.envelope(one))


def swapped(patch: pytest.MonkeyPatch) -> None:
    """Mix up name and title."""
    name, title = wire.FIELDS[FieldKind.NAME], wire.FIELDS[FieldKind.TITLE]
    patch.setattr(wire, "FIELDS", wire.FIELDS | {FieldKind.NAME: title, FieldKind.TITLE: name})


def keyless(patch: pytest.MonkeyPatch) -> None:
    """Let Documenso keep everything but our key."""
    patch.setattr(wire, "unfit", lambda _: "")
    patch.setattr(wire.Carrier, "text", lambda it: _text(replace(it, key="0" * 64)))


QUIET = contract("test_whom_we_invite_the_service_does_not_write_to")
LED = contract("test_a_link_leads_to_the_vendors_page")
PLACES = contract("test_every_field_lies_where_the_typesetter_put_its_row")
SAID = contract("test_the_envelope_carries_what_we_said")
FOUND = contract("test_an_envelope_is_found_by_our_key")
FOLLOWS = contract("test_the_snapshot_follows_the_people")
DECLINES = contract("test_a_decline_is_one_with_its_reason")
ENDINGS = contract("test_a_void_is_no_decline_and_an_expiry_neither")
SECRETS = contract("test_kept_headers_hold_no_secret")
TOGETHER = contract("test_people_who_sign_together_share_a_place_in_the_order")
EARLY = contract("test_documents_come_only_when_fully_executed")
HEADERS = contract("test_a_missing_header_is_rejected")
STRANGERS = contract("test_a_strange_secret_is_rejected")
ROTATION = contract("test_both_secrets_are_believed_during_rotation")
LIMITS = contract("test_what_the_service_cannot_carry_is_refused_before_anything_leaves")
LOST = own(
    test_sending.test_whichever_answer_is_lost_one_envelope_goes_out,
    where=test_sending.CREATE,
    kind=Trouble.BROKEN_AFTER,
)
REFUSED = own(
    test_sending.test_whichever_call_is_refused_one_envelope_goes_out,
    where=test_sending.DISTRIBUTE,
    kind=Trouble.BROKEN,
)
SEARCH = own(test_sending.test_the_search_reads_every_page_and_compares_exactly)
UNSIGNED = own(test_sending.test_nothing_unsigned_is_taken_for_signed)
CHANGED = own(test_sending.test_a_draft_that_somebody_changed_is_left_alone)
SAME_TRY = alone(test_webhook.test_each_try_of_a_report_has_the_same_name)
EMPTY = alone(
    partial(test_webhook.test_a_wrong_or_empty_secret_is_refused, given_secret="", held=("",))
)

CAPABLE = DocumensoService.capabilities
FAULTS = (
    Fault(
        name="whom we invite is written to as well",
        plant=put(wire, "_distribution", lambda _: "EMAIL"),
        notices=QUIET,
    ),
    Fault(
        name="nobody is written to by anybody",
        plant=put(wire, "_distribution", lambda _: "NONE"),
        notices=QUIET,
    ),
    Fault(
        name="whoever waits for their turn is led to the page",
        plant=put(wire, "on_turn", lambda told: list(_recipients(told))),
        notices=LED,
    ),
    Fault(name="origin below", plant=field_with(from_below), notices=PLACES),
    Fault(name="shares for percent", plant=put(wire, "WHOLE", 1.0), notices=PLACES),
    Fault(name="points for percent", plant=put(wire, "WHOLE", 792.0), notices=PLACES),
    Fault(
        name="pages from nought",
        plant=field_with(lambda made: {"page": made["page"] - 1}),
        notices=PLACES,
    ),
    Fault(
        name="files from one",
        plant=field_with(lambda made: {"identifier": made["identifier"] + 1}),
        notices=PLACES,
    ),
    Fault(name="name for title", plant=swapped, notices=PLACES),
    Fault(name="all at once", plant=put(wire, "SEQUENTIAL", "PARALLEL"), notices=SAID),
    Fault(name="never at once", plant=put(wire, "PARALLEL", "SEQUENTIAL"), notices=TOGETHER),
    Fault(
        name="days as weeks",
        plant=put(wire, "_days", lambda it: {"unit": "week", "amount": max(1, it.days)}),
        notices=SAID,
    ),
    Fault(name="keys by listing", plant=put(wire, "recipients", as_listed), notices=FOLLOWS),
    Fault(
        name="key not carried",
        plant=keyless,
        notices=FOUND,
    ),
    Fault(name="rejected for cancelled", plant=mistaken, notices=DECLINES),
    Fault(
        name="rejected for signed", plant=put(wire, "_standing", signed_whenever), notices=DECLINES
    ),
    Fault(name="expiry unseen", plant=put(wire, "snapshot_of", late), notices=ENDINGS),
    Fault(name="a draft is sent", plant=put(wire, "DRAFT", "NONE"), notices=LOST),
    Fault(
        name="created again",
        plant=put(wire, "as_asked", lambda *_: False),
        notices=REFUSED,
    ),
    Fault(
        name="any draft will do",
        plant=put(wire, "as_asked", lambda *_: True),
        notices=CHANGED,
    ),
    Fault(
        name="never distributed",
        plant=put(DocumensoClient, "distribute", lambda *_: None),
        notices=SAID,
    ),
    Fault(name="alike is ours", plant=put(DocumensoService, "_ours", kept_alike), notices=SEARCH),
    Fault(name="one page", plant=put(DocumensoClient, "_pages", first_page), notices=SEARCH),
    Fault(name="status unread", plant=believing, notices=EARLY),
    Fault(
        name="signature unlooked for",
        plant=put(provider, "sealed_pdf", lambda data, _: data),
        notices=UNSIGNED,
    ),
    Fault(name="anything fits", plant=put(webhook, "same", lambda *_: True), notices=STRANGERS),
    Fault(
        name="a beginning fits",
        plant=put(webhook, "same", lambda given, held: held[0].startswith(given)),
        notices=HEADERS,
    ),
    Fault(
        name="one secret alone",
        plant=put(webhook, "same", lambda given, held: same(given, held[:1])),
        notices=ROTATION,
    ),
    Fault(
        name="an empty secret fits",
        plant=put(webhook, "same", lambda given, held: given in held),
        notices=EMPTY,
    ),
    Fault(name="tokens kept", plant=put(webhook, "CREDENTIALS", ()), notices=SECRETS),
    Fault(
        name="the secret's header kept",
        plant=put(
            DocumensoService,
            "capabilities",
            replace(CAPABLE, kept_headers=frozenset({webhook.HEADER})),
        ),
        notices=SECRETS,
    ),
    Fault(name="named by the try", plant=put(webhook, "_name", lambda it: [it]), notices=SAME_TRY),
    Fault(
        name="limits unchecked",
        plant=put(provider, "refuse_unfit", lambda *_: None),
        notices=LIMITS,
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_caught(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """What should notice the mistake does."""
    fault.plant(monkeypatch)
    assert fault.notices()


def test_without_a_fault_nothing_is_caught() -> None:
    """The control: every one of those tests passes as things are."""
    for notices in {id(item.notices): item.notices for item in FAULTS}.values():
        assert not notices()
