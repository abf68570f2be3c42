"""Paper execution: the scan and the attestation, bound to the history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.verifier.handling import LATER, failed, load_verifier
from tests.verifier.making import Made, rebuild, retell
from tests.verifier.plain import plain_kit

if TYPE_CHECKING:
    from docgen.domain.evidence import Attestation
    from docgen.domain.history import Activity
    from docgen.services.bundle import PaperExecution


def _execution(made: Made) -> PaperExecution:
    assert made.parts.paper is not None
    return made.parts.paper


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
        {"attested_by": "user:legal_approver"},
        {"attested_by": "Cleo Coordinator"},
        {"name": ""},
        {"statement": ""},
        {"statement": "I saw it."},
        {"original_at": ""},
        {"original_at": "elsewhere"},
        {"received_on": "2026-11-24"},
        {"received_on": "23 November 2026"},
        {"at": LATER},
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


def test_a_handwritten_date_of_another_day_is_found(paper: Made, anchor: Any) -> None:
    """It is in the history, and what is wholly on paper takes effect on it."""
    changed = replace(_attestation(paper), signed_on="2026-11-22")
    made = rebuild(paper, plain_kit(), paper=replace(_execution(paper), attestation=changed))
    assert failed(made.data, anchor) == {"paper.attested", "effective.date"}


@pytest.mark.parametrize("pages", [0, 2, 4, True])
def test_another_count_of_pages_is_found(paper: Made, anchor: Any, pages: int) -> None:
    """Attestation, history and scan must agree on it."""
    changed = replace(_attestation(paper), pages=pages)
    made = rebuild(paper, plain_kit(), paper=replace(_execution(paper), attestation=changed))
    assert failed(made.data, anchor) == {"paper.attested", "paper.pages"}


def _retaken(made: Made, **said: Any) -> Made:
    """Take the same paper in with other words, in history and attestation alike."""

    def tell(item: Activity) -> Activity:
        mine = item.kind == "paper.taken_in"
        return replace(item, details={**item.details, **said}) if mine else item

    known = {key: value for key, value in said.items() if hasattr(_attestation(made), key)}
    attestation = replace(_attestation(made), **known)
    scanned = replace(_execution(made), attestation=attestation)
    return retell(made, plain_kit(), tell, paper=scanned)


def test_taken_in_again_in_the_same_words_it_holds(paper: Made, anchor: Any) -> None:
    """The control of the test below."""
    assert failed(_retaken(paper).data, anchor) == set()


@pytest.mark.parametrize(
    ("said", "checks"),
    [
        ({"pages": 4}, {"paper.pages"}),
        ({"received_on": "2026-11-22"}, {"paper.attested"}),
        ({"received_on": "2026-11-30"}, {"paper.attested"}),
        ({"signed_on": "2026-11-20"}, {"paper.attested", "effective.date"}),
        ({"signed_on": "2026-02-30"}, {"paper.attested", "effective.date"}),
        ({"plan_checksum": "0" * 64}, {"paper.attested"}),
        ({"documents": ("psa",)}, {"paper.attested"}),
    ],
)
def test_what_cannot_be_is_found_however_well_told(
    paper: Made, anchor: Any, said: dict[str, Any], checks: set[str]
) -> None:
    """History and attestation agree; the scan, the calendar and the plan do not."""
    assert failed(_retaken(paper, **said).data, anchor) == checks


@pytest.mark.parametrize(
    ("scan", "checks"), [({}, set()), ({"scan_sha256": "0" * 64}, {"paper.attested"})]
)
def test_only_the_last_taking_in_counts(
    paper: Made, anchor: Any, scan: dict[str, str], checks: set[str]
) -> None:
    """An attestation that a later one replaced no longer stands for the paper."""
    (taken,) = [item for item in paper.ledger.own if item.kind == "paper.taken_in"]
    ledger = replace(paper.ledger, all=list(paper.ledger.all[:-1]))
    ledger.note(taken.kind, taken.actor, **{**taken.details, **scan})
    made = retell(replace(paper, ledger=ledger), plain_kit(), lambda item: item)
    assert failed(made.data, anchor) == checks


def test_another_scan_is_found(paper: Made, anchor: Any) -> None:
    """A scan other than the attested one is found."""
    assert paper.parts.paper is not None
    made = rebuild(paper, plain_kit(), paper=replace(paper.parts.paper, scan=b"%PDF other"))
    assert failed(made.data, anchor) == {"paper.attested", "paper.pages"}


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
