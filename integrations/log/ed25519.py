"""The log's key in a PEM file that only its owner may read."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, ClassVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from docgen.domain.checkpoint import NoteSignature, SignedNote, VerifierKey, parse_verifier_key
from docgen.errors import ConfigurationError, SignatureInvalid
from integrations.log.journal import FileJournal
from integrations.system.durable import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.checkpoint import Checkpoint


class Ed25519CheckpointSigner:
    """Signs checkpoints of the log called `origin`."""

    key: ClassVar[str] = "ed25519"

    def __init__(
        self,
        private: Ed25519PrivateKey,
        origin: str,
        retired: tuple[VerifierKey, ...] = (),
    ) -> None:
        self._private = private
        self._retired = retired
        self._vkey = VerifierKey(
            name=origin,
            public=private.public_key().public_bytes(
                serialization.Encoding.Raw, serialization.PublicFormat.Raw
            ),
        )

    @classmethod
    def load(cls, path: Path, origin: str) -> Ed25519CheckpointSigner:
        """Read the key from its PEM file, and beside it the public keys that were rotated out.

        Raises:
            ConfigurationError: the file is missing, is no Ed25519 key, or others may read it; or
                the list of retired keys is damaged.
        """
        try:
            if path.stat().st_mode & 0o077:
                raise ConfigurationError(
                    "The log's key file may be read by others; give it mode 0600."
                )
            private = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(
                "The log's key file cannot be read; restore it from your back-up. A new key would "
                "not match the anchors that others already hold."
            ) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise ConfigurationError("The log's key file does not hold an Ed25519 key.")
        return cls(private, origin, _retired(_list_beside(path)))

    @classmethod
    def rotate(cls, path: Path, origin: str) -> Ed25519CheckpointSigner:
        """Put a new key in the place of the present one, whose public half stays on the list.

        The list is written first: a process that dies in between leaves the present key in use.

        Raises:
            ConfigurationError: the present key cannot be read, or the folder cannot be written.
        """
        present = cls.load(path, origin)
        cls.prepare(path, origin)
        draft = _draft_beside(path)
        try:
            if present.vkey not in _retired(_list_beside(path)):
                _append(_list_beside(path), f"{present.vkey}\n".encode())
                sync_folder(path.parent)
            draft.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            raise ConfigurationError(
                "The log's key cannot be rotated; check space and permissions of its folder."
            ) from error
        return cls.load(path, origin)

    @classmethod
    def prepare(cls, path: Path, origin: str) -> Ed25519CheckpointSigner:
        """Make the key that `rotate` puts in place next, or give the one made before.

        Raises:
            ConfigurationError: the folder cannot be written.
        """
        draft = _draft_beside(path)
        try:
            return cls.load(draft, origin)
        except ConfigurationError:
            draft.unlink(missing_ok=True)  # none yet, or one whose writing never ended
        return cls.create(draft, origin)

    @staticmethod
    def journal(path: Path) -> FileJournal:
        """Give the journal of checkpoints in this file."""
        return FileJournal(path)

    @classmethod
    def create(cls, path: Path, origin: str) -> Ed25519CheckpointSigner:
        """Make a new key and store it, durably, for its owner alone; a file there already stays.

        A process that dies over it leaves a whole key or none.

        Raises:
            ConfigurationError: there is a file already, or the folder cannot be written.
        """
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _store(path, pem)
        except OSError as error:
            raise ConfigurationError(
                "The log's key file cannot be made: it exists already, or its folder is read-only."
            ) from error
        return cls(private, origin)

    @property
    def development(self) -> bool:
        """Say no: the key is this site's own."""
        return False

    @property
    def vkey(self) -> VerifierKey:
        """Give the public key."""
        return self._vkey

    @property
    def retired(self) -> tuple[VerifierKey, ...]:
        """Give the public keys that were rotated out, the oldest first."""
        return tuple(key for key in self._retired if key != self._vkey)

    def sign(self, checkpoint: Checkpoint) -> str:
        """Sign one checkpoint."""
        if checkpoint.origin != self._vkey.name:
            raise SignatureInvalid(
                "This key signs checkpoints of its own log only; the checkpoint names another."
            )
        line = NoteSignature(
            name=self._vkey.name,
            key_hash=self._vkey.key_hash,
            signature=self._private.sign(checkpoint.text.encode()),
        )
        return str(SignedNote(text=checkpoint.text, signatures=(line,)))


def _draft_beside(path: Path) -> Path:
    return path.with_suffix(".next")


def _list_beside(path: Path) -> Path:
    return path.with_suffix(".retired")


def _store(path: Path, pem: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)  # onto nothing, never onto a key
    finally:
        draft.unlink()
    sync_folder(path.parent)


def _append(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _retired(path: Path) -> tuple[VerifierKey, ...]:
    try:
        lines = path.read_text("ascii").splitlines()
        return tuple(parse_verifier_key(line) for line in lines)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, SignatureInvalid) as error:
        raise ConfigurationError(
            "The list of the log's retired keys is damaged; restore it from your back-up. Without "
            "it others could not verify what those keys signed."
        ) from error
