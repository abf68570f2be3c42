"""Mistakes one could make in this adapter, each of which the contract or the simulator catches."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from integrations.esign.dropbox_sign import client, provider, webhook, wire
from integrations.system.clock import StandingClock
from tests.contracts.esign import AT
from tests.integrations.esign.dropbox_sign import test_contract as contract

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is put in the place of what, and the test of the contract that must fail then."""

    what: str
    where: object
    name: str
    wrong: Callable[[Any], object]  # makes the wrong thing from the right one
    test: str
    given: tuple[object, ...] = ()


def field(**changes: Callable[[dict[str, Any]], object]) -> Callable[[Any], object]:
    """Write one value of each form field differently."""

    def planted(right: Callable[..., dict[str, Any]]) -> object:
        def wrong(*given: object) -> dict[str, Any]:
            told = right(*given)
            return told | {name: change(told) for name, change in changes.items()}

        return wrong

    return planted


def sent(**changes: Callable[[Any], object]) -> Callable[[Any], object]:
    """Write one field of the request differently."""

    def planted(right: Callable[..., dict[str, Any]]) -> object:
        def wrong(*given: object, **named: object) -> dict[str, Any]:
            told = right(*given, **named)
            return told | {name: change(told.get(name)) for name, change in changes.items()}

        return wrong

    return planted


def instead(value: object) -> Callable[[Any], object]:
    """Put this value in its place."""
    return lambda _: value


