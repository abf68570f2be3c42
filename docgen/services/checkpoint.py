"""Sign a checkpoint over the whole history, and keep a copy outside the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.canonical import sha256_hex
from docgen.domain.checkpoint import SignedNote, next_checkpoint, parse_checkpoint, parse_note
from docgen.domain.merkle import Tree
from docgen.domain.timestamp import time_stamp_request
from docgen.errors import SignatureInvalid
from docgen.ports.ledger import StoredCheckpoint
from docgen.ports.log import Journaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.checkpoint import Checkpoint
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
    hashes = office.ledger.history.leaf_hashes()
    _hold_to(last, previous, hashes)
    unchanged = previous is not None and previous.size == len(hashes)
    if unchanged and previous is not None and also is None and _is_ours(office, previous):
        return previous
    before = parse_checkpoint(parse_note(previous.note).text) if previous else None
    altered = office.ledger.history.first_altered(before.size if before else 0)
    if altered is not None:
        raise SignatureInvalid(
            "The history was rewritten before it could be signed. Nothing was signed; restore the "
            f"database from its back-up. The first activity that differs is number {altered}."
        )
    try:
        checkpoint = next_checkpoint(office.rules.log_origin, before, hashes)
    except SignatureInvalid as error:
        raise SignatureInvalid(f"{error} {where_rewritten(office, hashes)}") from error
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
        office.ledger.history.add_checkpoint(stored)
    return stored


def _hold_to(
    last: Journaled | None, previous: StoredCheckpoint | None, hashes: Sequence[bytes]
) -> None:
    """Refuse a history that is not a continuation of what the journal says was signed.

    A database set back to an older copy forgets its own checkpoints; the journal does not.
    """
    if last is None or (previous and (previous.size, previous.root) == (last.size, last.root)):
        return  # the database remembers the same one, and is held to it further on
    told = _unlike(last, hashes)
    if told:
        raise SignatureInvalid(
            f"{told} Nothing was signed, or two histories would carry this site's signature. "
            "Restore the newest copy of the database; see “Restore” in docs/operators/"
            "keys-and-backup.md where that one is lost."
        )


def _unlike(last: Journaled, hashes: Sequence[bytes]) -> str:
    """Say how the history differs from what the journal says was signed, or ""."""
    if last.size > len(hashes):
        return (
            f"The history was set back: the checkpoint last signed covers {last.size} activities, "
            f"and there are {len(hashes)}."
        )
    if Tree.of(hashes[: last.size]).root.hex() != last.root:
        return (
            f"The history is another one: its first {last.size} activities are not those of the "
            "checkpoint last signed."
        )
    return ""


def _is_ours(office: Office, point: StoredCheckpoint) -> bool:
    """Say whether our own key signed it; a process from before a rotation has the older key."""
    return parse_note(point.note).by(office.checkpoint_signer.vkey) is not None


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
    return _unlike(last, office.ledger.history.leaf_hashes())


def where_rewritten(office: Office, hashes: Sequence[bytes] | None = None) -> str:
    """Say which activities of the history are not those that were written, or "".

    An activity whose content no longer fits its own leaf is named; one whose leaf was rewritten as
    well is narrowed down to the two signed checkpoints it lies between.
    """
    altered = office.ledger.history.first_altered()
    if altered is not None:
        return f"The first activity that differs is number {altered}."
    hashes = office.ledger.history.leaf_hashes() if hashes is None else hashes
    good = 0
    for point in office.ledger.history.checkpoints():
        if point.size > len(hashes):
            return f"Activities from number {len(hashes)} on are missing."
        if Tree.of(hashes[: point.size]).root.hex() != point.root:
            return f"The first activity that differs lies between {good} and {point.size - 1}."
        good = point.size
    last = office.journal.last()
    return _unlike(last, hashes) if last else ""
