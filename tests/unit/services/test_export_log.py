"""The exported log: its root is recomputed from the tiles by code that shares none of ours."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.domain.tile import entry_bundle, tiles
from docgen.domain.tiled import GrownNodes
from docgen.errors import SignatureInvalid
from docgen.services.export_log import export_log
from tests.unit.domain.test_tiled import leaves_alone
from tests.unit.services.test_checkpoint_service import edit_body, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.services.office import Office


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _mth(hashes: Sequence[bytes]) -> bytes:
    """Give the root as RFC 6962 section 2.1 defines it, recursively."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return _node(_mth(hashes[:split]), _mth(hashes[split:]))


def _path(prefix: str, number: int, width: int) -> str:
    digits = f"{number:03d}" if number < 1000 else f"x{number // 1000:03d}/{number % 1000:03d}"
    return f"{prefix}/{digits}" + ("" if width == 256 else f".p/{width}")


def _level(files: Mapping[str, bytes], level: int, count: int) -> list[bytes]:
    found: list[bytes] = []
    for start in range(0, count, 256):
        width = min(256, count - start)
        data = files[_path(f"tile/{level}", start // 256, width)]
        assert len(data) == 32 * width
        found += [data[at : at + 32] for at in range(0, len(data), 32)]
    return found


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 700, 65_536, 65_793])
def test_every_level_is_that_of_the_definition(size: int) -> None:
    """Level 0 are the leaf hashes; each full tile below gives one hash above; nothing else lies."""
    hashes = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(size)]
    files = dict(tiles(size, GrownNodes(leaves_alone(hashes), {}, size)))
    assert _level(files, 0, size) == hashes
    expected, level = 0, 0
    below = hashes
    while below:
        expected += -(-len(below) // 256)
        above = [_mth(below[at : at + 256]) for at in range(0, len(below) // 256 * 256, 256)]
        level += 1
        assert _level(files, level, len(above)) == above
        below = above
    assert len(files) == expected


def test_the_root_follows_from_the_entries_alone(office: Office) -> None:
    """Entries to leaf hashes to tiles to the root that the checkpoint signs; no name inside."""
    write(office, 300)
    files = dict(export_log(office))
    origin, size, root = files["checkpoint"].decode().split("\n")[:3]
    assert (origin, size) == (office.rules.log_origin, "300")
    leaves: list[bytes] = []
    for start, width in ((0, 256), (256, 44)):
        data = files[_path("tile/entries", start // 256, width)]
        while data:
            length = int.from_bytes(data[:2])
            leaves.append(data[2 : 2 + length])
            data = data[2 + length :]
    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    assert _level(files, 0, 300) == hashes
    assert base64.b64encode(_mth(hashes)).decode() == root
    assert b"user:ada" not in b"".join(files.values())
    assert files["log.vkey"].decode().startswith(f"{origin}+")
    assert list(files)[-1] == "checkpoint"


def test_a_rewritten_history_is_not_exported(office: Office) -> None:
    """What was changed after it was signed is named, and no checkpoint is handed out."""
    from docgen.services.checkpoint import sign_checkpoint

    write(office, 5)
    sign_checkpoint(office)
    edit_body(3, actor="user:mallory")
    given: list[str] = []
    with pytest.raises(SignatureInvalid, match="number 3"):
        given.extend(path for path, _ in export_log(office))
    assert "checkpoint" not in given


@pytest.mark.parametrize("leaves", [[], [b""] * 257, [b"x" * 65_536]])
def test_what_no_bundle_can_hold_is_refused(leaves: list[bytes]) -> None:
    """None, too many, or one whose length two bytes cannot say."""
    with pytest.raises(ValueError, match=r"^$"):
        entry_bundle(0, leaves)


@given(st.integers(0, 10**9))
@settings(max_examples=50)
def test_numbers_are_written_in_groups_of_three(number: int) -> None:
    """All but the last group are marked; together they are the number."""
    path, _ = entry_bundle(number, [b""] * 256)
    groups = path.removeprefix("tile/entries/").split("/")
    assert all(group.startswith("x") and len(group) == 4 for group in groups[:-1])
    assert len(groups[-1]) == 3
    assert int("".join(group.removeprefix("x") for group in groups)) == number
