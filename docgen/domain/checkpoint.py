"""Checkpoints of the log: C2SP tlog-checkpoint text in C2SP signed notes, as values.

The Ed25519 arithmetic lies behind `docgen.ports.log`; this module writes, reads and compares.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.merkle import HASH_SIZE, verify_consistency
from docgen.errors import SignatureInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.merkle import MerkleTree

ED25519 = b"\x01"
KEY_SIZE = 32
SIGNATURE_SIZE = 64
_HASH_PREFIX = 4
_MARK = "\u2014 "
_NAME = re.compile(r"[^\s+\x00-\x1f]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LEAST_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log claims to be: its name, its number of leaves and its root hash."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Write the checkpoint as the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A log's public key by name, written `name+hash+key` (a C2SP vkey)."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Give the four bytes by which a signature line names its key."""
        named = self.name.encode() + b"\n" + ED25519 + self.public
        return hashlib.sha256(named).digest()[:_HASH_PREFIX]

    def __str__(self) -> str:
        """Write the key as one line."""
        key = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line of a note."""

    name: str
    key_hash: bytes
    signature: bytes

    def __str__(self) -> str:
        """Write the line without its line end."""
        return f"{_MARK}{self.name} {base64.b64encode(self.key_hash + self.signature).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A text and the signatures over it."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        """Write the whole note."""
        return self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)

    def by(self, key: VerifierKey) -> NoteSignature | None:
        """Find the line that claims to be made with this key; the claim is not checked here."""
        for line in self.signatures:
            if (line.name, line.key_hash) == (key.name, key.key_hash):
                return line
        return None


def parse_verifier_key(line: str) -> VerifierKey:
    """Read a vkey.

    Raises:
        SignatureInvalid: it is not an Ed25519 vkey, or its hash is not its key's.
    """
    name, _, rest = line.strip().partition("+")
    claimed, _, encoded = rest.partition("+")
    raw = _base64(encoded)
    if not _NAME.fullmatch(name) or raw[:1] != ED25519 or len(raw) != 1 + KEY_SIZE:
        raise SignatureInvalid("This is not an Ed25519 log key; ask the log's owner for its vkey.")
    key = VerifierKey(name=name, public=raw[1:])
    if claimed != key.key_hash.hex():
        raise SignatureInvalid("The log key's hash is not its own; the line was damaged or edited.")
    return key


def parse_note(note: str) -> SignedNote:
    """Read a signed note.

    Raises:
        SignatureInvalid: it is not a signed note.
    """
    text, gap, lines = note.rpartition("\n\n")
    unreadable = "This is not a signed checkpoint; take the file from the archive again."
    if not gap or not text or not lines.endswith("\n"):
        raise SignatureInvalid(unreadable)
    signatures = []
    for line in lines[:-1].split("\n"):
        name, _, encoded = line.removeprefix(_MARK).partition(" ")
        raw = _base64(encoded)
        if not line.startswith(_MARK) or not _NAME.fullmatch(name) or len(raw) <= _HASH_PREFIX:
            raise SignatureInvalid(unreadable)
        signatures.append(
            NoteSignature(name=name, key_hash=raw[:_HASH_PREFIX], signature=raw[_HASH_PREFIX:])
        )
    return SignedNote(text=text + "\n", signatures=tuple(signatures))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text; lines after the third are extensions and are passed over.

    Raises:
        SignatureInvalid: it is not a checkpoint.
    """
    lines = text.split("\n")
    unreadable = "This note is not a checkpoint; it needs an origin, a size and a root hash."
    if len(lines) <= _LEAST_LINES or lines[-1] or not lines[0]:
        raise SignatureInvalid(unreadable)
    root = _base64(lines[2])
    if not _SIZE.fullmatch(lines[1]) or len(root) != HASH_SIZE:
        raise SignatureInvalid(unreadable)
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root)


def extends(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Say whether `new` is the same log as `old`, only longer or equal."""
    sizes, roots = (old.size, new.size), (old.root, new.root)
    return old.origin == new.origin and verify_consistency(sizes, roots, proof)


def next_checkpoint(origin: str, previous: Checkpoint | None, tree: MerkleTree) -> Checkpoint:
    """Make the checkpoint of this tree, to be signed.

    Raises:
        SignatureInvalid: the log does not extend what was signed before, so nothing may be signed.
    """
    checkpoint = Checkpoint(origin=origin, size=tree.size, root=tree.root)
    if previous is None:
        return checkpoint
    shorter = previous.size > tree.size
    if shorter or not extends(previous, checkpoint, tree.consistency(previous.size)):
        raise SignatureInvalid(
            "The history no longer extends its last signed checkpoint: activities were changed, "
            "removed or restored from an older copy. Nothing was signed; compare the database with "
            "its back-up and the stored checkpoints."
        )
    return checkpoint


def _base64(encoded: str) -> bytes:
    """Decode strictly; anything but canonical base64 gives no bytes."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if base64.b64encode(raw).decode() == encoded else b""
