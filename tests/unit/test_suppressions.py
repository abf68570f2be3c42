"""Every suppression in the product names its rule and says why (CONTRIBUTING, sentence 13)."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for part in ("docgen", "integrations", "verifier")
    for path in sorted((ROOT / part).rglob("*.py"))
    if "migrations" not in path.parts
]
SUPPRESSES = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no cover)")
WELL_SAID = re.compile(
    r"# (?:noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*|type: ignore\[[a-z-]+\]) +(?:#|--?) ?\w.{4,}"
)


def unexplained(source: str) -> list[str]:
    """List the comments that suppress something without rule or reason."""
    comments = (
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    )
    return [text for text in comments if SUPPRESSES.match(text) and not WELL_SAID.match(text)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_suppression_says_why(path: Path) -> None:
    """A rule that is passed over in silence is a rule that is not there."""
    assert unexplained(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("line", "is_fine"),
    [
        ("x = 1  # noqa: S105  # signs nothing", True),
        ("x = 1  # noqa: PTH103, PTH120  # names may be links", True),
        ("x = 1  # noqa: PLR2004 - a pair", True),
        ("x = 1  # type: ignore[arg-type]  # a double", True),
        ("x = 1  # noqa: S105", False),
        ("x = 1  # noqa", False),
        ("x = 1  # type: ignore", False),
        ("x = 1  # type: ignore[arg-type]", False),
        ("x = 1  # pragma: no cover", False),
        ("x = 1  # never reached", True),
    ],
)
def test_what_counts_as_said(line: str, *, is_fine: bool) -> None:
    """Rule and reason, in the forms the tools read."""
    assert (unexplained(f"{line}\n") == []) is is_fine
