"""Export the log as files that public tools for transparency logs read, without a name in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.merkle import leaf_hash
from docgen.domain.tile import entry_bundle, tiles
from docgen.domain.tiled import WIDTH
from docgen.errors import SignatureInvalid
from docgen.services.checkpoint import sign_checkpoint, where_rewritten
from docgen.services.log_tree import altered_nodes, grown_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.services.office import Office


def export_log(office: Office) -> Iterator[tuple[str, bytes]]:
    """Sign the history as it stands, and give every file of the log by path, the checkpoint last.

    Entries are the leaves: ids, kinds, times and salted digests; no person and no address.

    Raises:
        SignatureInvalid: the history was rewritten; nothing more is given.
        ServiceUnavailable: the time stamping authority did not answer.
    """
    point = sign_checkpoint(office)
    told = next(altered_nodes(office.ledger.history), "")
    if told:  # roots do not stand on every node that a tile holds
        raise SignatureInvalid(f"The history was rewritten. {told}")
    read = grown_nodes(office.ledger.history, point.size)
    yield from tiles(point.size, read)
    for start in range(0, point.size, WIDTH):
        expected = read(0, start, min(start + WIDTH, point.size))
        leaves = office.ledger.history.leaves(start, start + len(expected))
        if [leaf_hash(leaf) for leaf in leaves] != list(expected):
            raise SignatureInvalid(f"The history was rewritten. {where_rewritten(office)}")
        yield entry_bundle(start // WIDTH, leaves)
    yield "log.vkey", f"{office.checkpoint_signer.vkey}\n".encode()
    yield "checkpoint.tsr", point.time_stamp
    yield "checkpoint", point.note.encode()
