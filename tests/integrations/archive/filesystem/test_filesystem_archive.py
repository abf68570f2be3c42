"""The archive on a file system: contract, durability order, full disks, sweeping, many writers."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from docgen.errors import ArchiveConflict, DigestMismatch, NotFound, StorageError
from docgen.ports.archive import Keeping
from integrations.archive.filesystem import FilesystemArchive
from tests.contracts.archive import FAR, ArchiveContract

PROJECT = Path(__file__).parents[4]
WRITER = """
import hashlib, sys
from pathlib import Path
from integrations.archive.filesystem import FilesystemArchive
archive = FilesystemArchive(Path(sys.argv[1]))
for number in range(40):
    data = str(number).encode() * 5000
    assert archive.put(data).sha256 == hashlib.sha256(data).hexdigest()
    archive.sweep()
"""
CUT_OFF = """
import resource, sys
from pathlib import Path
from docgen.errors import StorageError
from integrations.archive.filesystem import FilesystemArchive
archive = FilesystemArchive(Path(sys.argv[1]))
archive.put(b"small")
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    archive.put(b"x" * 10_000)
except StorageError:
    sys.exit(77)
"""


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


class TestFilesystemArchive(ArchiveContract):
    @pytest.fixture
    def archive(self, tmp_path: Path) -> FilesystemArchive:
        """Give an empty archive in a folder that does not exist yet."""
        return FilesystemArchive(tmp_path / "site" / "archive")

    def damage(self, archive: FilesystemArchive, sha256: str, data: bytes) -> None:  # type: ignore[override]  # the fixture above decides the type
        """Overwrite the file."""
        receipt = archive.stat(sha256)
        assert receipt is not None
        path = Path(receipt.location)
        path.chmod(0o600)
        path.write_bytes(data)

    def lose(self, archive: FilesystemArchive, sha256: str) -> None:  # type: ignore[override]  # the fixture above decides the type
        """Remove the file."""
        receipt = archive.stat(sha256)
        assert receipt is not None
        Path(receipt.location).unlink()


def test_an_object_lies_read_only_under_its_digest(tmp_path: Path) -> None:
    """The path is `ab/cd/<sha256>`, nobody may write it, and nothing else lies there."""
    receipt = FilesystemArchive(tmp_path).put(b"agreement")
    path = tmp_path / receipt.sha256[:2] / receipt.sha256[2:4] / receipt.sha256
    assert Path(receipt.location) == path
    assert path.stat().st_mode & 0o777 == 0o444
    assert _files(tmp_path) == [path]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("good_writes", [0, 1])
def test_a_failing_disk_leaves_nothing_half_written(
    tmp_path: Path, number: int, good_writes: int
) -> None:
    """When writing fails at first or half-way, the error says storage and no file is left."""
    calls = []

    def failing(handle: int, data: bytes) -> int:
        calls.append(len(data))
        if len(calls) <= good_writes:
            return os.write(handle, data[: len(data) // 2])
        raise OSError(number, os.strerror(number))

    with pytest.raises(StorageError):
        FilesystemArchive(tmp_path, write=failing).put(b"agreement" * 100)
    assert len(calls) == good_writes + 1
    assert _files(tmp_path) == []
    assert FilesystemArchive(tmp_path).put(b"agreement" * 100).size == 900


def test_short_writes_are_continued(tmp_path: Path) -> None:
    """A system call that takes a few bytes at a time still stores all of them."""
    archive = FilesystemArchive(tmp_path, write=lambda handle, data: os.write(handle, data[:7]))
    receipt = archive.put(b"0123456789" * 10)
    assert archive.open(receipt.sha256) == b"0123456789" * 10


def test_a_real_size_limit_leaves_nothing_half_written(tmp_path: Path) -> None:
    """At its file size limit a process gets a storage error; what was whole before stays."""
    result = subprocess.run(
        [sys.executable, "-c", CUT_OFF, str(tmp_path)], cwd=PROJECT, check=False, timeout=60
    )
    assert result.returncode == 77
    assert [path.read_bytes() for path in _files(tmp_path)] == [b"small"]


def test_an_unusable_folder_is_a_storage_error(tmp_path: Path) -> None:
    """A file where the archive's folder should be is reported as storage, not as a crash."""
    (tmp_path / "archive").write_bytes(b"")
    with pytest.raises(StorageError):
        FilesystemArchive(tmp_path / "archive").put(b"agreement")


