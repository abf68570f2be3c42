"""Files made to keep the verifier busy: refused within bounds of time and memory, never a crash."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.canonical import canonical_json
from tests.verifier.elsewhere import blank_pdf
from tests.verifier.handling import (
    LATER,
    anchor_of,
    joined,
    lines,
    load_verifier,
    pack,
    relist,
    unpack,
)
from tests.verifier.making import VERIFIER, Made, make
from tests.verifier.signing import real_kit, small_pdf

if TYPE_CHECKING:
    from pathlib import Path

SIGNED = "documents/psa/signed.pdf"
DIGITS = 1_000_000
FEW_SECONDS = 3
ENDLESS = 9_999_999_999


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Give a really signed bundle of one document."""
    return make(real_kit(tmp_path_factory.mktemp("bounded")), {"psa": small_pdf("Agreement")})


def _long_number(pdf: bytes) -> bytes:
    """Overwrite the catalog with one that holds a number of a million digits."""
    root, size, last = _trailer(pdf)
    body = b"%d 0 obj\n<</X %s>>\nendobj\n" % (root, b"9" * DIGITS)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (
        root, len(pdf), size, root, last,
    )  # fmt: skip
    return pdf + body + table + b"startxref\n%d\n%%%%EOF\n" % (len(pdf) + len(body))


def _endless_table(pdf: bytes) -> bytes:
    """Add a cross-reference stream whose ten thousand million entries take no byte each."""
    root, size, last = _trailer(pdf)
    nothing = zlib.compress(b"")
    told = b"<</Type/XRef/Size %d/W[0 0 0]/Index[0 %d]/Root %d 0 R/Prev %d" % (
        size + 1, ENDLESS, root, last,
    )  # fmt: skip
    told += b"/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(nothing), nothing)
    added = b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (size, told, len(pdf))
    return pdf + added


def _trailer(pdf: bytes) -> tuple[int, int, int]:
    """Give the catalog's number, the number of objects, and where the last table is."""
    root = re.findall(rb"/Root (\d+) 0 R", pdf)[-1]
    size = re.findall(rb"/Size (\d+)", pdf)[-1]
    last = re.findall(rb"startxref\s+(\d+)", pdf)[-1]
    return int(root), int(size), int(last)


# How long the number takes depends on the machine: a quick one finds within its time what it is.
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_long_number, rf"longer than {FEW_SECONDS} seconds|malformed \(ValueError\)"),
        (_endless_table, rf"longer than {FEW_SECONDS} seconds"),
    ],
)
def test_a_file_that_keeps_pyhanko_busy_is_refused_in_time(
    real: Made, tmp_path: Path, change: Any, said: str
) -> None:
    """Each check that looks at it ends when its time is over, and says so or names the file."""
    verifier, anchor = load_verifier(), anchor_of(real.anchor, tmp_path)
    files = unpack(real.data)
    data = pack(relist({**files, SIGNED: change(files[SIGNED])}))
    case, findings = verifier.examine_all(data, LATER, anchor, seconds=FEW_SECONDS)
    told = {item.id: item for item in findings}
    assert re.search(said, told["pdf.list"].detail)
    assert told["pdf.valid"].result == "failed"
    assert verifier.conclude(case, findings)[0] == verifier.FAILED


