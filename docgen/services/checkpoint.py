"""Sign a checkpoint over the whole history, and keep a copy outside the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.checkpoint import next_checkpoint, parse_checkpoint, parse_note
from docgen.domain.merkle import Tree
from docgen.domain.timestamp import time_stamp_request
from docgen.errors import SignatureInvalid
from docgen.ports.ledger import StoredCheckpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.services.office import Office


def sign_checkpoint(office: Office) -> StoredCheckpoint:
    """Sign the history as it stands; an unchanged history gives the checkpoint already signed.

    The new checkpoint is time-stamped and copied outside the database before it is stored.

    Raises:
        SignatureInvalid: the history no longer extends the last signed checkpoint.
        ServiceUnavailable: the time stamping authority did not answer.
    """
    hashes = office.ledger.history.leaf_hashes()
    previous = office.ledger.history.latest_checkpoint()
    if previous is not None and previous.size == len(hashes):
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
    note = office.checkpoint_signer.sign(checkpoint)
    response = office.stamper.respond(time_stamp_request(note.encode()))
    office.copies.put(note.encode())
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
    return ""
