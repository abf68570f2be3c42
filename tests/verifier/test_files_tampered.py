"""Files flipped, dropped, added, swapped and re-listed: each is found, and named by its check."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.canonical import canonical_json
from tests.verifier.handling import failed, joined, lines, pack, relist, unpack
from tests.verifier.making import Made, make
from tests.verifier.plain import PDFS, plain_kit

if TYPE_CHECKING:
    from collections.abc import Iterator

LOG = {"history.jsonl", "log/leaves.jsonl", "log/checkpoint.txt", "log/key.txt"}


@pytest.fixture(scope="module")
def paths(plain: Made) -> list[str]:
    """List every file in the plain bundle."""
    return sorted(unpack(plain.data))


def _flips(data: bytes) -> Iterator[bytes]:
    for at in {0, len(data) // 2, len(data) - 1}:
        yield data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_the_untouched_bundle_holds(plain: Made, anchor: Any) -> None:
    """The control: nothing fails, repacking the same files gives the same bytes."""
    assert failed(plain.data, anchor) == set()
    assert pack(unpack(plain.data)) == plain.data


def test_every_flipped_file_is_found(
    files: dict[str, bytes], anchor: Any, paths: list[str]
) -> None:
    """One changed bit at the start, middle or end of any file fails a check."""
    for path in paths:
        for flipped in _flips(files[path]):
            found = failed(pack({**files, path: flipped}), anchor)
            wanted = "bundle.format" if path == "bundle.json" else "files.digests"
            assert found & {wanted, "files.complete", "files.digests"}, path


def test_every_flipped_and_relisted_file_is_found(
    files: dict[str, bytes], anchor: Any, paths: list[str]
) -> None:
    """Recomputing the list over a changed file does not help: history or log names the old one."""
    for path in set(paths) - {"bundle.json"}:
        for flipped in _flips(files[path]):
            found = failed(pack(relist({**files, path: flipped})), anchor)
            wanted = {"log.inclusion", "log.checkpoint", "files.canonical"}
            assert found & (wanted if path in LOG else {"history.binds", "files.canonical"}), path


def test_every_dropped_file_is_found(
    files: dict[str, bytes], anchor: Any, paths: list[str]
) -> None:
    """A missing file is found by the list; dropped from the list too, by format or history."""
    for path in paths:
        rest = {name: data for name, data in files.items() if name != path}
        found = failed(pack(rest), anchor)
        assert found & {"files.complete", "bundle.format"}, path
        if path != "bundle.json":
            assert failed(pack(relist(rest)), anchor) & {"files.complete", "history.binds"}, path


@pytest.mark.parametrize(
    "path",
    [
        "extra.txt",
        "documents/psa/other.pdf",
        "log/other.txt",
        "callbacks/0002.json",
        "consent/9.9.txt",
        "certificates/signing-root-9.pem",
        "templates/psa/1.0.0/added.txt",
        "templates/psa/2.0.0/clauses.yaml",
        "paper/scan.pdf",
    ],
)
def test_an_added_file_is_found(files: dict[str, bytes], anchor: Any, path: str) -> None:
    """A file too many fails the list; listed as well, the format or the history."""
    more = {**files, path: b"{}"}
    assert failed(pack(more), anchor) >= {"files.complete"}
    assert failed(pack(relist(more)), anchor) & {"files.complete", "history.binds"}


@pytest.mark.parametrize("name", ["rendered", "sent", "signed"])
def test_a_document_of_another_packet_is_found(
    files: dict[str, bytes], anchor: Any, name: str
) -> None:
    """Our own document from another packet of ours does not pass in this one."""
    other = make(plain_kit(), {"psa": b"%PDF-1.7 other\n%%EOF\n"}, packet_id="pkt_02example")
    path = f"documents/psa/{name}.pdf"
    swapped = {**files, path: unpack(other.data)[path]}
    assert "files.digests" in failed(pack(swapped), anchor)
    assert {"history.binds", "files.digests"} <= failed(pack(relist(swapped)), anchor)


def test_two_documents_swapped_in_one_bundle_are_found(
    files: dict[str, bytes], anchor: Any
) -> None:
    """Exchanging the signed files of two documents is found although both are genuine."""
    one, other = "documents/psa/signed.pdf", "documents/baa/signed.pdf"
    swapped = {**files, one: files[other], other: files[one]}
    found = failed(pack(relist(swapped)), anchor)
    assert {"files.digests", "documents.prefix", "history.binds"} <= found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("packet_id", "pkt_02example"),
        ("kind", "onboarding"),
        ("service", "other"),
        ("envelope_id", "env_02example"),
        ("effective_date", "2020-01-01"),
        ("engine", "other"),
        ("product", "9.9"),
        ("log_time_stamp", True),
        ("execution", "wet_ink"),
    ],
)
def test_an_edited_statement_is_found(
    files: dict[str, bytes], anchor: Any, key: str, value: object
) -> None:
    """Every word of the statement is bound to the history."""
    found = failed(pack(relist(files, **{key: value})), anchor)
    assert found & {"history.binds", "bundle.format"}


def test_every_edited_word_about_a_document_is_found(files: dict[str, bytes], anchor: Any) -> None:
    """Each value of each document and of each expected signature is bound to the history."""
    documents = json.loads(files["bundle.json"])["documents"]
    for at, document in enumerate(documents):
        for key, value in document.items():
            if isinstance(value, str):
                changed = [*documents[:at], {**document, key: value + "x"}, *documents[at + 1 :]]
                assert failed(pack(relist(files, documents=changed)), anchor), key
        for number, signature in enumerate(document["signatures"]):
            for key, value in signature.items():
                edited = json.loads(json.dumps(documents))
                edited[at]["signatures"][number][key] = value.replace("0", "1") + "x"
                assert failed(pack(relist(files, documents=edited)), anchor), (signature, key)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw.replace(b",", b", ", 1),
        lambda raw: raw + b"\n",
        lambda _: b"[" * 100_000,
        lambda raw: raw.replace(b"{", b'{"format":"docgen-evidence/1",', 1),
        lambda _: b"NaN",
        lambda _: b"1" * 10_000,
        lambda _: b'{"format":"docgen-evidence/2"}',
        lambda _: b"[]",
        lambda _: b"\xff",
        lambda raw: raw.replace(b'"slug":"psa"', b'"slug":"baa"'),
        lambda raw: raw.replace(b'"documents":[', b'"documents":{},"x":['),
        lambda raw: raw.replace(b'"execution":"electronic"', b'"execution":[]', 1),
    ],
)
def test_a_manifest_in_another_form_is_refused(
    files: dict[str, bytes], anchor: Any, spoil: Any
) -> None:
    """The manifest has one spelling; spaces, double keys and depth fail, and nothing crashes."""
    spoiled = spoil(files["bundle.json"])
    assert failed(pack({**files, "bundle.json": spoiled}), anchor) == {"bundle.format"}


def _into(place: str, change: dict[str, object]) -> Any:
    """Change the manifest itself, its first document, that one's template or first signature."""

    def spoil(manifest: dict[str, Any]) -> None:
        document = manifest["documents"][0]
        target = {
            "manifest": manifest,
            "document": document,
            "template": document["template"],
            "signature": document["signatures"][0],
        }[place]
        target.update(change)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        _into("manifest", {"format": "docgen-evidence/1"}),
        _into("manifest", {"format": "docgen-evidence/3"}),
        _into("document", {"source": "by_word"}),
        _into("document", {"source": "counterparty_paper"}),
        _into("document", {"source": "not_applicable"}),
        _into("document", {"source": "already_on_file", "execution": ""}),
        _into("document", {"pinned_sha256": "0" * 64}),
        _into("document", {"checklist_sha256": "0" * 64}),
        _into("document", {"rendered_sha256": ""}),
        _into("document", {"signed_sha256": ""}),
        _into("document", {"execution": "wet_ink"}),
        _into("manifest", {"unknown": "words nobody vouches for"}),
        _into("manifest", {"log_time_stamp": 1}),
        _into("manifest", {"documents": []}),
        _into("manifest", {"documents": {}}),
        _into("manifest", {"execution": "mixed"}),
        _into("document", {"unknown": "words nobody vouches for"}),
        _into("document", {"execution": "by_word"}),
        _into("document", {"slug": "psa"}),
        _into("template", {"unknown": "words nobody vouches for"}),
        _into("signature", {"unknown": "words nobody vouches for"}),
        _into("signature", {"at": "2026-11-23"}),
        _into("signature", {"at": "2026-13-23T09:00:00.000000Z"}),
        _into("signature", {"at": 7}),
    ],
)
def test_a_manifest_of_another_shape_is_refused(
    files: dict[str, bytes], anchor: Any, spoil: Any
) -> None:
    """Unknown words, missing words and words of another kind are refused at the door."""
    manifest = json.loads(files["bundle.json"])
    spoil(manifest)
    spoiled = {**files, "bundle.json": canonical_json(manifest)}
    assert failed(pack(spoiled), anchor) == {"bundle.format"}


