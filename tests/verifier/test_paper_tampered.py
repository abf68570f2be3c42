"""Paper execution: the scan and the attestation, bound to the history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.verifier.handling import LATER, failed, load_verifier
from tests.verifier.making import Made, rebuild
from tests.verifier.plain import plain_kit

if TYPE_CHECKING:
    from docgen.domain.evidence import Attestation


def _attestation(made: Made) -> Attestation:
    assert made.parts.paper is not None
    return made.parts.paper.attestation


@pytest.mark.parametrize(
    "change",
    [
        {"packet_id": "pkt_other"},
        {"documents": ("psa",)},
        {"documents": ("psa", "baa", "pses")},
        {"scan_sha256": "0" * 64},
        {"attested_by": ""},
        {"statement": ""},
    ],
)
def test_an_attestation_that_does_not_fit_is_found(
    paper: Made, anchor: Any, change: dict[str, Any]
) -> None:
    """Packet, documents, scan, person and statement must each be right."""
    assert paper.parts.paper is not None
    changed = replace(paper.parts.paper, attestation=replace(_attestation(paper), **change))
    made = rebuild(paper, plain_kit(), paper=changed)
    assert failed(made.data, anchor) == {"paper.attested"}


def test_another_scan_is_found(paper: Made, anchor: Any) -> None:
    """A scan other than the attested one is found."""
    assert paper.parts.paper is not None
    made = rebuild(paper, plain_kit(), paper=replace(paper.parts.paper, scan=b"%PDF other"))
    assert failed(made.data, anchor) == {"paper.attested"}


def test_a_missing_scan_is_found(paper: Made, anchor: Any) -> None:
    """Paper execution without scan and attestation is not evidence."""
    made = rebuild(paper, plain_kit(), paper=None)
    assert {"files.complete", "paper.attested"} <= failed(made.data, anchor)


@pytest.mark.parametrize(("fixture", "code"), [("paper", 4), ("mixed", 1)])
def test_paper_has_its_own_result(
    request: pytest.FixtureRequest, anchor: Any, fixture: str, code: int
) -> None:
    """Paper alone gives code 4; a mixed packet still needs its electronic signatures."""
    made: Made = request.getfixturevalue(fixture)
    verifier = load_verifier()
    case, findings = verifier.examine_all(made.data, LATER, anchor)
    found, words = verifier.conclude(case, findings)
    assert found == code
    if code == verifier.PAPER:
        assert "PAPER EXECUTION ATTESTED" in words
        assert not any(item.id.startswith("pdf.") for item in findings)
