"""Sign a checkpoint over the whole history, and keep a copy outside the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.canonical import sha256_hex
from docgen.domain.checkpoint import SignedNote, next_checkpoint, parse_checkpoint, parse_note
from docgen.domain.tiled import GrownNodes, TiledTree
from docgen.domain.timestamp import time_stamp_request
from docgen.errors import EvidenceError, SignatureInvalid
from docgen.ports.ledger import StoredCheckpoint
from docgen.ports.log import Journaled
from docgen.services.log_tree import altered_below, altered_nodes, grown_nodes

if TYPE_CHECKING:
    from docgen.domain.checkpoint import Checkpoint
    from docgen.ports.ledger import History
    from docgen.ports.log import CheckpointSigner
    from docgen.services.office import Office


def sign_checkpoint(office: Office, *, also: CheckpointSigner | None = None) -> StoredCheckpoint:
    """Sign the history as it stands; an unchanged history gives the checkpoint already signed.

    The new checkpoint is time-stamped, both are copied to two places outside the database, and the
    journal there names it before it is stored. `also` is a second key that signs the same text, the
    next one when keys are rotated.

    Processes take turns, so that each extends what the one before it signed.

    Raises:
        SignatureInvalid: the history no longer extends the last signed checkpoint, that of the
            database or that of the journal.
        ServiceUnavailable: the time stamping authority did not answer.
        StorageError: the copies could not be written.
    """
    with office.ledger.in_turn("checkpoint"):
        return _sign_checkpoint(office, also)


def _sign_checkpoint(office: Office, also: CheckpointSigner | None) -> StoredCheckpoint:
    # What was signed is read before the history, which therefore holds all of it.
    last = office.journal.last()
    previous = office.ledger.history.latest_checkpoint()
    history = office.ledger.history
    size = history.size()
    _hold_to(last, previous, history)
    unchanged = previous is not None and previous.size == size
    if unchanged and previous is not None and also is None and _is_ours(office, previous):
        told = unlike_copy(office, previous)
        if told:
            raise SignatureInvalid(f"{told} Restore the database from its back-up.")
        return previous
    before = parse_checkpoint(parse_note(previous.note).text) if previous else None
    altered = history.first_altered(before.size if before else 0)
    if altered is not None:
        raise SignatureInvalid(
            "The history was rewritten before it could be signed. Nothing was signed; restore the "
            f"database from its back-up. The first activity that differs is number {altered}."
        )
    checkpoint, nodes = _next(office, before, size)
    note = _sign(office.checkpoint_signer, checkpoint, also)
    response = office.stamper.respond(time_stamp_request(note.encode()))
    _copy_outside(office, checkpoint, note.encode(), response)
    stored = StoredCheckpoint(
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        note=note,
        at=office.clock.now(),
        time_stamp=response,
    )
    with office.ledger.transaction():
        history.add_checkpoint(stored)
        for level, hashes in nodes.added.items():
            history.keep_nodes(level, nodes.count(level) - len(hashes), hashes)
    return stored


def _next(office: Office, before: Checkpoint | None, size: int) -> tuple[Checkpoint, GrownNodes]:
    """Make the checkpoint to be signed; give the log's nodes with it, to be kept.

    Raises:
        SignatureInvalid: the history does not extend what was signed before.
    """
    history = office.ledger.history
    try:
        nodes = grown_nodes(history, size)
        checkpoint = next_checkpoint(office.rules.log_origin, before, TiledTree(size, nodes))
    except EvidenceError as error:
        raise SignatureInvalid(f"{error} {where_rewritten(office)}") from error
    told = altered_below(history, nodes)
    if told:
        raise SignatureInvalid(
            "The history was rewritten after it was signed. Nothing more was signed; restore the "
            f"database from its back-up. {told}"
        )
    return checkpoint, nodes


def _hold_to(last: Journaled | None, previous: StoredCheckpoint | None, history: History) -> None:
    """Refuse a history that is not a continuation of what the journal says was signed.

    A database set back to an older copy forgets its own checkpoints; the journal does not.
    """
    if last is None or (previous and (previous.size, previous.root) == (last.size, last.root)):
        return  # the database remembers the same one, and is held to it further on
    told = _unlike(last, history)
    if told:
        raise SignatureInvalid(
            f"{told} Nothing was signed, or two histories would carry this site's signature. "
            "Restore the newest copy of the database; see “Restore” in docs/operators/"
            "keys-and-backup.md where that one is lost."
        )


def _unlike(last: Journaled, history: History) -> str:
    """Say how the history differs from what the journal says was signed, or ""."""
    size = history.size()
    if last.size > size:
        return (
            f"The history was set back: the checkpoint last signed covers {last.size} activities, "
            f"and there are {size}."
        )
    if _root(history, last.size) != last.root:
        return (
            f"The history is another one: its first {last.size} activities are not those of the "
            "checkpoint last signed."
        )
    return ""


def _root(history: History, size: int) -> str:
    """Give the root over the first activities; "" where some are missing."""
    try:
        return TiledTree(size, grown_nodes(history, size)).root.hex()
    except EvidenceError:
        return ""


def _is_ours(office: Office, point: StoredCheckpoint) -> bool:
    """Say whether our own key signed it; a process from before a rotation has the older key."""
    return parse_note(point.note).by(office.checkpoint_signer.vkey) is not None


def unlike_copy(office: Office, point: StoredCheckpoint) -> str:
    """Say that a checkpoint is not the one that was signed and copied outside, or ""."""
    try:
        told = parse_checkpoint(parse_note(point.note).text)
        alike = (told.size, told.root.hex()) == (point.size, point.root)
    except SignatureInvalid:
        alike = False
    copied = (office.copies.stat(sha256_hex(data)) for data in _outside(point))
    if alike and all(copied):
        return ""
    return (
        f"The checkpoint over the first {point.size} activities, or its time stamp, is not the one "
        "that was signed and copied into checkpoints/."
    )


def _outside(point: StoredCheckpoint) -> tuple[bytes, bytes]:
    """Give what of a checkpoint lies outside the database too."""
    return point.note.encode(), point.time_stamp


def _sign(signer: CheckpointSigner, checkpoint: Checkpoint, also: CheckpointSigner | None) -> str:
    note = parse_note(signer.sign(checkpoint))
    second = parse_note(also.sign(checkpoint)).signatures if also else ()
    return str(SignedNote(text=note.text, signatures=(*note.signatures, *second)))


def _copy_outside(office: Office, checkpoint: Checkpoint, note: bytes, response: bytes) -> None:
    for store in (office.copies, office.archive):
        store.put(note)
        store.put(response)
    office.journal.add(
        Journaled(size=checkpoint.size, root=checkpoint.root.hex()),
        note_sha256=sha256_hex(note),
        time_stamp_sha256=sha256_hex(response),
    )


def lost_history(office: Office) -> str:
    """Say that the database is emptier than what was signed, or "": it was lost, or is another."""
    last = office.journal.last()
    if last is None or office.ledger.history.latest_checkpoint() is not None:
        return ""
    return _unlike(last, office.ledger.history)


def where_rewritten(office: Office) -> str:
    """Say which activities or checkpoints of the history are not those that were written, or "".

    An activity whose content no longer fits its own leaf is named; one whose leaf was rewritten as
    well is narrowed down to the two signed checkpoints it lies between. Everything is worked out
    anew from the leaves, then compared with the nodes that are kept.

    Raises:
        EvidenceError: the log's rows are not even numbered.
    """
    history = office.ledger.history
    altered = history.first_altered()
    if altered is not None:
        return f"The first activity that differs is number {altered}."
    size = history.size()
    tree = TiledTree(size, GrownNodes(history.nodes, {}, size))
    good = 0
    for point in history.checkpoints():
        unlike = unlike_copy(office, point)
        if unlike:  # then its size and root say nothing of the activities
            return unlike
        if point.size > size:
            return f"Activities from number {size} on are missing."
        if tree.first(point.size).root.hex() != point.root:
            return f"The first activity that differs lies between {good} and {point.size - 1}."
        good = point.size
    told = next(altered_nodes(history), "")
    last = office.journal.last()
    return told or (_unlike(last, history) if last else "")
