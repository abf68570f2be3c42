"""Mistakes one could make in this adapter, each of which the contract or the simulator catches."""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from typing import Any

import pytest

from docgen.domain.signing import Signal
from integrations.esign.adobe_sign import provider, webhook, wire
from integrations.esign.adobe_sign.client import AdobeSignClient
from integrations.simulators.mischief import Trouble
from tests.integrations.esign.adobe_sign import test_contract as contract
from tests.integrations.esign.planted import caught
from tests.integrations.esign.planting import (
    CAME_BACK,
    CARRIED,
    DECLINED,
    ENDINGS,
    FOLLOWED,
    FORGED,
    FOUND,
    LED,
    ONCE,
    PLACES,
    QUIET,
    ROTATED,
    SEALED,
    UNDERSTOOD,
    Fault,
    instead,
    told,
)


def unmarked(right: Any) -> Any:
    """Leave out the mark of what is to be changed."""

    def asked(client: Any, method: str, path: str, **given: Any) -> Any:
        return right(client, method, path, **{**given, "mark": ""})

    return asked


def placed(change: Any) -> Any:
    """Change the place of every field that is laid."""

    def changed(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**field, "locations": [change(place) for place in field["locations"]]}
            for field in fields
        ]

    return told(changed)


def ordered(by: int, body: dict[str, Any]) -> dict[str, Any]:
    """Count the order of signing from elsewhere."""
    sets = [{**one, "order": one["order"] + by} for one in body["participantSetsInfo"]]
    return {**body, "participantSetsInfo": sets}


FAULTS = (
    Fault(
        what="positions are counted from the lower left",
        where=wire,
        name="fields",
        wrong=placed(lambda it: it | {"top": 792 - it["top"] - it["height"]}),
        test=PLACES,
    ),
    Fault(
        what="every document begins on page one of the joined one",
        where=wire,
        name="fields",
        wrong=placed(lambda it: it | {"pageNumber": 2}),
        test=PLACES,
    ),
    Fault(
        what="a place has no height",
        where=wire,
        name="fields",
        wrong=placed(lambda it: {key: value for key, value in it.items() if key != "height"}),
        test=CARRIED,
    ),
    Fault(
        what="the order counts from nought",
        where=wire,
        name="envelope_body",
        wrong=told(partial(ordered, -1)),
        test=CARRIED,
    ),
    Fault(
        what="our key is not carried",
        where=wire,
        name="envelope_body",
        wrong=told(lambda it: it | {"externalId": {"id": "another"}}),
        test=FOUND,
    ),
    Fault(
        what="a draft is taken for an envelope",
        where=wire,
        name="BEING_MADE",
        wrong=instead(frozenset()),
        test="test_a_draft_that_a_crash_left_is_carried_on",
    ),
    Fault(
        what="what cannot be found again is sent",
        where=provider.AdobeSignService,
        name="_refuse_unlisted",
        wrong=instead(lambda *_: None),
        test="test_nothing_is_sent_that_could_not_be_found_again",
        given=(("lost", Trouble.BROKEN_AFTER),),
    ),
    Fault(
        what="an agreement is sent without its fields",
        where=AdobeSignClient,
        name="put_fields",
        wrong=instead(lambda *_: None),
        test=CARRIED,
    ),
    Fault(
        what="a change does not say what it changes",
        where=AdobeSignClient,
        name="_ask",
        wrong=unmarked,
        test=CARRIED,
    ),
    Fault(
        what="a decline is a void",
        where=wire,
        name="_cancelled",
        wrong=instead(lambda _: (Signal.VOIDED, "Not this year")),
        test=DECLINED,
    ),
    Fault(
        what="a void is a decline",
        where=wire,
        name="_cancelled",
        wrong=instead(lambda _: (Signal.DECLINED, "")),
        test=ENDINGS,
    ),
    Fault(
        what="one who signed is not done before all have",
        where=wire,
        name="DONE",
        wrong=instead(frozenset({"COMPLETED"})),
        test=FOLLOWED,
    ),
    Fault(
        what="whom we invite is written to as well",
        where=wire,
        name="envelope_body",
        wrong=told(lambda it: {name: it[name] for name in it if name != "emailOption"}),
        test=QUIET,
    ),
    Fault(
        what="whoever waits for their turn is led to the page",
        where=wire,
        name="ON_TURN",
        wrong=instead("NOT_YET_VISIBLE"),
        test=LED,
    ),
    Fault(
        what="an unsigned file is taken",
        where=provider,
        name="sealed_pdf",
        wrong=instead(lambda data, _: data),
        test=SEALED,
    ),
    Fault(
        what="every document begins where the file does",
        where=wire,
        name="parts",
        wrong=told(lambda it: [(slug, 1) for slug, _ in it]),
        test=CAME_BACK,
    ),
    Fault(
        what="any secret will do",
        where=hmac,
        name="compare_digest",
        wrong=instead(lambda *_: True),
        test=FORGED,
    ),
    Fault(
        what="only the newest secret is believed",
        where=webhook,
        name="believe",
        wrong=lambda right: lambda raw, client_id, secrets: right(raw, client_id, secrets[:1]),
        test=ROTATED,
    ),
    Fault(
        what="every report is the same",
        where=hashlib,
        name="sha256",
        wrong=lambda right: lambda _: right(b"one"),
        test=ONCE,
    ),
    Fault(
        what="an action is the end",
        where=webhook,
        name="SIGNALS",
        wrong=lambda it: it | {"AGREEMENT_WORKFLOW_COMPLETED": Signal.SIGNED},
        test=UNDERSTOOD,
    ),
    Fault(
        what="the id is not given back",
        where=webhook,
        name="echo",
        wrong=lambda right: lambda _: right("another"),
        test="test_each_notification_is_echoed_to",
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: it.what)
def test_a_planted_fault_is_caught(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test that passes with the adapter as it is fails with the fault in it."""
    right = getattr(fault.where, fault.name)
    monkeypatch.setattr(fault.where, fault.name, fault.wrong(right))
    assert caught(contract.TestAdobeSign(), fault.test, **dict(fault.given))


@pytest.mark.parametrize(("test", "given"), sorted({(it.test, it.given) for it in FAULTS}))
def test_without_a_fault_the_same_test_passes(
    test: str, given: tuple[tuple[str, object], ...]
) -> None:
    """The control."""
    assert not caught(contract.TestAdobeSign(), test, **dict(given))
