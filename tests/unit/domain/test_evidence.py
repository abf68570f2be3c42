"""The bundle's manifest and anchor as values."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from docgen.domain.canonical import canonical_json, sha256_hex
from docgen.domain.evidence import (
    Anchor,
    EvidencedDocument,
    Execution,
    ExpectedSignature,
    Statement,
    manifest_bytes,
    template_digest,
)

SIGNATURE = ExpectedSignature(
    field="practice",
    signer="practice",
    act_id="act_1",
    name="Ada Lindqvist",
    title="Managing Partner",
    organization="Lakeside Radiation Oncology, PLLC",
    meaning="agrees to be bound",
    at=datetime(2026, 11, 23, 9, tzinfo=UTC),
)
DOCUMENT = EvidencedDocument(
    slug="psa",
    title="Provider Services Agreement",
    execution=Execution.ELECTRONIC,
    template_version="1.0.0",
    template_digest="0" * 64,
    rendered_sha256="1" * 64,
    sent_sha256="2" * 64,
    signed_sha256="3" * 64,
    docx_sha256="4" * 64,
    html_sha256="5" * 64,
    signatures=(SIGNATURE,),
)
STATEMENT = Statement(
    packet_id="pkt_1",
    kind="contracting",
    service="embedded",
    envelope_id="env_1",
    effective_date="2026-11-23",
    time_zone="America/Chicago",
    engine="typst 0.15.2",
    product="0.1.0",
    log_time_stamp=True,
    documents=(DOCUMENT,),
)
PAPER = replace(DOCUMENT, slug="baa", execution=Execution.WET_INK, sent_sha256="", signed_sha256="")


@pytest.mark.parametrize(
    ("documents", "execution"),
    [
        ((DOCUMENT,), Execution.ELECTRONIC),
        ((PAPER,), Execution.WET_INK),
        ((DOCUMENT, PAPER), Execution.MIXED),
        ((PAPER, PAPER), Execution.WET_INK),
        ((PAPER, replace(DOCUMENT, execution=None)), Execution.WET_INK),
        ((replace(DOCUMENT, execution=None), DOCUMENT), Execution.ELECTRONIC),
    ],
)
def test_a_packet_is_executed_as_its_documents_are(
    documents: tuple[EvidencedDocument, ...], execution: Execution
) -> None:
    """One way for all is that way; two ways are mixed."""
    assert replace(STATEMENT, documents=documents).execution is execution


def test_the_manifest_lists_every_file_and_is_canonical() -> None:
    """The manifest is the statement and a list of files with digest and size, in one form."""
    raw = manifest_bytes(STATEMENT, {"plan.json": b"{}", "a": b""})
    manifest = json.loads(raw)
    assert canonical_json(manifest) == raw
    files = manifest.pop("files")
    assert manifest == json.loads(canonical_json(STATEMENT.to_json()))
    assert files == {
        "a": {"sha256": sha256_hex(b""), "size": 0},
        "plan.json": {"sha256": sha256_hex(b"{}"), "size": 2},
    }


@pytest.mark.parametrize(
    "change",
    [
        {"packet_id": "pkt_2"},
        {"effective_date": "2026-11-24"},
        {"time_zone": "America/New_York"},
        {"documents": (replace(DOCUMENT, source="counterparty_paper"),)},
        {"documents": (replace(DOCUMENT, pinned_sha256="6" * 64),)},
        {"documents": (replace(DOCUMENT, checklist_sha256="7" * 64),)},
        {"log_time_stamp": False},
        {"documents": (replace(DOCUMENT, title="Other"),)},
        {"documents": (replace(DOCUMENT, signatures=(replace(SIGNATURE, name="Eve"),)),)},
        {"documents": (replace(DOCUMENT, signatures=()),)},
    ],
)
def test_the_statement_digest_covers_every_word(change: dict[str, object]) -> None:
    """Whatever the statement says changes its digest."""
    assert replace(STATEMENT, **change).digest != STATEMENT.digest  # type: ignore[arg-type]  # a table of changes


def test_a_template_digest_covers_names_and_bytes() -> None:
    """Another byte, name or file gives another digest; the order of files does not."""
    files = {"clauses.yaml": b"a", "manifest.toml": b"b"}
    digest = template_digest(files)
    assert digest == template_digest(dict(reversed(files.items())))
    for other in (
        {**files, "clauses.yaml": b"x"},
        {"clause.yaml": b"a", "manifest.toml": b"b"},
        {**files, "more": b""},
        {"clauses.yaml": b"b", "manifest.toml": b"a"},
    ):
        assert template_digest(other) != digest


def test_the_anchor_keeps_every_root_and_key() -> None:
    """The anchor file holds what was put in, in canonical form."""
    anchor = Anchor(
        name="Clarity PSO", signing_roots=("a", "b"), timestamp_roots=("c",), log_keys=("d",)
    )
    raw = anchor.to_bytes()
    assert canonical_json(json.loads(raw)) == raw
    assert json.loads(raw) == {
        "format": "docgen-anchor/1",
        "name": "Clarity PSO",
        "signing_roots": ["a", "b"],
        "timestamp_roots": ["c"],
        "log_keys": ["d"],
    }
