"""The verification's PDF report: what was found and what was not, the same bytes twice, valid."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from docgen.domain.verification import HEADLINES, VERIFIED, Checked, parse_verification
from docgen.render.verification import verification_page
from docgen.resources import fonts_dir
from docgen.services.verification_report import trusted_of, verification_report
from integrations.typeset.weasyprint.printer import WeasyprintPrinter
from tests.contracts.pdf_reading import findings, printed_text
from tests.verifier.handling import load_verifier, pack, unpack

GOLDEN = Path(__file__).parents[1] / "verifier" / "golden"
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def printer() -> WeasyprintPrinter:
    """Give the printer of the product."""
    return WeasyprintPrinter(fonts_dir())


def _found(stem: str = "docgen-evidence-2", *, anchored: bool = True, altered: bool = False) -> Any:
    verifier = load_verifier()
    anchor = verifier.read_anchor(str(GOLDEN / f"{stem}.anchor.json")) if anchored else None
    data = (GOLDEN / f"{stem}.bundle.zip").read_bytes()
    if altered:
        data = pack({**unpack(data), "verify.py": b"print('fine')"})
    case, told = verifier.examine_all(data, AT, anchor)
    code, words = verifier.conclude(case, told)
    return parse_verification(code, verifier.report(case, told, data, code, words))


def _anchor(stem: str = "docgen-evidence-2") -> Any:
    return json.loads((GOLDEN / f"{stem}.anchor.json").read_text("utf-8"))


def test_it_says_what_was_found_and_stands_on(printer: WeasyprintPrinter) -> None:
    """Every check with its result, digests, anchor, verifier, times; PDF/A-3a and PDF/UA-1."""
    found, anchor = _found(), _anchor()
    pdf = verification_report(printer, found, anchor=anchor, at=AT)
    text = printed_text(pdf)
    for words in (
        "Everything holds",
        found.packet_id,
        found.bundle_sha256,
        "2026-11-23 09:30:00 UTC",
        "docgen_verify.py, version 2",
        "The anchor of Clarity PSO",
        "no opinion of counsel",
        "DEVELOPMENT KEYS",
    ):
        assert words in text
    for item in found.checks:
        assert item.sentence in text
        assert item.id in text
    squeezed = text.replace(" ", "")
    for _, value in trusted_of(anchor).fingerprints:
        assert value in squeezed
    assert "Page 1 of" in text
    assert findings(pdf, "pdfa-3a") == []
    assert findings(pdf, "pdfua-1") == []
    assert verification_report(printer, found, anchor=anchor, at=AT) == pdf


def test_a_failed_check_comes_first_and_is_named(printer: WeasyprintPrinter) -> None:
    """An altered bundle's report says so in its headline and again among what does not hold."""
    found = _found(altered=True)
    text = printed_text(verification_report(printer, found, anchor=_anchor(), at=AT))
    assert "Does not hold" in text
    assert "must not be taken" in text
    assert "Everything holds" not in text
    assert "Does not hold: Every file has the listed digest." in text


def test_without_an_anchor_the_issuer_is_not_established(printer: WeasyprintPrinter) -> None:
    """It trusts nobody and says so twice."""
    found = _found(anchored=False)
    text = printed_text(verification_report(printer, found, anchor=None, at=AT))
    assert "Issuer not established" in text
    assert "Nobody: no anchor was given" in text
    assert "Who issued the bundle." in text


def test_paper_says_what_it_rests_on(printer: WeasyprintPrinter) -> None:
    """Paper rests on a person, in the report as in the result."""
    stem = "docgen-evidence-2-mixed"
    found = _found(stem)
    text = printed_text(verification_report(printer, found, anchor=_anchor(stem), at=AT))
    assert "Paper attested" in text
    assert "paper execution attested by" in text


def test_hostile_words_are_printed_as_words(printer: WeasyprintPrinter) -> None:
    """Markup stays text, what no font has is spelled out, and nothing reaches outside."""
    nasty = (
        "<img src=http://127.0.0.1/x>\u202e\x07 {{ 7*7 }} \U000e0041\U0001f9ff\ue000" + "x" * 400
    )
    check = Checked(id="zip.safe", sentence=nasty, result=nasty, detail=nasty)
    found = replace(_found(), checks=(check,), result=nasty, documents=((nasty, nasty),))
    text = printed_text(verification_report(printer, found, anchor={"name": nasty}, at=AT))
    assert "<img src=http://127.0.0.1/x>" in text
    assert "{{ 7*7 }}" in text
    assert "\\ue000" in text or "\ue000" not in text
    assert "not checked" in text


def test_every_result_has_its_words() -> None:
    """No exit code without a headline and a meaning."""
    assert set(HEADLINES) == set(VERIFIED)
    for code in VERIFIED:
        page = verification_page(
            replace(_found(), code=code), None, at=AT, program_sha256="0" * 64
        ).decode()
        assert HEADLINES[code][1:] in page


@pytest.mark.parametrize("output", ["", "{}", "[]", '{"result": 1, "checks": [1]}', "null", "x"])
def test_what_is_no_report_is_never_a_good_result(output: str) -> None:
    """Only a whole report is believed."""
    assert parse_verification(0, output, "a").code == 2
