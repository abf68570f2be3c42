"""Hostile and damaged zips: refused by name, without a trace back, within bounded memory."""

from __future__ import annotations

import io
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.handling import LATER, failed, load_verifier, pack, plain_entry, unpack
from tests.verifier.making import VERIFIER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.verifier.making import Made

MEMORY = 768 * 1024 * 1024
HOSTILE_NAMES = (
    "../escape.txt",
    "documents/../../escape.txt",
    "/etc/passwd",
    "C:/windows.txt",
    "a\\b.txt",
    ".hidden",
    "documents/.hidden",
    "documents//twice.txt",
    "documents/",
    "ends.",
    "nul\x00.txt",
    "line\nbreak.txt",
    "escape\x1b[2J.txt",
    "ünïcode.txt",
    "a" * 201,
    " leading",
)


def _refused(data: bytes) -> str:
    """Give the sentence with which the zip is refused; everything else must be left alone."""
    verifier = load_verifier()
    case, findings = verifier.examine_all(data, LATER, None)
    assert [item.id for item in findings if item.result == "failed"] == ["zip.safe"]
    assert case.files == {}
    assert verifier.conclude(case, findings)[0] == verifier.FAILED
    return str(findings[0].detail)


def _zip(entries: list[tuple[zipfile.ZipInfo, bytes]], comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for entry, data in entries:
            archive.writestr(entry, data)
        archive.comment = comment
    return buffer.getvalue()


@pytest.mark.parametrize("name", [name for name in HOSTILE_NAMES if name != "ends."])
def test_an_unsafe_name_is_refused(name: str) -> None:
    """Names that leave the folder, hide, or steer a terminal are refused."""
    entry = plain_entry("placeholder")
    entry.filename = name
    data = _zip([(entry, b"x")])
    words = _refused(data)
    assert words.isprintable()


def test_a_name_twice_is_refused() -> None:
    """Two entries of one name would be two bundles in one."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = _zip([(plain_entry("plan.json"), b"1"), (plain_entry("plan.json"), b"2")])
    assert "twice" in _refused(data)


def test_entries_out_of_order_are_refused() -> None:
    """There is one order."""
    assert "order" in _refused(_zip([(plain_entry("b"), b"1"), (plain_entry("a"), b"2")]))


@pytest.mark.parametrize("mode", [0o120777, 0o040755, 0o100755, 0o020644, 0])
def test_anything_but_a_plain_file_is_refused(mode: int) -> None:
    """Links, folders, programs and devices have no place in a bundle."""
    entry = plain_entry("a")
    entry.external_attr = mode << 16
    if mode == 0:
        entry.create_system = 0
    assert "plain file" in _refused(_zip([(entry, b"x")]))


def test_a_compressed_entry_is_refused(plain: Made) -> None:
    """Even the genuine files are refused when compressed: nothing is ever unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in unpack(plain.data).items():
            entry = plain_entry(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    assert "compressed" in _refused(buffer.getvalue())


def test_a_comment_a_date_and_hidden_data_are_refused(plain: Made) -> None:
    """Nothing can be hidden in a comment, a date, an extra field, before, after or between."""
    entry = plain_entry("a")
    entry.extra = b"\x01\x00\x02\x00hi"
    dated = zipfile.ZipInfo("a", date_time=(2026, 1, 1, 0, 0, 0))
    dated.create_system, dated.external_attr = 3, 0o100644 << 16
    noted = plain_entry("a")
    noted.comment = b"hidden"
    for item in (entry, dated, noted):
        _refused(_zip([(item, b"x")]))
    _refused(_zip([(plain_entry("a"), b"x")], comment=b"hidden"))
    _refused(b"PK\x03\x04 before" + plain.data)
    _refused(plain.data + b"after")
    _refused(plain.data + plain.data)


def test_overlapping_entries_are_refused() -> None:
    """Many entries that share the same bytes are refused."""
    one = _zip([(plain_entry("a"), b"x" * 1000)])
    local_end = one.index(b"PK\x01\x02")
    central = one[local_end:-22]
    second = central.replace(b"a", b"b", 1) if central.count(b"a") == 1 else central[:46] + b"b"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, 2 * len(central), local_end, 0)
    assert "follow" in _refused(one[:local_end] + central + second + end)


def test_gaps_are_refused(plain: Made) -> None:
    """Bytes between the last entry and the directory, or after its last line, are found."""
    size, start = struct.unpack("<2L", plain.data[-10:-2])
    head, listed = plain.data[:start], plain.data[start : start + size]
    for before, after in ((b"hidden", b""), (b"", b"hidden")):
        length, offset = len(listed + after), start + len(before)
        end = plain.data[-22:-10] + struct.pack("<2LH", length, offset, 0)
        assert "gaps" in _refused(head + before + listed + after + end)
    assert "gaps" not in _refused(plain.data[:-1])


def test_two_descriptions_of_one_entry_are_refused(plain: Made) -> None:
    """Local header and directory must say the same, or readers would see different bundles."""
    at = plain.data.index(b"PK\x03\x04", 10)
    for offset in (4, 6, 8, 10, 14, 18, 22, 26):
        data = bytearray(plain.data)
        data[at + offset] ^= 1
        _refused(bytes(data))


def test_every_cut_is_refused(plain: Made) -> None:
    """A bundle cut off anywhere is refused."""
    size = len(plain.data)
    for end in {*range(0, size, 997), size - 1, size - 21, size - 22, size - 23}:
        _refused(plain.data[:end])


def test_no_entries_are_refused() -> None:
    """An empty zip is no bundle."""
    _refused(pack({}))


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_garbage_is_refused(garbage: bytes) -> None:
    """Whatever the bytes, the answer is a refusal."""
    _refused(garbage)
    _refused(b"PK\x03\x04" + garbage)


@given(at=st.integers(0, 2**32), bit=st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_a_flipped_bit_anywhere_is_found(plain: Made, anchor: Any, at: int, bit: int) -> None:
    """No bit of a bundle is without meaning: flip any and a check fails."""
    at %= len(plain.data)
    flipped = plain.data[:at] + bytes([plain.data[at] ^ (1 << bit)]) + plain.data[at + 1 :]
    assert failed(flipped, anchor)


def test_every_flipped_bit_of_the_frame_is_found(plain: Made, anchor: Any) -> None:
    """Flip each bit of the zip's last entry's headers, directory and end: each is found."""
    start = plain.data.index(b"PK\x01\x02")
    frame = {*range(60), *range(start, start + 150), *range(len(plain.data) - 22, len(plain.data))}
    for at in sorted(frame):
        for bit in range(8):
            flipped = plain.data[:at] + bytes([plain.data[at] ^ (1 << bit)]) + plain.data[at + 1 :]
            assert failed(flipped, anchor) == {"zip.safe"}, (at, bit)


def _bomb() -> bytes:
    """Make a zip that claims, and holds, ten gigabytes of nothing."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    body = block * 10_240
    size = 10_240 * 2**20
    extra = struct.pack("<HHQQ", 1, 16, size, len(body))
    full, name = 0xFFFFFFFF, b"bundle.json"
    local = struct.pack(
        "<4s5H3L2H", b"PK\x03\x04", 45, 0, 8, 0, 0x21, 0, full, full, len(name), len(extra)
    )
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 0x32D, 45, 0, 8, 0, 0x21, 0, full, full,
        len(name), len(extra), 0, 0, 0, 0o100644 << 16, 0,
    )  # fmt: skip
    start = local + name + extra + body
    listed = central + name + extra
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(listed), len(start), 0)
    return start + listed + end


def _run_bounded(path: Path) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=limit,  # no threads here; the limit is the test
    )


def test_a_ten_gigabyte_bomb_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    """A bomb is refused for being compressed, before a byte of it is unpacked."""
    path = tmp_path / "bomb.bundle.zip"
    path.write_bytes(_bomb())
    done = _run_bounded(path)
    assert done.returncode == 1
    assert "zip.safe" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_ten_gigabyte_file_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    """A file over the limit is not read whole."""
    path = tmp_path / "huge.bundle.zip"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(10 * 2**30)
    done = _run_bounded(path)
    assert done.returncode == 2
    assert "too large" in done.stderr
    assert "Traceback" not in done.stderr