def test_an_unknown_execution_does_not_slip_past_the_signatures(
    files: dict[str, bytes], anchor: Any
) -> None:
    """A packet executed neither in electronic form nor on paper is not known to the format."""
    manifest = json.loads(files["bundle.json"])
    documents = [{**item, "execution": "by_word"} for item in manifest["documents"]]
    spoiled = canonical_json(manifest | {"documents": documents, "execution": "by_word"})
    assert failed(pack({**files, "bundle.json": spoiled}), anchor) == {"bundle.format"}


@pytest.mark.parametrize(
    "change",
    [
        {"unknown": 1},
        {"details": []},
        {"salt": ""},
        {"salt": "xyz"},
        {"seq": True},
        {"position": 1.5},
        {"at": "2026-11-23T09:00:00Z"},
        {"at": "2026-11-23T09:00:00.000000+00:00"},
    ],
)
def test_an_activity_of_another_shape_is_refused(
    files: dict[str, bytes], anchor: Any, change: dict[str, object]
) -> None:
    """An activity has exactly its keys, each of its kind, and a salt."""
    history = lines(files["history.jsonl"])
    history[2] = canonical_json(json.loads(history[2]) | change)
    spoiled = relist({**files, "history.jsonl": joined(history)})
    assert failed(pack(spoiled), anchor) == {"files.canonical"}


