"""Whatever writes files says that they are written only once a power cut takes nothing back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from docgen.ports.log import Journaled
from integrations.archive.filesystem import FilesystemArchive
from integrations.log.ed25519 import Ed25519CheckpointSigner
from integrations.log.journal import FileJournal
from integrations.mail.outbox import OutboxMailer
from integrations.sign.authority.local import LocalAuthority
from tests.contracts.mailer import MAIL
from tests.crash.worker import Disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.usefixtures("permitted"),
    pytest.mark.sqlite_only("no database is concerned"),
]
AT = datetime(2026, 11, 23, tzinfo=UTC)
ORIGIN = "docgen.log/0123456789ab"
SERIAL = 0xABC


@dataclass(frozen=True, slots=True)
class Power:
    """A mounted disk; `cut` takes its power away and gives it back."""

    there: Path
    cut: Callable[[], None]


@pytest.fixture(params=[None, 1, 2, 3, 4, 5], ids=lambda it: "all" if it is None else f"torn-{it}")
def power(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Power]:
    """Give a disk that forgets all that was not flushed, or what chance says."""
    there = tmp_path / "there"
    there.mkdir()
    disk = Disk()
    disk.order("mount", where=str(there))

    def cut() -> None:
        disk.order("cut", seed=request.param)
        disk.order("mount", where=str(there))

    yield Power(there, cut)
    disk.close()


def test_an_archived_object(power: Power) -> None:
    """It is there, whole, under its digest."""
    receipt = FilesystemArchive(power.there / "archive").put(b"signed" * 5000)
    power.cut()
    assert FilesystemArchive(power.there / "archive").open(receipt.sha256) == b"signed" * 5000


def test_a_letter_in_the_outbox(power: Power) -> None:
    """It is there, whole: the errand that wrote it is done and does not come again."""
    OutboxMailer(power.there / "mail", "enrollment@example.org").send(MAIL)
    written = {path.name: path.read_bytes() for path in (power.there / "mail").iterdir()}
    power.cut()
    assert {path.name: path.read_bytes() for path in (power.there / "mail").iterdir()} == written


def test_a_line_of_the_journal(power: Power) -> None:
    """The checkpoint that was signed last is remembered."""
    point = Journaled(size=7, root="ab" * 32)
    journal = FileJournal(power.there / "journal")
    journal.add(point, note_sha256="", time_stamp_sha256="")
    power.cut()
    assert journal.last() == point


def test_a_rotated_log_key(power: Power) -> None:
    """The new key is in its place, the old one on the list."""
    path = power.there / "log.pem"
    first = Ed25519CheckpointSigner.create(path, ORIGIN)
    second = Ed25519CheckpointSigner.rotate(path, ORIGIN)
    power.cut()
    left = Ed25519CheckpointSigner.load(path, ORIGIN)
    assert (left.vkey, left.retired) == (second.vkey, (first.vkey,))


def test_a_revoked_certificate(power: Power) -> None:
    """It stays revoked."""
    authority = LocalAuthority.open_or_create(power.there / "authority", at=AT)
    authority.revoke(SERIAL, at=AT)
    power.cut()
    kept = (power.there / "authority" / "revoked.txt").read_text("ascii")
    assert kept == f"{SERIAL:x} {AT.isoformat()}\n"
