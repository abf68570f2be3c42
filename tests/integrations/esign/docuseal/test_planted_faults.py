"""Plausible mistakes of this adapter: each is caught by the contract or by the simulator."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.signing import Signal
from docgen.errors import DocgenError
from integrations.esign.docuseal import client, provider, webhook, wire
from integrations.system.clock import StandingClock
from tests.contracts.esign import AT
from tests.integrations.esign.docuseal import test_contract

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.ports.esign import EnvelopeRequest, RawCallback

PLACES = "test_every_field_lies_where_the_typesetter_put_its_row"
CARRIED = "test_the_envelope_carries_what_we_said"
FOUND = "test_an_envelope_is_found_by_our_key"
QUIET = "test_whom_we_invite_the_service_does_not_write_to"
LED = "test_a_link_leads_to_the_vendors_page"
LED_ANEW = "test_whoever_takes_a_place_is_invited_by_us_too"
UNDERSTOOD = "test_the_vendors_callbacks_are_believed_and_understood"
BODY, SNAPSHOT = wire.envelope_body, wire.snapshot_of
PARSE, VERIFY = webhook.parse, webhook.verify


def body(change: Callable[[Any], object]) -> Callable[[EnvelopeRequest], dict[str, object]]:
    """Send something else than we do."""

    def changed(request: EnvelopeRequest) -> dict[str, object]:
        told = BODY(request)
        change(told)
        return told

    return changed


def areas(change: Callable[[dict[str, Any]], object]) -> Callable[..., Any]:
    """Place every field elsewhere."""

    def every(told: Any) -> None:
        for document in told["documents"]:
            for field in document["fields"]:
                change(field["areas"][0])

    return body(every)


def people(change: Callable[[dict[str, Any], int], object]) -> Callable[..., Any]:
    """Describe every submitter in another way."""

    def every(told: Any) -> None:
        for number, one in enumerate(told["submitters"]):
            change(one, number)

    return body(every)


def without(name: str) -> Callable[[Mapping[str, Any]], Any]:
    """Read a submission as if something stood not in it."""
    return lambda submission: SNAPSHOT({**submission, name: None})


def sends_key(self: client.DocusealClient, url: str) -> bytes:
    """Send our key along with the address of a file."""
    headers = {"X-Auth-Token": "s3cret-docuseal-api"}
    return self._session.ask("GET", url, headers).body


def told_alike(raw: RawCallback, secrets: Any, header: str = "") -> Any:
    """Name a report by its event and time alone."""
    found = VERIFY(raw, secrets, header)
    told = json.loads(found.body)
    return replace(found, delivery_id=told["event_type"] + told["timestamp"])


def one_sided(raw: RawCallback, secrets: Any, header: str = "") -> Any:
    """Refuse the old alone."""
    at = int(raw.headers["x-docuseal-signature"].partition(".")[0])
    early = raw.received_at.timestamp() < at
    return VERIFY(replace(raw, received_at=AT) if early else raw, secrets, header)


def of_the_person(callback: Any) -> Any:
    """Take a submitter's id for the submission's."""
    told = json.loads(callback.body or b"{}")
    return [replace(one, envelope_id=str(told["data"]["id"])) for one in PARSE(callback)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake: what is put where, and the check that must notice it."""

    at: object
    name: str
    put: object
    noticed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Mistake):
    """A mistake in what is sent."""

    at: object = wire
    name: str = "envelope_body"


