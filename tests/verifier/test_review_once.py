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
    """Every check gets the very result of the first."""
    signature, asked = counting()
    check.remember_review(signature)
    policy = object()
    assert signature.evaluate_modifications(policy) is signature.evaluate_modifications(policy)
    assert asked == [policy]


def test_another_policy_coverage_or_signature_is_compared_anew() -> None:
    """Nothing is taken for the answer to another question."""
    (signature, asked), (other, elsewhere) = counting(), counting()
    check.remember_review(signature)
    check.remember_review(other)
    first, second = object(), object()
    signature.evaluate_modifications(first)
    signature.evaluate_modifications(second)
    signature.coverage = "less"
    signature.evaluate_modifications(first)
    assert asked == [first, second, first]
    other.evaluate_modifications(first)
    assert elsewhere == [first]