def test_what_takes_its_time_and_ends_in_time_holds(real: Made, tmp_path: Path) -> None:
    """The control: under a bound that is not reached everything holds, and no alarm is left over."""
    verifier, anchor = load_verifier(), anchor_of(real.anchor, tmp_path)
    before = signal.getsignal(signal.SIGALRM)
    _, findings = verifier.examine_all(real.data, LATER, anchor, seconds=600)
    assert [item for item in findings if item.result != "ok"] == []
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_what_fills_the_memory_is_refused_within_its_bound(real: Made, tmp_path: Path) -> None:
    """The command gives its verdict and code 1; with nothing that fills it the bundle holds."""
    (tmp_path / "anchor.json").write_bytes(real.anchor)
    (tmp_path / "b.bundle.zip").write_bytes(real.data)
    codes = {}
    for name, filling in {"true": "", "hungry": _FILLING}.items():
        done = subprocess.run(
            [sys.executable, "-I", "-c", _SHIM.format(filling=filling), str(VERIFIER),
             "b.bundle.zip", "--json", "--anchor", "anchor.json",
             "--at", LATER.date().isoformat()],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        told = {item["id"]: item for item in json.loads(done.stdout)["checks"]}
        codes[name] = done.returncode, "MemoryError" in told["pdf.list"]["detail"]
        assert "Traceback" not in done.stderr
    assert codes == {"true": (0, False), "hungry": (1, True)}


# The verifier as it is. What a hostile file takes minutes to do is done at once: to ask for memory.
_SHIM = """
import runpy, sys
sys.argv = sys.argv[1:]
told = runpy.run_path(sys.argv[0])
{filling}
sys.exit(told["main"]())
"""
_FILLING = 'told["main"].__globals__["opened_pdfs"] = lambda case: bytearray(16 * 2**30)'


def _many(files: dict[str, bytes], count: int) -> dict[str, bytes]:
    """Tell the last act of signing, and what goes before it, so many times more."""
    told = [json.loads(line) for line in lines(files["history.jsonl"])]
    kinds = ("signer.identified", "signer.consented", "signer.read", "signer.signed")
    again = [next(one for one in reversed(told) if one["kind"] == kind) for kind in kinds]
    more = [
        {**one, "details": one["details"] | {"act_id": f"act_{number}"}}
        for number in range(count)
        for one in again
    ]
    whole = [
        {**one, "seq": at, "position": at}
        for at, one in enumerate([*told[:-1], *more, told[-1]], start=1)
    ]
    proofs = [canonical_json({"proof": [], "seq": one["seq"]}) for one in whole]
    return {
        **files,
        "history.jsonl": joined([canonical_json(one) for one in whole]),
        "log/leaves.jsonl": joined(proofs),
    }


def test_more_acts_than_can_be_are_refused_without_looking_at_each(
    plain: Made, anchor: Any
) -> None:
    """Ten thousand acts, for each of which the whole history would be gone through."""
    verifier = load_verifier()
    data = pack(relist(_many(unpack(plain.data), 10_000)))
    _, findings = verifier.examine_all(data, LATER, anchor)
    told = {item.id: item.detail for item in findings if item.result == "failed"}
    checks = ("documents.steps", "people.identified", "people.consented", "people.acts")
    for check in checks:
        assert "more acts of signing" in told[check]
    few = pack(relist(_many(unpack(plain.data), 3)))
    _, findings = verifier.examine_all(few, LATER, anchor)
    assert not any("more acts" in item.detail for item in findings)


def test_more_revisions_than_can_be_are_refused(plain: Made, anchor: Any) -> None:
    """A file that is nothing but ends of files would fill the memory with their digests."""
    verifier, files = load_verifier(), unpack(plain.data)
    many = files[SIGNED] + b"%%EOF\n" * 20_000
    _, findings = verifier.examine_all(pack(relist({**files, SIGNED: many})), LATER, anchor)
    told = {item.id: item.detail for item in findings}
    assert "more revisions" in told["documents.steps"]


def test_pages_are_counted_without_copying_the_file_each_time() -> None:
    """Many streams that hold nothing, one that never ends, one cut off: counted within bounds."""
    verifier = load_verifier()
    pages = zlib.compress(b"<</Type /Page>> <</Type/Page>> <</Type /Pages>>")
    stream = b"<</Type/ObjStm>>stream\n"
    assert verifier.count_plainly(stream + pages + b"\nendstream") == 2
    assert verifier.count_plainly(stream + pages[:20]) <= 2
    assert verifier.count_plainly((stream + b"no zlib\n") * 50_000 + stream + pages) == 2
    assert verifier.count_plainly(blank_pdf(3)) == 3
    bomb = zlib.compress(bytes(2**20)) + b"\nendstream"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifier, "LARGEST_BUNDLE", 2**21)
        assert verifier.count_plainly((stream + bomb) * 2) == 0
        with pytest.raises(verifier.Broken, match="more than can be looked at"):
            verifier.count_plainly((stream + bomb) * 4)
