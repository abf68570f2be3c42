"""Any change to a golden bundle: the verifier never raises, and never says that all holds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier.handling import load_verifier, pack, relist, unpack

STEM = "docgen-evidence-2"
GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 11, 24, tzinfo=UTC)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
FEWER = settings(FEW, max_examples=8)
WHERE = st.floats(0, 1, exclude_max=True)


@cache
def _golden() -> tuple[bytes, Any]:
    anchor = load_verifier().read_anchor(str(GOLDEN / f"{STEM}.anchor.json"))
    return (GOLDEN / f"{STEM}.bundle.zip").read_bytes(), anchor


def _code(data: bytes) -> int:
    verifier, (_, anchor) = load_verifier(), _golden()
    case, findings = verifier.examine_all(data, AT, anchor)
    code: int = verifier.conclude(case, findings)[0]
    verifier.report(case, findings, data, code, "")
    return code


def test_the_golden_bundle_holds() -> None:
    """The control: unchanged, everything holds; unpacked and packed anew, it is the same file."""
    data, _ = _golden()
    assert _code(data) == 0
    assert pack(relist(unpack(data))) == data


@FEW
@given(WHERE, st.integers(1, 255))
def test_a_changed_byte_is_refused(where: float, change: int) -> None:
    """Wherever in the file it lies."""
    data, _ = _golden()
    at = int(where * len(data))
    assert _code(data[:at] + bytes([data[at] ^ change]) + data[at + 1 :]) == 1


@FEW
@given(WHERE, st.binary(min_size=1, max_size=64))
def test_inserted_bytes_are_refused(where: float, more: bytes) -> None:
    """Before, inside or after the file."""
    data, _ = _golden()
    at = int(where * (len(data) + 1))
    assert _code(data[:at] + more + data[at:]) == 1
    assert _code(data + more) == 1


@FEW
@given(WHERE, st.integers(1, 4096))
def test_missing_bytes_are_refused(where: float, count: int) -> None:
    """A piece cut out, and all from there on."""
    data, _ = _golden()
    at = int(where * len(data))
    assert _code(data[:at] + data[at + count :]) == 1
    assert _code(data[:at]) == 1


@FEWER
@given(st.data(), WHERE, st.integers(1, 255))
def test_a_file_changed_and_listed_anew_is_refused(
    data: st.DataObject, where: float, change: int
) -> None:
    """Whoever writes the list of digests anew does not get past what was signed.

    Parts of a time stamp's envelope are signed by nobody and prove nothing, such as its status.
    """
    files = unpack(_golden()[0])
    path = data.draw(st.sampled_from(sorted(set(files) - {"bundle.json", "verify.py"})))
    old = files[path]
    at = int(where * len(old))
    files[path] = old[:at] + bytes([old[at] ^ change]) + old[at + 1 :]
    assert _code(pack(relist(files))) in ({0, 1} if path == "log/timestamp.tsr" else {1}), path
