"""Identified by a code read out by telephone: held to the plan, to who read it, and to no mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.evidence import COLLECTED
from docgen.services.ceremony.enter import BY_MAIL, BY_VOICE
from docgen.services.ceremony.telephone import READ_OUT
from tests.verifier.handling import LATER, failed, load_verifier
from tests.verifier.making import Ledger, Made, close, make
from tests.verifier.plain import PDFS, plain_kit

if TYPE_CHECKING:
    from docgen.domain.history import Activity

PRACTICE = "practice"
LOST = ""


@pytest.fixture(scope="module")
def spoken() -> Made:
    """Make a bundle whose practice heard its code by telephone."""
    return make(plain_kit(by_telephone=PRACTICE), PDFS)


def _retold(made: Made, kind: str, *, to: str = "", actor: str = "", **told: str) -> bytes:
    """Tell the same life again, the practice's activities of one kind as another, or not at all."""
    kit = plain_kit()
    ledger = Ledger(kit.clock, made.ledger.packet_id)
    for item in made.ledger.own:
        if item.kind == COLLECTED:
            continue
        if item.kind != kind or not _is_the_practices(item):
            ledger.note(item.kind, item.actor, **item.details)
        elif to:
            ledger.note(to, actor or item.actor, **{**item.details, **told})
    return close(kit, ledger, made.parts).data


def _is_the_practices(item: Activity) -> bool:
    return item.actor == f"signer:{PRACTICE}" or item.details.get("recipient") == PRACTICE


def test_a_code_read_out_identifies(spoken: Made, anchor: Any) -> None:
    """The control: planned so, read out by one of the issuer's, then given."""
    assert failed(spoken.data, anchor) == set()
    _, findings = load_verifier().examine_all(spoken.data, LATER, anchor)
    (said,) = [item.detail for item in findings if item.id == "people.identified"]
    assert "practice by a mailed link and a code read out by telephone" in said


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        (READ_OUT, {"to": LOST}),
        (READ_OUT, {"to": READ_OUT, "actor": "system"}),
        (READ_OUT, {"to": READ_OUT, "recipient": "pso"}),
        (READ_OUT, {"to": "signer.code_sent", "address": "practice@example.org"}),
        ("signer.identified", {"to": "signer.identified", "method": BY_MAIL}),
    ],
    ids=["not read out", "by nobody", "to another", "mailed after all", "another way than planned"],
)
def test_what_does_not_hold_is_found(
    spoken: Made, anchor: Any, kind: str, changed: dict[str, str]
) -> None:
    """Each lie about the call fails the one check that is about it."""
    assert failed(_retold(spoken, kind, **changed), anchor) == {"people.identified"}


def test_who_was_to_get_mail_was_not_called(plain: Made, anchor: Any) -> None:
    """Nobody is let in by voice whose plan says mail, whatever else is told."""
    told = _retold(plain, "signer.code_sent", to=READ_OUT, actor="user:coordinator")
    assert failed(told, anchor) == {"people.identified"}
    told = _retold(plain, "signer.identified", to="signer.identified", method=BY_VOICE)
    assert failed(told, anchor) == {"people.identified"}


def test_both_sides_use_the_same_words() -> None:
    """The verifier, which imports nothing of ours, knows what the service writes."""
    verifier: Any = load_verifier()
    assert verifier.READ_OUT == BY_VOICE
