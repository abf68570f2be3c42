"""What no digest in the history names: nothing may be put there, and nothing spelled otherwise.

The list of files, the proofs and the time stamp over the log come after the history's end. Whoever
lists them anew leaves every digest right, so each must be exactly what the format says it is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import tsp

from docgen.domain.canonical import canonical_json
from docgen.domain.checkpoint import Checkpoint
from integrations.log.fake import FakeCheckpointSigner
from tests.verifier.handling import (
    LATER,
    anchor_of,
    failed,
    joined,
    lines,
    load_verifier,
    pack,
    relist,
    unpack,
)
from tests.verifier.making import VERIFIER, Made, make
from tests.verifier.plain import PDFS
from tests.verifier.signing import real_kit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEAVES, STAMP = "log/leaves.jsonl", "log/timestamp.tsr"


def _told_more(leaf: dict[str, Any]) -> None:
    leaf["note"] = "The fee was waived."


def _as_fraction(leaf: dict[str, Any]) -> None:
    leaf["seq"] = float(leaf["seq"])


def _as_truth(leaf: dict[str, Any]) -> None:
    leaf["seq"] = bool(leaf["seq"])


@pytest.mark.parametrize("change", [_told_more, _as_fraction, _as_truth])
def test_a_line_of_proofs_says_nothing_else(
    files: dict[str, bytes], anchor: Any, change: Callable[[dict[str, Any]], None]
) -> None:
    """A word more, or the same number spelled as a fraction or a truth value, is refused."""
    told = [json.loads(line) for line in lines(files[LEAVES])]
    control = joined([canonical_json(leaf) for leaf in told])
    assert failed(pack(relist({**files, LEAVES: control})), anchor) == set()
    (first,) = (leaf for leaf in told if leaf["seq"] == 1)  # where true would be the same number
    change(first)
    changed = joined([canonical_json(leaf) for leaf in told])
    assert failed(pack(relist({**files, LEAVES: changed})), anchor) == {"log.inclusion"}


def test_a_size_is_a_whole_number(files: dict[str, bytes], anchor: Any) -> None:
    """Sizes written as fractions are another spelling of the list; each file of it is named."""
    manifest = json.loads(relist(files)["bundle.json"])
    for promised in manifest["files"].values():
        promised["size"] = float(promised["size"])
    changed = {**files, "bundle.json": canonical_json(manifest)}
    assert failed(pack(changed), anchor) == {"files.digests"}


CHECKPOINT = "log/checkpoint.txt"
STRANGER = "\u2014 The+fee+was+waived AAAAAAAA\n"


def _cosigned(note: str) -> str:
    origin, size, root = note.rpartition("\n\n")[0].split("\n")
    stranger = FakeCheckpointSigner(origin, "stranger")
    same = Checkpoint(origin=origin, size=int(size), root=b64decode(root))
    return note + str(stranger.sign(same)).rpartition("\n\n")[2]


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note + STRANGER,
        lambda note: note.replace("\n\n", f"\n\n{STRANGER}"),
        lambda note: note + note.rpartition("\n\n")[2],
        _cosigned,
    ],
    ids=["behind", "before", "the same twice", "cosigned"],
)
def test_a_checkpoint_bears_its_logs_signature_and_no_other(
    files: dict[str, bytes], anchor: Any, change: Callable[[str], str]
) -> None:
    """A line that readers of signed notes pass over would carry whatever somebody puts there."""
    note = files[CHECKPOINT].decode()
    assert failed(pack(relist({**files, CHECKPOINT: note.encode()})), anchor) == set()
    changed = pack(relist({**files, CHECKPOINT: change(note).encode()}))
    assert failed(changed, anchor) == {"log.checkpoint"}
    assert failed(changed, None) == {"log.checkpoint"}


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Give a bundle on paper whose log is really time-stamped."""
    kit = real_kit(tmp_path_factory.mktemp("stamped"))
    return make(kit, PDFS, on_paper=frozenset(PDFS))


def _with_status(answer: bytes, status: str) -> bytes:
    response = tsp.TimeStampResp.load(answer)
    response["status"]["status"] = status
    return bytes(response.dump(force=True))


def _with_third_part(answer: bytes) -> bytes:
    body = tsp.TimeStampResp.load(answer)
    inside = bytes(body["status"].dump() + body["time_stamp_token"].dump()) + b"\x04\x01x"
    return b"\x30\x82" + len(inside).to_bytes(2, "big") + inside


ANSWERS: dict[str, Callable[[bytes], bytes]] = {
    "bytes after the end": lambda answer: answer + b"The fee was waived.",
    "a second answer": lambda answer: answer + answer,
    "one byte short": lambda answer: answer[:-1],
    "nothing": lambda _: b"",
    "a tag alone": lambda _: b"\x30",
    "no end given": lambda answer: b"\x30\x80" + answer[4:] + b"\0\0",
    "a length without an end": lambda _: b"\x30\xff" + b"\xff" * 200,
    "rejected": lambda answer: _with_status(answer, "rejection"),
    "a revocation told": lambda answer: _with_status(answer, "revocation_notification"),
    "a third part": _with_third_part,
    "too large": lambda answer: answer[:2] + bytes(10**6),
}


def _both(made: Made, answer: bytes, folder: Path) -> set[tuple[int, str]]:
    """Give code and `log.time` where pyHanko looks at the stamp, and where openssl does."""
    bundle, anchor = folder / "b.bundle.zip", folder / "anchor.json"
    bundle.write_bytes(pack(relist({**unpack(made.data), STAMP: answer})))
    anchor.write_bytes(made.anchor)
    found = set()
    for options in (["-I"], ["-I", "-S"]):
        done = subprocess.run(
            [sys.executable, *options, str(VERIFIER), str(bundle), "--anchor", str(anchor),
             "--at", LATER.date().isoformat(), "--json"],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        checks = {item["id"]: item["result"] for item in json.loads(done.stdout)["checks"]}
        assert "Traceback" not in done.stderr
        found.add((done.returncode, checks["log.time"]))
    return found


@pytest.mark.parametrize("change", ANSWERS)
def test_the_answer_over_the_log_is_one_granted_time_stamp(
    stamped: Made, tmp_path: Path, change: str
) -> None:
    """Refused, cut off or followed by anything: pyHanko and openssl agree that it does not hold."""
    answer = ANSWERS[change](unpack(stamped.data)[STAMP])
    assert _both(stamped, answer, tmp_path) == {(1, "failed")}


@pytest.mark.parametrize("status", ["granted", "granted_with_mods"])
def test_a_granted_answer_holds(stamped: Made, tmp_path: Path, status: str) -> None:
    """The control: both accept it, granted as asked or with changes, and judge the paper."""
    answer = _with_status(unpack(stamped.data)[STAMP], status)
    assert _both(stamped, answer, tmp_path) == {(4, "ok")}
    assert failed(stamped.data, anchor_of(stamped.anchor, tmp_path)) == set()


@pytest.mark.parametrize("at", ["9999-12-31", "9999-12-31T23:59:59-23:00", "0001-01-01"])
def test_a_day_beyond_the_calendar_is_a_wrong_command(plain: Made, tmp_path: Path, at: str) -> None:
    """It says so with code 2, instead of finding fault with a bundle that holds."""
    verifier = load_verifier()
    with pytest.raises(verifier.Unreadable, match="year from 1970 to 9998"):
        verifier.read_time(at)
    (tmp_path / "b.bundle.zip").write_bytes(plain.data)
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(tmp_path / "b.bundle.zip"), "--at", at],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert verifier.read_time("9998-12-31").year == 9998
