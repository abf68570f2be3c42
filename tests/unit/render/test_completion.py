"""The certificate of completion: every activity in words, every document with how it was signed."""

from __future__ import annotations

import ast
import importlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.history import Activity
from docgen.domain.packet import PacketState
from docgen.domain.signing import Signal
from docgen.render.completion import WORDS, completion_page
from tests.verifier.elsewhere import kept_on_file, left_out, their_paper
from tests.verifier.making import make
from tests.verifier.plain import PDFS, plain_kit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.verifier.making import Made

PRODUCT = Path(__file__).parents[3] / "docgen"
# Kinds put together while running, as they are written in the code.
PUT_TOGETHER = {
    "f'packet.{after.state}'": {
        f"packet.{state}"
        for state in (
            *("viewed", "partly_signed", "fully_executed"),
            *("declined", "voided", "expired", "failed"),
        )
    },
    "f'envelope.{ended}'": {"envelope.voided", "envelope.expired"},
}


def _calls() -> Iterator[tuple[Path, ast.Module, ast.expr]]:
    """Find what is given as the kind wherever the product writes an activity."""
    for path in sorted(PRODUCT.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = {"note": 1 if isinstance(node.func, ast.Attribute) else 2}.get(name)
            if at is not None and len(node.args) > at:
                yield path, tree, node.args[at]


def _kinds(path: Path, tree: ast.Module, given: ast.expr) -> set[str]:
    """Resolve one kind: a text, a constant of its module, or all texts a variable can hold."""
    if isinstance(given, ast.Constant):
        return {str(given.value)}
    if isinstance(given, ast.JoinedStr):
        return PUT_TOGETHER[ast.unparse(given)]
    assert isinstance(given, ast.Name), ast.unparse(given)
    module = importlib.import_module(
        ".".join(path.relative_to(PRODUCT.parent).with_suffix("").parts)
    )
    if hasattr(module, given.id):
        return {str(getattr(module, given.id))}
    families = {kind.partition(".")[0] for kind in WORDS}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.partition(".")[0] in families
        and node.value.replace(".", "").replace("_", "").isalpha()
        and "." in node.value
    }


@pytest.mark.usefixtures("app")  # some modules want Django set up
def test_every_activity_the_product_writes_has_words() -> None:
    """Nothing stands in a certificate as a bare key."""
    written: set[str] = set()
    for path, tree, given in _calls():
        found = _kinds(path, tree, given)
        assert found, f"{path.name}: {ast.unparse(given)}"
        written |= found
    assert len(written) > 40
    assert written - set(WORDS) == set()


def test_what_is_put_together_is_all_there_is() -> None:
    """A packet follows an envelope into these states, and an envelope is ended in these ways."""
    states = {f"packet.{state}" for state in PacketState}
    assert PUT_TOGETHER["f'packet.{after.state}'"] <= states
    ends = {f"envelope.{signal}" for signal in Signal}
    assert PUT_TOGETHER["f'envelope.{ended}'"] <= ends


def _page(made: Made, *more: Activity) -> str:
    parts = made.parts
    return completion_page(
        parts.statement,
        parts.plan,
        [*made.ledger.own, *more],
        attestation=parts.paper.attestation if parts.paper else None,
        development=True,
    ).decode()


@pytest.fixture(scope="module")
def plain() -> Made:
    """Give an electronic packet."""
    return make(plain_kit(), PDFS)


def _activity(kind: str, actor: str = "system", **details: object) -> Activity:
    return Activity(
        seq=1,
        position=1,
        at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        subject="pkt_1",
        kind=kind,
        actor=actor,
        details=details,
        salt="0" * 32,
    )


PEOPLE = {
    "before": {"name": "Ada Lindqvist", "title": "Managing Partner", "email": "ada@example.org"},
    "after": {"name": "Cy Vance", "title": "President", "email": "cy@example.org"},
}


@pytest.mark.parametrize(
    ("activity", "said"),
    [
        (
            _activity(
                "signer.reassigned",
                "user:coordinator",
                recipient="practice",
                authority="confirmed by the coordinator",
                **PEOPLE,
            ),
            ["Reassigned", "from Ada Lindqvist, Managing Partner to Cy Vance, President"],
        ),
        (_activity("signer.asked_for_paper", "signer:pso"), ["Asked to sign on paper", "Clarity"]),
        (_activity("review.released", "user:ada", round=2), ["Drafts released", "round 2"]),
        (_activity("signer.invited", recipient="pso"), ["Invitation mailed", "Clarity PSO, LLC"]),
        (_activity("copy.collected", "practice:contact-1"), ["fetched", "contact-1"]),
        (_activity("some.newer_kind", "signer:stranger"), ["some.newer_kind", "stranger"]),
    ],
)
def test_an_activity_is_told_with_what_matters(
    plain: Made, activity: Activity, said: list[str]
) -> None:
    """Who, what, and the one detail a reader looks for; an unknown one is not left out."""
    page = _page(plain, activity)
    row = page.rpartition("<tr>")[2]
    assert all(words in row for words in said), row
    assert "@" not in row


def test_each_document_is_told_with_how_it_was_executed() -> None:
    """Signed online, on paper, on file, left out; the attested words where there is paper."""
    psa = {"psa": PDFS["psa"]}
    for elsewhere, words in (
        (their_paper(), "signed on paper, the practice&#39;s own document"),
        (kept_on_file(copy=True), "executed before, on file: It is not ours."),
        (left_out(), "left out: It is not ours."),
    ):
        made = make(plain_kit(), psa, elsewhere=elsewhere)
        page = _page(made)
        assert words in page
        assert "signed electronically" in page
        assert ("Signed on paper" in page) == (made.parts.paper is not None)
    assert "Signed on paper" not in _page(make(plain_kit(), psa))


def test_wholly_on_paper_no_signature_is_claimed() -> None:
    """No table of signatures, no envelope; place, dates and words of who attests."""
    made = make(plain_kit(), PDFS, on_paper=frozenset(PDFS))
    statement = replace(made.parts.statement, envelope_id="", service="")
    page = _page(replace(made, parts=replace(made.parts, statement=statement)))
    assert "<h2>Signatures</h2>" not in page
    assert "Envelope" not in page.partition("<h2>History")[0]
    for words in ("contracts cabinet", "2026-11-23", "Cleo Coordinator", "3 pages"):
        assert words in page


def test_names_cannot_carry_markup(plain: Made) -> None:
    """Whatever somebody typed is text."""
    people: Any = {key: {**value, "name": "<script>x</script>"} for key, value in PEOPLE.items()}
    activity = _activity("signer.reassigned", authority="x", recipient="pso", **people)
    assert "<script>" not in _page(plain, activity)