PLACES = "test_every_field_lies_where_the_typesetter_put_its_row"
CARRIED = "test_the_envelope_carries_what_we_said"
ENDINGS = "test_a_void_is_no_decline_and_an_expiry_neither"
FAULTS = (
    Fault(
        what="corners are counted from the lower left",
        where=wire,
        name="_field",
        wrong=field(y=lambda it: 792 - it["y"] - it["height"]),
        test=PLACES,
    ),
    Fault(
        what="corners too are counted 80 to the inch",
        where=wire,
        name="_field",
        wrong=field(x=lambda it: round(it["x"] * 80 / 72), y=lambda it: round(it["y"] * 80 / 72)),
        test=PLACES,
    ),
    Fault(what="sizes are too large", where=wire, name="UNITS", wrong=instead(96), test=PLACES),
    Fault(
        what="pages are counted from nought",
        where=wire,
        name="_field",
        wrong=field(page=lambda it: it["page"] - 1),
        test=PLACES,
    ),
    Fault(
        what="every field is the first signer's",
        where=wire,
        name="_field",
        wrong=field(signer=lambda _: "0"),
        test=PLACES,
    ),
    Fault(
        what="signers are numbers",
        where=wire,
        name="_field",
        wrong=field(signer=lambda it: int(it["signer"])),
        test=CARRIED,
    ),
    Fault(
        what="a field has a type that does not exist",
        where=wire,
        name="KINDS",
        wrong=lambda right: dict.fromkeys(right, "name"),
        test=CARRIED,
    ),
    Fault(
        what="the order counts from one",
        where=wire,
        name="_signers",
        wrong=lambda right: lambda it: [one | {"order": one["order"] + 1} for one in right(it)],
        test=CARRIED,
    ),
    Fault(
        what="the order is forgotten",
        where=wire,
        name="_signers",
        wrong=lambda right: lambda it: [one | {"order": 0} for one in right(it)],
        test=CARRIED,
    ),
    Fault(
        what="a field is sent that nobody documents",
        where=wire,
        name="envelope_body",
        wrong=sent(reminder=lambda _: "weekly"),
        test=CARRIED,
    ),
    Fault(
        what="the packet is not carried",
        where=wire,
        name="envelope_body",
        wrong=sent(metadata=lambda it: it | {"packet_id": ""}),
        test=CARRIED,
    ),
    Fault(
        what="our key is not carried",
        where=wire,
        name="envelope_body",
        wrong=sent(metadata=lambda it: {k: v for k, v in it.items() if k != "docgen_key"}),
        test="test_an_envelope_is_found_by_our_key",
    ),
    Fault(
        what="the time for signing is in milliseconds",
        where=wire,
        name="envelope_body",
        wrong=sent(expires_at=lambda it: f"{it}000"),
        test=CARRIED,
    ),
    Fault(
        what="people are told apart by their place in the list",
        where=wire,
        name="FITTING",
        wrong=lambda right: right[-1:],
        test="test_the_snapshot_follows_the_people",
    ),
    Fault(
        what="an expiry is not noticed",
        where=wire,
        name="EXPIRED",
        wrong=instead("lapsed"),
        test=ENDINGS,
    ),
    Fault(
        what="a decline is taken for a signature",
        where=wire,
        name="DECLINED",
        wrong=instead("refused"),
        test="test_a_decline_is_one_with_its_reason",
    ),
    Fault(
        what="a cancelled request is open for ever",
        where=wire,
        name="voided",
        wrong=lambda right: lambda it: replace(right(it), ended=None),
        test=ENDINGS,
    ),
    Fault(
        what="a queued cancellation is taken for none",
        where=provider,
        name="CANCELLED_AFTER_S",
        wrong=instead(()),
        test="test_void_ends_the_envelope_once",
    ),
    Fault(
        what="only the search is asked, which knows nothing yet",
        where=provider.DropboxSignService,
        name="_newest",
        wrong=instead(lambda _: iter(())),
        test="test_a_lost_answer_is_looked_up_and_nothing_goes_twice",
    ),
    Fault(
        what="each document begins on page 1",
        where=wire,
        name="parts",
        wrong=lambda right: lambda it: [(slug, 1) for slug, _ in right(it)],
        test="test_signed_documents_come_back_as_ours",
    ),
    Fault(
        what="files still prepared are taken for refused",
        where=contract,
        name="WORDS",
        wrong=lambda right: replace(right, later=frozenset()),
        test="test_sealing_takes_its_time",
    ),
    Fault(
        what="the limit's header is spelt as the others are",
        where=contract,
        name="WORDS",
        wrong=lambda right: replace(right, reset="x-rate-limit-reset"),
        test="test_the_limits_end_is_read_despite_its_capitals",
    ),
    Fault(
        what="the API key goes as a password",
        where=client.DropboxSignClient,
        name="_headers",
        wrong=instead(lambda it: {"Authorization": f"Bearer {it._keys.texts[0]}"}),
        test=CARRIED,
    ),
    Fault(
        what="any hash will do",
        where=hmac,
        name="compare_digest",
        wrong=instead(lambda *_: True),
        test="test_a_strange_secret_is_rejected",
    ),
    Fault(
        what="the age is unchecked",
        where=webhook,
        name="TOLERANCE",
        wrong=lambda right: right * 1000,
        test="test_a_callback_of_another_time_is_rejected",
        given=(1,),
    ),
    Fault(
        what="the future is believed",
        where=webhook,
        name="abs",
        wrong=instead(lambda it: it),
        test="test_a_callback_of_another_time_is_rejected",
        given=(-1,),
    ),
    Fault(
        what="only the newest key is believed",
        where=webhook,
        name="verify",
        wrong=lambda right: lambda raw, keys: right(raw, keys[:1]),
        test="test_both_secrets_are_believed_during_rotation",
    ),
    Fault(
        what="two reports of one second are taken for one",
        where=webhook,
        name="_request_id",
        wrong=instead(lambda _: "r1"),
        test="test_one_report_has_one_delivery_id",
    ),
    Fault(
        what="the answer lacks the words that are asked for",
        where=webhook,
        name="ANSWER",
        wrong=instead(b"stored"),
        test="test_the_words_without_which_it_is_sent_again",
    ),
)


def contracted(test: str, given: tuple[object, ...]) -> None:
    """Run one test of the contract, as it is run for this adapter."""
    suite = contract.TestDropboxSign()
    suite.clock, suite.pauses = StandingClock(AT), []
    with suite.simulated(suite.clock) as running:
        suite.simulator = running
        getattr(suite, test)(*given)
        assert running.faults == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: it.what)
def test_a_planted_fault_is_caught(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test that passes with the adapter as it is fails with the fault in it."""
    right = getattr(fault.where, fault.name, None)
    monkeypatch.setattr(fault.where, fault.name, fault.wrong(right), raising=right is not None)
    with pytest.raises((Exception, pytest.fail.Exception)):
        contracted(fault.test, fault.given)


@pytest.mark.parametrize(("test", "given"), sorted({(it.test, it.given) for it in FAULTS}))
def test_without_a_fault_the_same_test_passes(test: str, given: tuple[object, ...]) -> None:
    """The control."""
    contracted(test, given)
