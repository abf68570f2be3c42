"""The same disk behind the kernel: system calls go in, a power cut comes, files are looked at."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.crash.worker import Disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.usefixtures("permitted"),
    pytest.mark.sqlite_only("no database server is concerned"),
]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Give an empty disk, mounted at `there`."""
    (tmp_path / "there").mkdir()
    disk = Disk()
    disk.order("mount", where=str(tmp_path / "there"))
    yield disk
    disk.close()


def _cut(disk: Disk, there: Path, seed: int | None = None) -> None:
    disk.order("cut", seed=seed)
    disk.order("mount", where=str(there))


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


@pytest.mark.usefixtures("disk")
def test_files_are_files(tmp_path: Path) -> None:
    """What programs do with a disk works: write, read, list, link, rename, truncate, remove."""
    there = tmp_path / "there"
    (there / "folder").mkdir()
    (there / "folder" / "a").write_bytes(b"x" * 300_000)
    (there / "b").hardlink_to(there / "folder" / "a")
    assert (there / "b").stat().st_nlink == 2
    os.truncate(there / "b", 5)
    (there / "b").rename(there / "c")
    assert (there / "folder" / "a").read_bytes() == b"xxxxx"
    assert sorted(path.name for path in there.iterdir()) == ["c", "folder"]
    with pytest.raises(OSError, match="not empty"):
        (there / "folder").rmdir()
    (there / "folder" / "a").unlink()
    (there / "folder").rmdir()
    (there / "c").chmod(0o444)
    assert (there / "c").stat().st_mode & 0o777 == 0o444
    with pytest.raises(FileExistsError):
        (there / "c").touch(exist_ok=False)


def test_a_power_cut_leaves_what_was_flushed(disk: Disk, tmp_path: Path) -> None:
    """The kernel's own memory of the disk is gone as well."""
    there = tmp_path / "there"
    for name in ("kept", "empty", "gone"):
        (there / name).write_bytes(name.encode())
        if name == "kept":
            _flush(there / name)
        if name == "empty":
            _flush(there)
    _cut(disk, there)
    assert {path.name: path.read_bytes() for path in there.iterdir()} == {
        "kept": b"kept",
        "empty": b"",
    }


@pytest.mark.parametrize("seed", [None, 1, 2, 3, 4])
@pytest.mark.parametrize("synchronous", ["FULL", "OFF"])
def test_sqlite_keeps_its_commits_where_it_flushes(
    disk: Disk, tmp_path: Path, seed: int | None, synchronous: str
) -> None:
    """With our settings each commit lasts; the control, which never flushes, loses some."""
    there = tmp_path / "there"
    with closing(sqlite3.connect(there / "db")) as base:
        base.execute("CREATE TABLE t (n)")
    _flush(there)
    line = sqlite3.connect(there / "db")
    for words in ("journal_mode=WAL", f"synchronous={synchronous}"):
        line.execute(f"PRAGMA {words}")
    for number in range(30):
        line.execute("INSERT INTO t VALUES (?)", [number])
        line.commit()
    pages = (there / "db-wal").stat().st_size
    _cut(disk, there, seed)
    line.close()
    with closing(sqlite3.connect(there / "db")) as again:
        assert again.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (count,) = again.execute("SELECT count(*) FROM t").fetchone()
    assert pages > 0
    assert (count == 30) is (synchronous == "FULL")


def test_a_disk_that_cannot_be_mounted_says_so(tmp_path: Path) -> None:
    """The harness then says NOT RUN instead of running on the real disk."""
    disk = Disk()
    with pytest.raises(OSError, match="No such file"):
        disk.order("mount", where=str(tmp_path / "nowhere"))
    disk.close()
