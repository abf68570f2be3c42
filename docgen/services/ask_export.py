"""Ask for an export: every bundle is read and hashed first, each a line with its result.

A program so learns how far it is, and nothing breaks off in the middle of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.batch import Act, Result
from docgen.domain.person import ARCHIVE_READERS
from docgen.errors import InputError, NotFound, Refused, StillRunning
from docgen.services.batch import stored
from docgen.services.export import export, select

if TYPE_CHECKING:
    from docgen.domain.batch import Batch
    from docgen.domain.person import Person
    from docgen.services.export import Export, Selection
    from docgen.services.office import Office


def ask_export(office: Office, selection: Selection, person: Person) -> Batch:
    """Have the bundles of a selection read; what is exported are these packets.

    Raises:
        NotAllowed: the person may not read the archive.
        InputError: nothing was picked, or too much.
    """
    person.require(*ARCHIVE_READERS)
    if selection.refusal:
        raise InputError(selection.refusal)
    return stored(office, Act.EXPORT, [item.packet_id for item in selection.lines], person)


def asked_export(office: Office, export_id: str, person: Person) -> Batch:
    """Give an export that was asked for, each line with its result.

    Raises:
        NotAllowed: the person may not read the archive.
        NotFound: no export was asked for under this id.
    """
    person.require(*ARCHIVE_READERS)
    found = office.ledger.batches.get(export_id)
    if found.act is not Act.EXPORT:
        raise NotFound("There is no export with this id.")
    return found


def fetch_export(office: Office, export_id: str, person: Person) -> Export:
    """Begin to hand over an export; that it is, is an activity of each packet.

    Raises:
        StillRunning: not every bundle was read yet.
        Refused: a bundle is not as it was archived.
        NotAllowed, NotFound: as `asked_export` does.
        InputError: as `export` does, where packets are gone or have grown since.
    """
    asked = asked_export(office, export_id, person)
    if asked.is_running:
        raise StillRunning("The bundles are still being read; ask how far it is in a moment.")
    if asked.count(Result.REFUSED):
        raise Refused(
            "A bundle of this export cannot be handed over as it was archived; its line says why. "
            "Ask for an export without that packet."
        )
    selection = select(office, [line.subject for line in asked.lines])
    return export(office, selection, person, export_id)
