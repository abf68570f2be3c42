"""Sign a checkpoint over the whole history, and keep a copy outside the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.checkpoint import next_checkpoint, parse_checkpoint, parse_note
from docgen.domain.timestamp import time_stamp_request
from docgen.ports.ledger import StoredCheckpoint

if TYPE_CHECKING:
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
    checkpoint = next_checkpoint(office.rules.log_origin, before, hashes)
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
