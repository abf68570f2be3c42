"""The history edited, cut, reordered and forged, and the log with it: named by the right check."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.canonical import canonical_json
from docgen.domain.checkpoint import next_checkpoint
from docgen.domain.merkle import Tree
from integrations.log.fake import FakeCheckpointSigner
from tests.verifier.handling import failed, joined, lines, pack, relist
from tests.verifier.making import ORIGIN, Made, make, rebuild
from tests.verifier.plain import PDFS, plain_kit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HISTORY, LEAVES, CHECKPOINT = "history.jsonl", "log/leaves.jsonl", "log/checkpoint.txt"


def _with(
    files: Mapping[str, bytes], history: list[bytes], leaves: list[bytes] | None = None
) -> bytes:
    changed = {**files, HISTORY: joined(history)}
    if leaves is not None:
        changed[LEAVES] = joined(leaves)
    return pack(relist(changed))


def test_every_removed_activity_is_found(files: dict[str, bytes], anchor: Any) -> None:
    """Without any one line (and its proof) the history is not complete."""
    history, leaves = lines(files[HISTORY]), lines(files[LEAVES])
    for at in range(len(history)):
        data = _with(files, history[:at] + history[at + 1 :], leaves[:at] + leaves[at + 1 :])
        assert "history.complete" in failed(data, anchor), at


def test_every_cut_tail_is_found(files: dict[str, bytes], anchor: Any) -> None:
    """A history that ends early is not complete, wherever it ends."""
    history, leaves = lines(files[HISTORY]), lines(files[LEAVES])
    for end in range(1, len(history)):
        assert "history.complete" in failed(_with(files, history[:end], leaves[:end]), anchor)
    assert "files.canonical" in failed(_with(files, [], []), anchor)


def test_every_swapped_pair_is_found(files: dict[str, bytes], anchor: Any) -> None:
    """Two neighbours exchanged are out of order."""
    history, leaves = lines(files[HISTORY]), lines(files[LEAVES])
    for at in range(len(history) - 1):
        for parts in (history, leaves):
            parts[at], parts[at + 1] = parts[at + 1], parts[at]
        assert "history.complete" in failed(_with(files, history, leaves), anchor), at
        for parts in (history, leaves):
            parts[at], parts[at + 1] = parts[at + 1], parts[at]


def test_a_repeated_activity_is_found(files: dict[str, bytes], anchor: Any) -> None:
    """The same line twice is out of order."""
    history, leaves = lines(files[HISTORY]), lines(files[LEAVES])
    data = _with(files, [*history[:4], *history[3:]], [*leaves[:4], *leaves[3:]])
    assert "history.complete" in failed(data, anchor)


@pytest.mark.parametrize(
    ("key", "edit"),
    [
        ("seq", lambda value: value + 1),
        ("position", lambda value: value + 1),
        ("at", lambda value: value.replace(".", ".9")[:26] + "Z"),
        ("subject", lambda value: value + "x"),
        ("kind", lambda value: value + "x"),
        ("actor", lambda value: value + "x"),
        ("details", lambda value: {**value, "added": 1}),
        ("salt", lambda value: value[::-1]),
    ],
)
def test_every_edited_field_of_every_activity_is_found(
    files: dict[str, bytes], anchor: Any, key: str, edit: Callable[[Any], Any]
) -> None:
    """Each field of each activity is in its leaf, so the log no longer holds it when edited."""
    history = lines(files[HISTORY])
    for at, line in enumerate(history):
        activity = json.loads(line)
        activity[key] = edit(activity[key])
        edited = [*history[:at], canonical_json(activity), *history[at + 1 :]]
        assert "log.inclusion" in failed(_with(files, edited), anchor), (at, key)


@pytest.mark.parametrize("value", [True, "1", None, -1, 10**30, [], 1.5])
def test_numbers_that_are_none_are_refused(
    files: dict[str, bytes], anchor: Any, value: object
) -> None:
    """A sequence number of another type or out of range is a failure, not a crash."""
    history = lines(files[HISTORY])
    activity = json.loads(history[3]) | {"seq": value}
    found = failed(_with(files, [*history[:3], canonical_json(activity), *history[4:]]), anchor)
    assert found & {"files.canonical", "history.complete"}


def test_an_older_checkpoint_is_found(files: dict[str, bytes], plain: Made, anchor: Any) -> None:
    """A genuine checkpoint from before the history's end does not cover it."""
    hashes = plain.ledger.hashes
    log = FakeCheckpointSigner(ORIGIN)
    for size in range(len(hashes)):
        old = log.sign(next_checkpoint(ORIGIN, None, Tree.of(hashes[:size])))
        found = failed(pack(relist({**files, CHECKPOINT: old.encode()})), anchor)
        assert "log.inclusion" in found
        assert "log.checkpoint" not in found


