"""Mistakes one could make in this adapter, each of which the contract or the simulator catches."""

from __future__ import annotations

import hmac
from datetime import timedelta

import pytest

from docgen.domain.signing import Signal
from integrations.esign.docusign import client, provider, webhook, wire
from tests.integrations.esign.docusign import test_contract as contract
from tests.integrations.esign.planted import caught
from tests.integrations.esign.planting import (
    CARRIED,
    DECLINED,
    ENDINGS,
    FOLLOWED,
    FORGED,
    FOUND,
    LED,
    LED_ANEW,
    ONCE,
    PLACES,
    QUIET,
    ROTATED,
    SEALED,
    Fault,
    instead,
    told,
)

RENEWED = "test_credentials_that_ran_out"
KEPT = "test_a_token_is_kept_until_five_minutes_before_its_end"
AGED = "test_a_callback_of_another_time_is_rejected"
FAULTS = (
    Fault(
        what="positions are counted from the lower left",
        where=wire,
        name="_tab",
        wrong=told(lambda it: it | {"yPosition": str(792 - int(it["yPosition"]))}),
        test=PLACES,
    ),
    Fault(
        what="pages are counted from nought",
        where=wire,
        name="_tab",
        wrong=told(lambda it: it | {"pageNumber": str(int(it["pageNumber"]) - 1)}),
        test=PLACES,
    ),
    Fault(
        what="every field is on the first document",
        where=wire,
        name="_tab",
        wrong=told(lambda it: it | {"documentId": "1"}),
        test=PLACES,
    ),
    Fault(
        what="numbers are numbers",
        where=wire,
        name="_tab",
        wrong=told(lambda it: it | {"pageNumber": int(it["pageNumber"])}),
        test=CARRIED,
    ),
    Fault(
        what="everybody signs at once",
        where=wire,
        name="_signer",
        wrong=told(lambda it: it | {"routingOrder": "1"}),
        test=CARRIED,
    ),
    Fault(
        what="our key for the signer is not carried",
        where=wire,
        name="_signer",
        wrong=told(lambda it: it | {"customFields": []}),
        test=FOLLOWED,
    ),
    Fault(
        what="the packet is not carried",
        where=wire,
        name="PACKET",
        wrong=instead("another_name"),
        test=CARRIED,
    ),
    Fault(
        what="what was carried is not read back",
        where=wire,
        name="custom_fields",
        wrong=instead(lambda _: {}),
        test=FOUND,
    ),
    Fault(
        what="an expiry is a void",
        where=wire,
        name="EXPIRED",
        wrong=instead("never said"),
        test=ENDINGS,
    ),
    Fault(
        what="a decline is a void",
        where=wire,
        name="ENDINGS",
        wrong=lambda it: it | {"declined": Signal.VOIDED},
        test=DECLINED,
    ),
    Fault(
        what="completed is not the end",
        where=wire,
        name="ENDINGS",
        wrong=lambda it: {key: value for key, value in it.items() if key != "completed"},
        test=FOLLOWED,
    ),
    Fault(
        what="whom we invite is written to as well",
        where=wire,
        name="_signer",
        wrong=told(lambda it: {name: it[name] for name in it if name != "clientUserId"}),
        test=QUIET,
    ),
    Fault(
        what="nobody is written to by anybody",
        where=wire,
        name="_signer",
        wrong=told(lambda it: it | {"clientUserId": "1"}),
        test=QUIET,
    ),
    Fault(
        what="whoever waits for their turn is led to the page",
        where=wire,
        name="ON_TURN",
        wrong=lambda it: it | {"created", "completed"},
        test="test_whoever_waits_is_not_asked_for",
    ),
    Fault(
        what="a page is asked for under another address",
        where=wire,
        name="view_body",
        wrong=told(lambda it: it | {"email": "another@example.org"}),
        test=LED,
    ),
    Fault(
        what="a page is asked for without a way back",
        where=wire,
        name="view_body",
        wrong=told(lambda it: it | {"returnUrl": "r" * 471}),
        test=LED,
    ),
    Fault(
        what="whoever takes a place is written to",
        where=wire,
        name="corrected",
        wrong=told(lambda it: {name: it[name] for name in it if name != "clientUserId"}),
        test=LED_ANEW,
    ),
    Fault(
        what="an address of anybody is handed on",
        where=client,
        name="own_page",
        wrong=instead(lambda url, *_, **__: url),
        test="test_no_address_of_a_stranger_is_handed_on",
    ),
    Fault(
        what="an unsigned file is taken",
        where=provider,
        name="sealed_pdf",
        wrong=instead(lambda data, _: data),
        test=SEALED,
    ),
    Fault(
        what="any signature will do",
        where=hmac,
        name="compare_digest",
        wrong=instead(lambda *_: True),
        test=FORGED,
    ),
    Fault(
        what="only the newest secret is believed",
        where=webhook,
        name="verify",
        wrong=lambda right: lambda raw, secrets: right(raw, secrets[:1]),
        test=ROTATED,
    ),
    Fault(
        what="the age is unchecked",
        where=webhook,
        name="TOLERANCE",
        wrong=lambda right: right * 1000,
        test=AGED,
        given=(("sign", 1),),
    ),
    Fault(
        what="every report of an envelope is the same",
        where=webhook,
        name="_envelope_id",
        wrong=instead(lambda _: "one"),
        test=ONCE,
    ),
    Fault(
        what="a token is kept for ever",
        where=client.DocusignClient,
        name="_ask",
        wrong=instead(lambda self, *given, **named: self._asked(*given, **named)),
        test=RENEWED,
    ),
    Fault(
        what="a token is minted for every call",
        where=client.DocusignClient,
        name="_valid_token",
        wrong=instead(lambda self: self._minted().text),
        test=KEPT,
    ),
    Fault(
        what="a token is kept to its last minute",
        where=client,
        name="EARLY",
        wrong=instead(timedelta(0)),
        test=KEPT,
    ),
    Fault(
        what="the claims are good for a day",
        where=client,
        name="LIFETIME",
        wrong=instead(timedelta(days=1)),
        test=CARRIED,
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: it.what)
def test_a_planted_fault_is_caught(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test that passes with the adapter as it is fails with the fault in it."""
    right = getattr(fault.where, fault.name)
    monkeypatch.setattr(fault.where, fault.name, fault.wrong(right))
    assert caught(contract.TestDocusign(), fault.test, **dict(fault.given))


@pytest.mark.parametrize(("test", "given"), sorted({(it.test, it.given) for it in FAULTS}))
def test_without_a_fault_the_same_test_passes(
    test: str, given: tuple[tuple[str, object], ...]
) -> None:
    """The control."""
    assert not caught(contract.TestDocusign(), test, **dict(given))
