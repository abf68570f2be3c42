"""Reassigned: what the person before did counts for nothing for the person who signs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.evidence import COLLECTED
from tests.verifier.handling import failed
from tests.verifier.making import Ledger, Made, close
from tests.verifier.plain import plain_kit

if TYPE_CHECKING:
    from docgen.domain.history import Activity

OLD, NEW = "practice@example.org", "new@example.org"
BEFORE = {"name": "Ada Lindqvist", "title": "Managing Partner", "email": OLD}
AFTER = {"name": "Cy Vance", "title": "President", "email": NEW}
KINDS = ("signer.code_sent", "signer.identified", "signer.consented", "signer.read")


def _is_about(item: Activity, kind: str) -> bool:
    theirs = item.actor == "signer:practice" or item.details.get("recipient") == "practice"
    return item.kind == kind and theirs


def _reassigned(
    made: Made,
    *,
    again: tuple[str, ...] = KINDS,
    address: str = NEW,
    actor: str = "user:coordinator",
    before: dict[str, str] = BEFORE,
) -> bytes:
    """Tell that the practice's signer was replaced after reading; `again` is done anew."""
    kit = plain_kit()
    ledger = Ledger(kit.clock, made.ledger.packet_id)
    done: list[Activity] = []
    for item in made.ledger.own:
        if item.kind == COLLECTED:
            continue
        details = dict(item.details)
        if _is_about(item, "signer.signed"):
            ledger.note(
                "signer.reassigned", actor, recipient="practice", before=before, after=AFTER
            )
            for one in (one for one in done if one.kind in again):
                changed = {"address": address} if "address" in one.details else {}
                ledger.note(one.kind, one.actor, **{**one.details, **changed})
            details |= {"email": NEW}
        ledger.note(item.kind, item.actor, **details)
        if any(_is_about(item, kind) for kind in KINDS):
            done.append(item)
    return close(kit, ledger, _timed(made, ledger).parts).data


def _timed(made: Made, ledger: Ledger) -> Made:
    """State the times of signing as they are told now."""
    at = {item.details["act_id"]: item.at for item in ledger.own if item.kind == "signer.signed"}
    documents = tuple(
        replace(item, signatures=tuple(replace(one, at=at[one.act_id]) for one in item.signatures))
        for item in made.parts.statement.documents
    )
    statement = replace(made.parts.statement, documents=documents)
    return replace(made, parts=replace(made.parts, statement=statement))


def test_who_did_everything_anew_signs_validly(plain: Made, anchor: Any) -> None:
    """The control: code, identification, consent and reading of their own."""
    assert failed(_reassigned(plain), anchor) == set()


@pytest.mark.parametrize(
    ("left", "check"),
    [
        ("signer.code_sent", "people.identified"),
        ("signer.identified", "people.identified"),
        ("signer.consented", "people.consented"),
        ("signer.read", "people.consented"),
    ],
)
def test_what_the_person_before_did_does_not_count(
    plain: Made, anchor: Any, left: str, check: str
) -> None:
    """Signed on somebody else's code, identity, consent or reading, it does not hold."""
    again = tuple(kind for kind in KINDS if kind != left)
    assert failed(_reassigned(plain, again=again), anchor) == {check}


def test_nothing_done_anew_is_found(plain: Made, anchor: Any) -> None:
    """The whole of it on the old signer's back."""
    found = failed(_reassigned(plain, again=()), anchor)
    assert found == {"people.identified", "people.consented"}


def test_a_code_mailed_to_the_person_before_is_found(plain: Made, anchor: Any) -> None:
    """The code must have gone to the address the place was reassigned to."""
    assert failed(_reassigned(plain, address=OLD), anchor) == {"people.identified"}


@pytest.mark.parametrize(
    "told", [{"actor": "signer:practice"}, {"before": {**BEFORE, "email": "x@example.org"}}]
)
def test_a_reassignment_by_nobody_or_from_nobody_is_found(
    plain: Made, anchor: Any, told: dict[str, Any]
) -> None:
    """Somebody of the issuer's reassigns, and from the person who held the place."""
    found = failed(_reassigned(plain, **told), anchor)
    assert {"people.identified", "people.consented"} <= found


def test_another_address_without_a_reassignment_is_found(plain: Made, anchor: Any) -> None:
    """Who signs from an address that nobody planned was never given the place."""
    kit = plain_kit()
    ledger = Ledger(kit.clock, plain.ledger.packet_id)
    for item in plain.ledger.own[:-1]:
        changes = {key: NEW for key in ("email", "address") if item.details.get(key) == OLD}
        ledger.note(item.kind, item.actor, **{**item.details, **changes})
    made = close(kit, ledger, plain.parts)
    assert failed(made.data, anchor) == {"people.identified"}
