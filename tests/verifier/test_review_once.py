"""A file's revisions are compared once for each signature, and anew for whatever else is asked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from verifier import docgen_verify as check


def counting() -> tuple[Any, list[object]]:
    """Make a signature that notes by which policy it was compared."""
    asked: list[object] = []

    def review(policy: object) -> tuple[object, int]:
        asked.append(policy)
        return policy, len(asked)

    return SimpleNamespace(evaluate_modifications=review, coverage="whole"), asked


def test_the_same_comparison_is_made_once() -> None:
    """Every check gets the very result of the first, by our policy whatever pyHanko would ask."""
    signature, asked = counting()
    check.remember_review(signature)
    again = [signature.evaluate_modifications(policy) for policy in (object(), object())]
    assert again[0] is again[1]
    assert asked == [check.review_policy()]


def test_another_coverage_or_signature_is_compared_anew() -> None:
    """Nothing is taken for the answer to another question."""
    (signature, asked), (other, elsewhere) = counting(), counting()
    check.remember_review(signature)
    check.remember_review(other)
    signature.evaluate_modifications(None)
    signature.coverage = "less"
    signature.evaluate_modifications(None)
    ours = check.review_policy()
    assert asked == [ours, ours]
    other.evaluate_modifications(None)
    assert elsewhere == [ours]
