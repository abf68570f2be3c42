"""The journal of checkpoints: appended, the largest counts, torn lines are passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import StorageError
from docgen.ports.log import Journaled
from integrations.log.journal import FileJournal

if TYPE_CHECKING:
    from pathlib import Path


def _add(journal: FileJournal, size: int) -> Journaled:
    point = Journaled(size=size, root=f"{size:064x}")
    journal.add(point, note_sha256="a" * 64, time_stamp_sha256="b" * 64)
    return point


def test_an_empty_journal_knows_none(tmp_path: Path) -> None:
    """Before the first checkpoint there is no file."""
    assert FileJournal(tmp_path / "new" / "journal.jsonl").last() is None


def test_the_largest_counts_whoever_wrote_last(tmp_path: Path) -> None:
    """Two processes may write in either order; others may not read the file."""
    path = tmp_path / "new" / "journal.jsonl"
    journal = FileJournal(path)
    _add(journal, 5)
    largest = _add(FileJournal(path), 9)
    _add(journal, 7)
    assert journal.last() == largest
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "torn",
    [
        b'{"size": 12, "ro',
        b"\x00\xff",
        b"{}",
        b"[]",
        b"null",
        b'{"size": Infinity, "root": ""}',
        b"[" * 9000,
    ],
)
def test_a_torn_line_hides_nothing(tmp_path: Path, torn: bytes) -> None:
    """A write that never ended is passed over, and the next line begins anew."""
    path = tmp_path / "journal.jsonl"
    journal = FileJournal(path)
    first = _add(journal, 5)
    with path.open("ab") as file:
        file.write(torn)
    assert journal.last() == first
    assert journal.last() != _add(journal, 6) == journal.last()


def test_a_long_journal_is_read_from_its_end(tmp_path: Path) -> None:
    """The newest of thousands is found."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"size": 1, "root": "00"}\n' * 9000)
    assert _add(FileJournal(path), 9001) == FileJournal(path).last()


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    """A folder lies where the file should."""
    (tmp_path / "journal.jsonl").mkdir()
    journal = FileJournal(tmp_path / "journal.jsonl")
    with pytest.raises(StorageError):
        journal.last()
    with pytest.raises(StorageError):
        _add(journal, 1)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """Whatever lies in the file, reading it gives a checkpoint or none."""
    path = tmp_path_factory.mktemp("j") / "journal.jsonl"
    path.write_bytes(data)
    found = FileJournal(path).last()
    assert found is None or isinstance(found.size, int)