def test_a_link_in_place_of_an_object_is_not_followed(tmp_path: Path) -> None:
    """Even a link to the right bytes is refused: somebody replaced the object."""
    archive = FilesystemArchive(tmp_path / "archive")
    receipt = archive.put(b"agreement")
    (tmp_path / "elsewhere").write_bytes(b"agreement")
    path = Path(receipt.location)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DigestMismatch):
        archive.open(receipt.sha256)
    with pytest.raises(ArchiveConflict):
        archive.put(b"agreement")


def test_what_was_damaged_is_set_aside_not_destroyed(tmp_path: Path) -> None:
    """Mending leaves the damaged bytes beside the sound ones, under another name."""
    archive = FilesystemArchive(tmp_path)
    path = Path(archive.put(b"agreement").location)
    path.chmod(0o600)
    path.write_bytes(b"Agreement")
    archive.mend(b"agreement")
    aside = [item for item in _files(tmp_path) if item != path]
    assert [item.read_bytes() for item in aside] == [b"Agreement"]
    assert path.stat().st_mode & 0o777 == 0o444
    assert archive.sweep() == 0
    assert len(_files(tmp_path)) == 2


def test_a_link_in_place_of_an_object_is_mended(tmp_path: Path) -> None:
    """The link is set aside, what it led to stays, and the object is a file again."""
    archive = FilesystemArchive(tmp_path / "archive")
    path = Path(archive.put(b"agreement").location)
    (tmp_path / "elsewhere").write_bytes(b"other")
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    archive.mend(b"agreement")
    assert not path.is_symlink()
    assert archive.open(path.name) == b"agreement"
    assert (tmp_path / "elsewhere").read_bytes() == b"other"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"until": "soon", "held": true}', '{"held": 1}'])
def test_a_spoiled_note_of_what_is_kept_counts_as_none(tmp_path: Path, text: str) -> None:
    """It is written anew with the next date, and the object itself is unharmed."""
    archive = FilesystemArchive(tmp_path)
    receipt = archive.put(b"agreement")
    archive.keep(receipt.sha256, FAR)
    note = Path(f"{receipt.location}.keep")
    note.chmod(0o600)
    note.write_text(text)
    assert archive.keeping(receipt.sha256) == Keeping()
    archive.keep(receipt.sha256, FAR)
    assert archive.keeping(receipt.sha256) == Keeping(until=FAR)
    assert archive.open(receipt.sha256) == b"agreement"


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    """A file stands where the archive's folder should be: named, with what to do."""
    (tmp_path / "file").write_bytes(b"")
    (fault,) = FilesystemArchive(tmp_path / "file").faults()
    assert "cannot be written: free space on its disk, correct its permissions" in fault


def test_sweeping_removes_leftovers_and_spares_running_writes(tmp_path: Path) -> None:
    """What a crash left is removed; an object and a write that still runs are not."""
    archive = FilesystemArchive(tmp_path)
    receipt = archive.put(b"agreement")
    folder = Path(receipt.location).parent
    (folder / ".part-crashed").write_bytes(b"agre")
    running = folder / ".part-running"
    with running.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert archive.sweep() == 1
        assert _files(tmp_path) == sorted([running, Path(receipt.location)])
    assert archive.sweep() == 1
    assert archive.open(receipt.sha256) == b"agreement"


