"""Signed at the issuer's desk: whose sign-in stands for the mailed code, for whom and how fresh."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.evidence import COLLECTED
from docgen.domain.history import timestamp
from docgen.services.ceremony.countersign import FRESH, METHOD
from tests.verifier.handling import failed, load_verifier
from tests.verifier.making import Ledger, Made, close
from tests.verifier.plain import plain_kit

if TYPE_CHECKING:
    from docgen.domain.history import Activity

MAIL = {"pso": "pso@example.org", "practice": "practice@example.org"}
SECOND = timedelta(seconds=1)


def _at_desk(
    made: Made,
    *,
    key: str = "pso",
    ago: timedelta = SECOND,
    later: timedelta | None = None,
    **told: Any,
) -> bytes:
    """Tell that this signer came in by signing in, without a code; `later` they signed."""
    kit = plain_kit()
    ledger = Ledger(kit.clock, made.ledger.packet_id)
    for item in made.ledger.own:
        if item.kind == COLLECTED or _is_code(item, key):
            continue
        details = dict(item.details)
        if item.kind == "signer.identified" and item.actor == f"signer:{key}":
            shown = kit.clock.moment + 4 * SECOND - ago
            details = {
                "method": METHOD,
                "person": "pat",
                "address": MAIL[key],
                "ways": ["code"],
                "shown_at": timestamp(shown),
                **told,
            }
        if later and item.kind == "signer.signed" and item.actor == f"signer:{key}":
            kit.clock.moment += later
        ledger.note(item.kind, item.actor, **details)
    return close(kit, ledger, _timed(made, ledger).parts).data


def _is_code(item: Activity, key: str) -> bool:
    mine = item.details.get("recipient") == key or item.actor == f"signer:{key}"
    return item.kind in {"signer.code_sent", "signer.link_opened"} and mine


def _timed(made: Made, ledger: Ledger) -> Made:
    """State the times of signing as they are told now."""
    at = {item.details["act_id"]: item.at for item in ledger.own if item.kind == "signer.signed"}
    documents = tuple(
        replace(item, signatures=tuple(replace(one, at=at[one.act_id]) for one in item.signatures))
        for item in made.parts.statement.documents
    )
    statement = replace(made.parts.statement, documents=documents)
    return replace(made, parts=replace(made.parts, statement=statement))


def test_the_issuers_own_may_sign_in_instead(plain: Made, anchor: Any) -> None:
    """The control: signed in with the address on record, shown again a moment before."""
    assert failed(_at_desk(plain), anchor) == set()


@pytest.mark.parametrize(
    "told",
    [
        {"address": "other@example.org"},
        {"person": ""},
        {"ways": []},
        {"method": "said so"},
        {"shown_at": "yesterday"},
    ],
)
def test_a_sign_in_that_does_not_hold_is_found(
    plain: Made, anchor: Any, told: dict[str, Any]
) -> None:
    """Of another address, of nobody, by nothing, by other words, or at no moment."""
    assert failed(_at_desk(plain, **told), anchor) == {"people.identified"}


def test_the_other_side_never_signs_in_at_the_desk(plain: Made, anchor: Any) -> None:
    """A practice's signer is identified by a code to their own address, and by nothing else."""
    assert failed(_at_desk(plain, key="practice"), anchor) == {"people.identified"}


@pytest.mark.parametrize("ago", [FRESH + 5 * SECOND, -60 * SECOND])
def test_shown_too_long_before_is_found(plain: Made, anchor: Any, ago: timedelta) -> None:
    """More than ten minutes before, or only afterwards."""
    assert failed(_at_desk(plain, ago=ago), anchor) == {"people.identified"}


def test_signed_long_after_showing_it_is_found(plain: Made, anchor: Any) -> None:
    """One showing does not last a day; clocks may differ by ten minutes."""
    assert failed(_at_desk(plain, later=timedelta(minutes=8)), anchor) == set()
    assert failed(_at_desk(plain, later=timedelta(hours=1)), anchor) == {"people.identified"}


def test_both_sides_use_the_same_words() -> None:
    """The verifier, which imports nothing of ours, knows what the service writes."""
    verifier: Any = load_verifier()
    assert (verifier.AT_DESK, verifier.SHOWN_HOLDS) == (METHOD, FRESH)