def test_a_forged_checkpoint_is_found(files: dict[str, bytes], plain: Made, anchor: Any) -> None:
    """A history rewritten whole, with a checkpoint to match, lacks the log key's signature."""
    stranger = FakeCheckpointSigner(ORIGIN, "stranger")
    activities = [
        replace(item, details={"forged": True}) if item.kind == "plan.approved" else item
        for item in plain.ledger.all
    ]
    from docgen.domain.merkle import leaf_hash

    hashes = [leaf_hash(item.leaf) for item in activities]
    note = stranger.sign(next_checkpoint(ORIGIN, None, Tree.of(hashes)))
    tree = Tree.of(hashes)
    own = [item for item in activities if item.subject == plain.ledger.packet_id]
    forged = {
        **files,
        HISTORY: joined([canonical_json(item.to_json()) for item in own]),
        LEAVES: joined(
            [
                canonical_json(
                    {"seq": item.seq, "proof": [part.hex() for part in tree.inclusion(item.seq)]}
                )
                for item in own
            ]
        ),
        CHECKPOINT: note.encode(),
        "log/key.txt": f"{stranger.vkey}\n".encode(),
    }
    found = failed(pack(relist(forged)), anchor)
    assert {"log.checkpoint", "issuer"} <= found
    assert "log.inclusion" not in found