def test_the_issuers_data_is_the_plans_or_not_there(files: dict[str, bytes], anchor: Any) -> None:
    """Oldest bundles lack it; other data than the plan was made with is refused."""
    path = "issuer/settings.json"
    other = canonical_json({"legal_name": "Another Group, Inc."})
    assert "enrollment.digest" in failed(pack(relist({**files, path: other})), anchor)
    without = {name: data for name, data in files.items() if name != path}
    assert "enrollment.digest" not in failed(pack(relist(without)), anchor)
    strange = {**files, "issuer/other.json": other}
    assert "files.complete" in failed(pack(relist(strange)), anchor)


@pytest.mark.parametrize(
    "path",
    [
        *("plan.json", "approvals.json", "enrollment/record.json", "callbacks/0001.json"),
        "issuer/settings.json",
    ],
)
def test_a_record_in_another_form_is_refused(
    files: dict[str, bytes], anchor: Any, path: str
) -> None:
    """The same values spelled otherwise are not the same record."""
    spaced = json.dumps(json.loads(files[path]), indent=1).encode()
    assert canonical_json(json.loads(spaced)) == files[path]
    assert "files.canonical" in failed(pack(relist({**files, path: spaced})), anchor)


def test_mixed_and_paper_packets_hold(paper: Made, mixed: Made, anchor: Any) -> None:
    """The controls for paper: nothing fails."""
    assert failed(paper.data, anchor) == set()
    assert failed(mixed.data, anchor) == set()
    assert set(PDFS) == {"psa", "baa"}
