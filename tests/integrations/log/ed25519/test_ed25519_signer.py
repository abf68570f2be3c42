"""The log's key: contract, file permissions, and a stranger's key."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from docgen.domain.checkpoint import parse_note
from docgen.errors import ConfigurationError
from integrations.log.ed25519 import Ed25519CheckpointSigner
from integrations.log.fake import FakeCheckpointSigner
from tests.contracts.checkpoint_signer import CHECKPOINT, ORIGIN, CheckpointSignerContract

if TYPE_CHECKING:
    from pathlib import Path


class TestEd25519Signer(CheckpointSignerContract):
    @pytest.fixture
    def signer(self, tmp_path: Path) -> Ed25519CheckpointSigner:
        """Give a signer with a new key."""
        return Ed25519CheckpointSigner.create(tmp_path / "keys" / "log.pem", ORIGIN)


class TestFakeSigner(CheckpointSignerContract):
    @pytest.fixture
    def signer(self) -> FakeCheckpointSigner:
        """Give the fake."""
        return FakeCheckpointSigner(ORIGIN)


def test_a_stored_key_signs_as_before(tmp_path: Path) -> None:
    """A key read back from its file is the same key, readable by its owner alone."""
    path = tmp_path / "log.pem"
    made = Ed25519CheckpointSigner.create(path, ORIGIN)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Ed25519CheckpointSigner.load(path, ORIGIN).sign(CHECKPOINT) == made.sign(CHECKPOINT)
    assert not made.development


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    """Making a key where one lies already is refused, and the old one stays."""
    path = tmp_path / "log.pem"
    made = Ed25519CheckpointSigner.create(path, ORIGIN)
    with pytest.raises(ConfigurationError):
        Ed25519CheckpointSigner.create(path, ORIGIN)
    assert Ed25519CheckpointSigner.load(path, ORIGIN).vkey == made.vkey


def test_a_key_whose_writing_never_ended_is_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first start that was cut short is made again, and finds no half key in its way."""

    def full(_: int) -> None:
        raise OSError(errno.EIO, "the disk is gone")

    path = tmp_path / "log.pem"
    with monkeypatch.context() as there:
        there.setattr(os, "fsync", full)
        with pytest.raises(ConfigurationError):
            Ed25519CheckpointSigner.create(path, ORIGIN)
    assert list(tmp_path.iterdir()) == []
    made = Ed25519CheckpointSigner.create(path, ORIGIN)
    assert Ed25519CheckpointSigner.load(path, ORIGIN).vkey == made.vkey


def test_a_key_others_may_read_is_refused(tmp_path: Path) -> None:
    """A key file with open permissions is not used."""
    path = tmp_path / "log.pem"
    Ed25519CheckpointSigner.create(path, ORIGIN)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError):
        Ed25519CheckpointSigner.load(path, ORIGIN)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_that_holds_no_key_is_a_configuration_error(tmp_path: Path, content: bytes) -> None:
    """A missing or damaged key file stops the program with a sentence."""
    path = tmp_path / "log.pem"
    with pytest.raises(ConfigurationError):
        Ed25519CheckpointSigner.load(path, ORIGIN)
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError):
        Ed25519CheckpointSigner.load(path, ORIGIN)


def test_another_key_of_the_same_name_is_another_key() -> None:
    """A note made with a stranger's key of the same name is not found under ours."""
    ours, theirs = FakeCheckpointSigner(ORIGIN), FakeCheckpointSigner(ORIGIN, "stranger")
    note = parse_note(theirs.sign(CHECKPOINT))
    assert note.by(ours.vkey) is None
    assert note.by(theirs.vkey) is not None
    assert ours.development


def test_a_rotated_key_stays_listed(tmp_path: Path) -> None:
    """After each rotation another key signs, and every one before it is still named, in order."""
    path = tmp_path / "log.pem"
    first = Ed25519CheckpointSigner.create(path, ORIGIN)
    assert first.retired == ()
    second = Ed25519CheckpointSigner.rotate(path, ORIGIN)
    third = Ed25519CheckpointSigner.rotate(path, ORIGIN)
    assert len({first.vkey, second.vkey, third.vkey}) == 3
    assert third.retired == (first.vkey, second.vkey)
    again = Ed25519CheckpointSigner.load(path, ORIGIN)
    assert (again.vkey, again.retired) == (third.vkey, third.retired)
    assert path.stat().st_mode & 0o077 == 0


def test_a_rotation_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    """With the present key on the list already and a draft left behind, it still signs alone."""
    path = tmp_path / "log.pem"
    first = Ed25519CheckpointSigner.create(path, ORIGIN)
    path.with_suffix(".retired").write_text(f"{first.vkey}\n")
    path.with_suffix(".next").write_text("half a k")
    present = Ed25519CheckpointSigner.load(path, ORIGIN)
    assert (present.vkey, present.retired) == (first.vkey, ())
    assert Ed25519CheckpointSigner.rotate(path, ORIGIN).retired == (first.vkey,)


@pytest.mark.parametrize("damage", ["nonsense\n", "name+00000000+AAAA\n", "\u00e9\n"])
def test_a_damaged_list_of_retired_keys_is_said(tmp_path: Path, damage: str) -> None:
    """Left out silently, older bundles would stop verifying."""
    path = tmp_path / "log.pem"
    Ed25519CheckpointSigner.create(path, ORIGIN)
    path.with_suffix(".retired").write_text(damage, "utf-8")
    with pytest.raises(ConfigurationError, match="retired"):
        Ed25519CheckpointSigner.load(path, ORIGIN)