def _other_spelling(note: str) -> str:
    """Set the bits of the last base64 digit that carry no data."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    head, last, tail = note[:-3], note[-3], note[-2:]
    assert tail == "=\n"
    return head + digits[digits.index(last) ^ 1] + tail


@pytest.mark.parametrize(
    "spoil",
    [
        _other_spelling,
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note + "x",
        lambda note: note[:-1],
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace(ORIGIN, "other.example.org"),
        lambda _: "",
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note[:-8] + "AAAAAA=\n",
    ],
)
def test_a_damaged_checkpoint_is_found(
    files: dict[str, bytes], anchor: Any, spoil: Callable[[str], str]
) -> None:
    """What is not exactly the signed note fails, and says so without a crash."""
    note = spoil(files[CHECKPOINT].decode()).encode()
    assert "log.checkpoint" in failed(pack(relist({**files, CHECKPOINT: note})), anchor)


def test_a_bundle_made_whole_by_a_stranger_is_refused(anchor: Any) -> None:
    """Foreign roots, foreign log key, everything consistent: refused under the anchor, by name."""
    foreign = make(plain_kit("stranger"), PDFS)
    assert failed(foreign.data, None) == set()
    assert {"log.checkpoint", "issuer"} <= failed(foreign.data, anchor)


def _without(text: str) -> Callable[[Made], dict[str, object]]:
    def change(made: Made) -> dict[str, object]:
        approvals = tuple(item for item in made.parts.approvals if item.capacity != text)
        return {"approvals": approvals}

    return change


# What a careless or dishonest issuer could bundle: log, history and list are genuine, the part is
# not. Each line shows that its check looks at the thing itself.
DISHONEST: tuple[tuple[str, Callable[[Made], dict[str, object]]], ...] = (
    ("enrollment.digest", lambda _: {"enrollment": b"{}"}),
    ("plan.approved", lambda made: {"plan": replace(made.parts.plan, generation=2)}),
    ("plan.approved", lambda made: {"plan": replace(made.parts.plan, packet_id="pkt_x")}),
    ("plan.approved", _without("legal_approver")),
    ("plan.approved", _without("coordinator")),
    (
        "plan.approved",
        lambda made: {
            "approvals": tuple(replace(item, person="coordinator") for item in made.parts.approvals)
        },
    ),
    (
        "plan.approved",
        lambda made: {
            "approvals": tuple(replace(item, files=("0" * 64,)) for item in made.parts.approvals)
        },
    ),
    (
        "plan.documents",
        lambda made: {"plan": replace(made.parts.plan, documents=made.parts.plan.documents[:1])},
    ),
    (
        "templates.digest",
        lambda made: {
            "templates": tuple(
                replace(item, files={**item.files, "clauses.yaml": b"other\n"})
                for item in made.parts.templates
            )
        },
    ),
    (
        "documents.prefix",
        lambda made: {
            "documents": tuple(
                replace(item, sent=b"%PDF other\n%%EOF\n") for item in made.parts.documents
            )
        },
    ),
    (
        "documents.steps",
        lambda made: {
            "documents": tuple(
                replace(item, signed=(item.signed or b"") + b"more\n%%EOF\n")
                for item in made.parts.documents
            ),
            "statement": replace(made.parts.statement, envelope_id="env_x"),
        },
    ),
    ("people.consented", lambda _: {"consents": {"1.0": b"other words\n"}}),
    ("people.consented", lambda _: {"consents": {"2.0": b"other words\n"}}),
    ("people.consented", lambda made: {"consents": {**made.parts.consents, "2.0": b"more\n"}}),
    ("people.consented", lambda _: {"consents": {}}),
    (
        "effective.date",
        lambda made: {"statement": replace(made.parts.statement, effective_date="2026-11-24")},
    ),
    (
        "effective.date",
        lambda made: {"statement": replace(made.parts.statement, effective_date="soon")},
    ),
    (
        "effective.date",
        lambda made: {"statement": replace(made.parts.statement, time_zone="Pacific/Honolulu")},
    ),
    ("files.complete", lambda made: {"completion_pdf": b"", "documents": made.parts.documents[:1]}),
)


@pytest.mark.parametrize(("check", "change"), DISHONEST)
def test_a_genuine_log_does_not_cover_for_a_wrong_part(
    plain: Made, anchor: Any, check: str, change: Callable[[Made], dict[str, object]]
) -> None:
    """A part that does not belong fails its own check although history and log name it."""
    made = rebuild(plain, plain_kit(), **change(plain))
    assert "history.binds" not in failed(made.data, anchor)
    assert check in failed(made.data, anchor)


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        ("people.identified", "signer.identified"),
        ("people.identified", "signer.code_sent"),
        ("people.consented", "signer.consented"),
        ("people.consented", "signer.read"),
        ("people.acts", "signer.signed"),
        ("documents.steps", "envelope.opened"),
        ("documents.steps", "envelope.sealed"),
        ("plan.approved", "plan.approved"),
    ],
)
def test_what_was_never_done_is_missed(plain: Made, anchor: Any, check: str, kind: str) -> None:
    """A genuine log in which a step was never told fails the check that asks for it."""
    data = _retold(plain, lambda item: None if item.kind == kind else item)
    assert check in failed(data, anchor)


@pytest.mark.parametrize(
    ("check", "kind", "details"),
    [
        ("people.identified", "signer.code_sent", {"address": "else@example.org"}),
        ("people.consented", "signer.consented", {"disclosure_sha256": "0" * 64}),
        ("people.acts", "signer.signed", {"name": "Somebody Else"}),
        ("people.acts", "signer.signed", {"title": "Intern"}),
        ("people.acts", "signer.signed", {"organization": "Other, LLC"}),
        ("people.acts", "signer.signed", {"act_id": "act_other"}),
        ("people.acts", "signer.signed", {"authority_statement": ""}),
        ("documents.steps", "signer.signed", {"shown": {"psa": "0" * 64, "baa": "0" * 64}}),
        ("documents.steps", "envelope.opened", {"envelope_id": "env_other"}),
        ("documents.steps", "envelope.sealed", {"documents": []}),
        ("plan.approved", "plan.approved", {"files": []}),
    ],
)
def test_what_was_told_otherwise_is_found(
    plain: Made, anchor: Any, check: str, kind: str, details: dict[str, object]
) -> None:
    """A genuine log that tells a step otherwise than the bundle states it fails its check."""
    data = _retold(
        plain,
        lambda item: (
            replace(item, details={**item.details, **details}) if item.kind == kind else item
        ),
    )
    assert check in failed(data, anchor)


@pytest.mark.parametrize("kind", ["signer.identified", "signer.consented", "signer.read"])
def test_what_was_done_too_late_is_found(plain: Made, anchor: Any, kind: str) -> None:
    """Identification, consent and reading count only before the signature."""
    last = len(plain.ledger.all) - 2
    check = "people.identified" if kind == "signer.identified" else "people.consented"
    data = _retold(plain, lambda item: replace(item, seq=last) if item.kind == kind else item)
    assert check in failed(data, anchor)


def _retold(made: Made, tell: Callable[[Any], Any]) -> bytes:
    """Tell the packet's life anew, as an issuer that holds the log key can, and close the log."""
    from docgen.services.bundle import build_bundle, prove
    from tests.verifier.making import SteppingClock, _checkpoint

    told = [tell(item) for item in made.ledger.all]
    kept = sorted((item for item in told if item is not None), key=lambda item: item.seq)
    counts: dict[str, int] = {}
    numbered = []
    for seq, item in enumerate(kept):
        counts[item.subject] = counts.get(item.subject, 0) + 1
        numbered.append(replace(item, seq=seq, position=counts[item.subject]))
    ledger = replace(made.ledger, clock=SteppingClock(), all=numbered)
    kit = plain_kit()
    proof = prove(ledger.own, Tree.of(ledger.hashes), _checkpoint(kit, ledger), str(kit.log.vkey))
    return build_bundle(made.parts, proof)