MISTAKES: dict[str, Mistake] = {
    "origin below": Sent(
        put=areas(lambda area: area.update(y=round(1 - area["y"] - area["h"], 6))),
        noticed=PLACES,
    ),
    "points": Sent(
        put=areas(lambda area: area.update(x=area["x"] * 612, y=area["y"] * 792)),
        noticed=PLACES,
    ),
    "percent": Sent(
        put=areas(lambda area: area.update({name: area[name] * 100 for name in "xywh"})),
        noticed=PLACES,
    ),
    "page from zero": Sent(
        put=areas(lambda area: area.update(page=area["page"] - 1)),
        noticed=PLACES,
    ),
    "fields of the wrong kind": Mistake(
        at=wire, name="LABELS", put=dict.fromkeys(wire.LABELS, "Name"), noticed=PLACES
    ),
    "order lost": Sent(
        put=people(lambda one, _: one.update(order=0)),
        noticed=CARRIED,
    ),
    "order reversed": Sent(
        put=people(lambda one, number: one.update(order=9 - number)),
        noticed=CARRIED,
    ),
    "everybody at once": Sent(
        put=body(lambda told: told.update(order="random")),
        noticed=CARRIED,
    ),
    "time for signing in another form": Sent(
        put=body(lambda told: told.update(expire_at="2026-12-23T12:00:00Z")),
        noticed=CARRIED,
    ),
    "letter without its link": Mistake(at=wire, name="LINK", put="", noticed=CARRIED),
    "message without a body": Sent(
        put=body(lambda told: told["message"].pop("body")),
        noticed=CARRIED,
    ),
    "whom we invite is written to as well": Sent(
        put=body(lambda told: told.update(send_email=True)),
        noticed=QUIET,
    ),
    "nobody is written to by anybody": Sent(
        put=body(lambda told: told.update(send_email=False)),
        noticed=QUIET,
    ),
    "the order of whom we invite not carried": Sent(
        put=people(lambda one, _: one["metadata"].pop(wire.ORDER, None)),
        noticed=LED,
    ),
    "whoever takes a place is written to by both": Mistake(
        at=wire, name="invited_by_us", put=lambda _: False, noticed=LED_ANEW
    ),
    "documents merged": Sent(
        put=body(lambda told: told.update(merge_documents=True)),
        noticed=CARRIED,
    ),
    "a field nobody documents": Sent(
        put=body(lambda told: told.update(packet_id="pkt_1")),
        noticed=CARRIED,
    ),
    "packet not carried": Mistake(at=wire, name="PACKET", put="packet", noticed=CARRIED),
    "another's fields filled in": Sent(
        put=people(lambda one, _: one["values"].update(psa_nobody_name="Dana")),
        noticed=CARRIED,
    ),
    "key not carried": Sent(
        put=people(lambda one, _: one.pop("external_id")),
        noticed=FOUND,
    ),
    "looked for by another id": Sent(
        put=people(lambda one, _: one.update(external_id=one["external_id"] + "0")),
        noticed=FOUND,
    ),
    "documents not carried": Sent(
        put=people(lambda one, _: one["metadata"].pop(wire.DOCUMENTS)),
        noticed="test_documents_come_only_when_fully_executed",
    ),
    "declined is voided": Mistake(
        at=wire,
        name="ENDINGS",
        put={**wire.ENDINGS, "declined": Signal.VOIDED},
        noticed="test_a_decline_is_one_with_its_reason",
    ),
    "archiving overlooked": Mistake(
        at=wire,
        name="snapshot_of",
        put=without("archived_at"),
        noticed="test_void_ends_the_envelope_once",
    ),
    "reason looked for in the submitter": Mistake(
        at=wire,
        name="snapshot_of",
        put=without("submission_events"),
        noticed="test_a_decline_is_one_with_its_reason",
    ),
    "an unknown status ends": Mistake(
        at=wire,
        name="ENDINGS",
        put={**wire.ENDINGS, "something_new": Signal.EXPIRED},
        noticed="test_a_word_the_vendor_added_since_changes_nothing",
    ),
    "previews taken for signed": Mistake(
        at=provider,
        name="sealed_pdf",
        put=lambda data, _: data,
        noticed="test_sealing_takes_its_time",
    ),
    "key sent to files": Mistake(
        at=client.DocusealClient,
        name="file",
        put=sends_key,
        noticed="test_signed_documents_come_back_as_ours",
    ),
    "reminded without a letter": Mistake(
        at=client.DocusealClient,
        name="update_submitter",
        put=lambda self, submitter_id, _: self._json("PUT", f"/submitters/{submitter_id}", body={}),
        noticed="test_a_reminder_reaches_the_person",
    ),
    "secret without its beginning": Mistake(
        at=webhook,
        name="verify",
        put=lambda raw, secrets, _: VERIFY(raw, [one.removeprefix("whsec_") for one in secrets]),
        noticed="test_a_true_callback_is_believed_and_understood",
    ),
    "only the newest secret": Mistake(
        at=webhook,
        name="same",
        put=lambda given, expected: given == expected[0],
        noticed="test_both_secrets_are_believed_during_rotation",
    ),
    "only the form compared": Mistake(
        at=webhook,
        name="same",
        put=lambda given, expected: any(len(given) == len(one) for one in expected),
        noticed="test_a_strange_secret_is_rejected",
    ),
    "age unchecked": Mistake(
        at=webhook,
        name="TOLERANCE",
        put=timedelta(days=9000),
        noticed="test_a_callback_of_another_time_is_rejected",
    ),
    "age checked one way": Mistake(
        at=webhook,
        name="verify",
        put=one_sided,
        noticed="test_a_callback_of_another_time_is_rejected",
    ),
    "reports of one moment taken for one": Mistake(
        at=webhook,
        name="verify",
        put=told_alike,
        noticed="test_one_report_has_one_delivery_id",
    ),
    "person's id for the submission's": Mistake(
        at=webhook, name="parse", put=of_the_person, noticed=UNDERSTOOD
    ),
    "expiry taken for a word unknown": Mistake(
        at=webhook,
        name="SIGNALS",
        put={name: signal for name, signal in webhook.SIGNALS.items() if signal != Signal.EXPIRED},
        noticed=UNDERSTOOD,
    ),
}
ARGUMENTS = {"test_a_callback_of_another_time_is_rejected": (-1,)}


def check(name: str) -> None:
    """Run one test of the contract against a fresh simulator."""
    suite = test_contract.TestDocuseal()
    suite.clock, suite.pauses = StandingClock(AT), []
    with suite.simulated(suite.clock) as suite.simulator:
        getattr(suite, name)(*ARGUMENTS.get(name, ()))
    assert suite.simulator.faults == []


CHECKS = sorted({mistake.noticed for mistake in MISTAKES.values()})


@pytest.mark.parametrize("name", CHECKS)
def test_without_a_mistake_the_check_passes(name: str) -> None:
    """The control."""
    check(name)


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_each_mistake_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the test named beside it, or by the simulator's faults."""
    mistake = MISTAKES[name]
    monkeypatch.setattr(mistake.at, mistake.name, mistake.put)
    with pytest.raises((AssertionError, DocgenError, ValueError, pytest.fail.Exception)):
        check(mistake.noticed)
