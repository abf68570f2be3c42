"""The bundle: deterministic, plain, complete, and bound to the history before the log closes."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest

from docgen.domain.canonical import sha256_hex
from docgen.domain.evidence import Execution
from docgen.domain.merkle import Tree
from docgen.errors import InputError, NotFound
from docgen.ports.ledger import StoredCheckpoint
from docgen.services.bundle import TemplateSource, build_bundle, collected_details, prove
from tests.verifier.making import START, Made, make
from tests.verifier.plain import PDFS, plain_kit


@pytest.fixture(scope="module")
def made() -> Made:
    """Give a bundle and its parts."""
    return make(plain_kit(), PDFS)


def _entries(data: bytes) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.infolist()


def _read(data: bytes, path: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(path)


def test_the_same_parts_give_the_same_bytes(made: Made) -> None:
    """Building twice, and telling the same packet twice, gives the same file."""
    assert build_bundle(made.parts, made.proof) == made.data
    assert make(plain_kit(), PDFS).data == made.data


def test_another_part_gives_other_bytes(made: Made) -> None:
    """The control: one changed byte of one part changes the file."""
    other = replace(made.parts, completion_pdf=b"%PDF-1.7 other")
    assert build_bundle(other, made.proof) != made.data


def test_entries_are_plain_sorted_and_dateless(made: Made) -> None:
    """Every entry is stored, dated 1980, a regular file, and in order."""
    entries = _entries(made.data)
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    for entry in entries:
        assert entry.compress_type == zipfile.ZIP_STORED
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.external_attr == 0o100644 << 16
        assert entry.extra == b""


def test_the_bundle_holds_what_its_format_names(made: Made) -> None:
    """Documents in every form, sources, plan, approvals, history, log and certificates."""
    names = {entry.filename for entry in _entries(made.data)}
    for slug in PDFS:
        for name in ("rendered.pdf", "sent.pdf", "signed.pdf", "document.docx", "reading.html"):
            assert f"documents/{slug}/{name}" in names
        assert f"templates/{slug}/1.0.0/clauses.yaml" in names
    assert {
        "README.txt",
        "approvals.json",
        "bundle.json",
        "callbacks/0001.json",
        "certificate-of-completion.html",
        "certificate-of-completion.pdf",
        "certificates/signing-root-1.pem",
        "certificates/timestamp-root-1.pem",
        "consent/1.0.txt",
        "enrollment/digest",
        "enrollment/record.json",
        "history.jsonl",
        "log/checkpoint.txt",
        "log/key.txt",
        "log/leaves.jsonl",
        "plan.json",
        "verify.py",
    } <= names


def test_the_plan_in_the_bundle_has_the_plans_checksum(made: Made) -> None:
    """Anybody can recompute the approved checksum from plan.json."""
    assert sha256_hex(_read(made.data, "plan.json")) == made.parts.plan.checksum


def test_the_history_names_every_file_before_the_log_closes(made: Made) -> None:
    """`evidence.collected` names the statement and every file that is not the log's own."""
    details = collected_details(made.parts)
    assert made.proof.activities[-1].kind == "evidence.collected"
    assert dict(made.proof.activities[-1].details) == details
    assert details["statement_sha256"] == made.parts.statement.digest
    named = details["files"]
    assert isinstance(named, dict)
    own = {"bundle.json", "history.jsonl"}
    for entry in _entries(made.data):
        if entry.filename in own or entry.filename.startswith("log/"):
            assert entry.filename not in named
        else:
            assert named[entry.filename] == sha256_hex(_read(made.data, entry.filename))


def test_what_happens_after_the_collection_is_left_for_later(made: Made) -> None:
    """An activity between the collection and the checkpoint is not in the bundle's history."""
    ledger = replace(made.ledger, all=list(made.ledger.all))
    ledger.note("signer.copy_sent", "system", recipient="practice")
    tree = Tree.of(ledger.hashes)
    checkpoint = StoredCheckpoint(size=tree.size, root=tree.root.hex(), note="", at=START)
    proof = prove(ledger.own, tree, checkpoint, "")
    assert proof.activities == made.proof.activities
    assert proof.inclusion != made.proof.inclusion


def test_an_older_checkpoint_proves_nothing(made: Made) -> None:
    """A checkpoint from before the collection is refused when building, not only when checking."""
    for size in range(len(made.ledger.all)):
        checkpoint = StoredCheckpoint(size=size, root="", note="", at=START)
        with pytest.raises(NotFound):
            prove(made.ledger.own, Tree.of(made.ledger.hashes[:size]), checkpoint, "")


def test_the_manifest_lists_every_other_file(made: Made) -> None:
    """`bundle.json` lists exactly the other files."""
    manifest = json.loads(_read(made.data, "bundle.json"))
    names = {entry.filename for entry in _entries(made.data)}
    assert set(manifest["files"]) == names - {"bundle.json"}


@pytest.mark.parametrize(
    ("on_paper", "words"),
    [
        (frozenset(), "Every document was signed electronically"),
        (frozenset(PDFS), "The documents were signed on paper"),
        (frozenset({"psa"}), "Some documents were signed electronically"),
    ],
)
def test_the_readme_says_how_it_was_executed(on_paper: frozenset[str], words: str) -> None:
    """A lawyer reads first how the packet was executed, and which program checks it."""
    bundle = make(plain_kit(), PDFS, on_paper=on_paper)
    text = _read(bundle.data, "README.txt").decode()
    assert words in text
    assert "--anchor anchor.json" in text
    assert all(len(line) <= 80 for line in text.splitlines())
    expected = Execution.MIXED if len(on_paper) == 1 else None
    assert expected is None or bundle.parts.statement.execution is expected


@pytest.mark.parametrize(
    "name", ["../escape", "/absolute", "a//b", ".hidden", "a\\b", "a b", "ü", "", "a" * 201, "a/"]
)
def test_a_name_that_is_no_safe_path_is_refused(made: Made, name: str) -> None:
    """A template file with a hostile name never gets into a bundle."""
    source = TemplateSource(slug="psa", version="1.0.0", files={name: b"x"})
    with pytest.raises(InputError):
        build_bundle(replace(made.parts, templates=(source,)), made.proof)