def test_many_processes_store_the_same_objects(tmp_path: Path) -> None:
    """Four processes that put and sweep the same objects at once succeed; each lies there once."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], cwd=PROJECT)
        for _ in range(4)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0, 0]
    files = _files(tmp_path)
    assert len(files) == 40
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_every_step_is_flushed_in_order(tmp_path: Path) -> None:
    """Seen from the system calls: the file is flushed before it is linked, the folders after."""
    log = tmp_path / "calls"
    script = (
        "import sys\n"
        "calls = []\n"
        "def hook(event, args):\n"
        "    if event == 'os.link':\n"
        "        calls.append('link')\n"
        "import os\n"
        "from pathlib import Path\n"
        "from integrations.archive import filesystem\n"
        "sys.addaudithook(hook)\n"
        "real = os.fsync\n"
        "def fsync(handle):\n"
        "    name = Path(os.readlink(f'/proc/self/fd/{handle}'))\n"
        "    calls.append('folder' if name.is_dir() else 'file')\n"
        "    real(handle)\n"
        "os.fsync = fsync\n"
        "filesystem.FilesystemArchive(Path(sys.argv[1])).put(b'agreement')\n"
        "Path(sys.argv[2]).write_text(' '.join(calls))\n"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "archive"), str(log)],
        cwd=PROJECT,
        check=True,
        timeout=60,
    )
    assert log.read_text() == "folder file link file folder folder folder"


def test_disposing_leaves_no_file(tmp_path: Path) -> None:
    """Not the object, not what was set aside when it was mended, not the note that kept it."""
    archive = FilesystemArchive(tmp_path)
    receipt = archive.put(b"agreement")
    other = archive.put(b"another")
    archive.keep(receipt.sha256, FAR)
    path = Path(receipt.location)
    path.chmod(0o600)
    path.write_bytes(b"Agreement")
    archive.mend(b"agreement")
    assert len(_files(path.parent)) == 3
    archive.dispose(receipt.sha256, at=FAR)
    assert _files(tmp_path) == [Path(other.location)]


def test_the_note_outlives_the_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off after any deletion, what is left is still kept as it was, and the rest goes later."""
    archive = FilesystemArchive(tmp_path)
    receipt = archive.put(b"agreement")
    archive.keep(receipt.sha256, FAR)
    unlink, gone = Path.unlink, list[str]()

    def cut_off(path: Path, missing_ok: bool = False) -> None:  # noqa: FBT001, FBT002  # its own signature
        unlink(path, missing_ok=missing_ok)
        gone.append(path.name)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", cut_off)
        with pytest.raises(KeyboardInterrupt):
            archive.dispose(receipt.sha256, at=FAR)
    assert gone == [receipt.sha256]
    assert archive.keeping_all(receipt.sha256) == Keeping(until=FAR)
    archive.dispose(receipt.sha256, at=FAR)
    assert _files(tmp_path) == []


def test_a_link_in_the_place_of_an_object_is_deleted_and_not_followed(tmp_path: Path) -> None:
    """What it leads to stays."""
    (tmp_path / "elsewhere").write_bytes(b"a neighbor's")
    archive = FilesystemArchive(tmp_path / "archive")
    receipt = archive.put(b"agreement")
    path = Path(receipt.location)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    archive.dispose(receipt.sha256, at=FAR)
    assert not os.path.lexists(path)
    assert (tmp_path / "elsewhere").read_bytes() == b"a neighbor's"


def test_a_hold_that_waited_for_a_disposal_says_that_nothing_is_there(tmp_path: Path) -> None:
    """Two at once: whoever comes second finds nothing, and leaves no note behind."""
    archive = FilesystemArchive(tmp_path)
    path = Path(archive.put(b"agreement").location)
    with path.open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with ThreadPoolExecutor(1) as other:
            waiting = other.submit(archive.hold, path.name, held=True)
            path.unlink()
            fcntl.flock(handle, fcntl.LOCK_UN)
            with pytest.raises(NotFound):
                waiting.result()
    assert _files(tmp_path) == []