def test_retelling_without_a_change_holds(plain: Made, anchor: Any) -> None:
    """The control: told anew without a change, nothing fails."""
    assert failed(_retold(plain, lambda item: item), anchor) == set()


def test_an_act_told_twice_is_found(plain: Made, anchor: Any) -> None:
    """Two activities that claim the same act of signing are found."""
    data = _retold(
        plain,
        lambda item: (
            replace(item, details={**item.details, "act_id": "act_pso"})
            if item.kind == "signer.signed"
            else item
        ),
    )
    assert "people.acts" in failed(data, anchor)


def test_signing_out_of_turn_is_found(plain: Made, anchor: Any) -> None:
    """Whoever signs before those of a lower routing order signs out of turn."""
    people = plain.parts.plan.recipients
    turned = tuple(replace(item, routing_order=3 - item.routing_order) for item in people)
    plan = replace(plain.parts.plan, recipients=turned)
    assert "people.acts" in failed(rebuild(plain, plain_kit(), plan=plan).data, anchor)


def test_a_proof_spelled_otherwise_is_found(files: dict[str, bytes], anchor: Any) -> None:
    """Upper-case digits would be a second spelling of the same proof."""
    leaves = [line.replace(b'"proof":["', b'"proof":["  ', 1) for line in lines(files[LEAVES])]
    assert "log.inclusion" in failed(_with(files, lines(files[HISTORY]), leaves), anchor)


def test_a_clock_that_went_back_is_found(plain: Made, anchor: Any) -> None:
    """An activity an hour before its forerunner is named."""
    from datetime import timedelta

    data = _retold(
        plain,
        lambda item: (
            replace(item, at=item.at + timedelta(hours=1)) if item.kind == "plan.approved" else item
        ),
    )
    assert "history.complete" in failed(data, anchor)
