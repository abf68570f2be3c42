"""What a returned redline would change, tracked or not, beside the draft that went out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.errors import NotFound
from docgen.render.reading_diff import Change, differences
from docgen.services.disposed import refuse_disposed
from docgen.services.redline import Comment, Redline, read_redline

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.review import DraftCopy
    from docgen.services.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """What somebody proposes: every change to the words, and what is written beside them.

    `silent` is how the text differs even with every tracked change rejected.
    """

    changes: tuple[Change, ...]
    silent: tuple[Change, ...]
    comments: tuple[Comment, ...]

    @property
    def count(self) -> int:
        """Count the changes and comments; nothing is proposed at 0."""
        return len(self.changes) + len(self.comments)


def proposals_of(office: Office, draft: DraftCopy, returned: Redline) -> Proposals:
    """Compare a returned file with the draft that went out, word by word.

    A change counts whether it was tracked or not: what is compared is the text itself.
    """
    sent = read_redline(office.work.open(draft.docx_sha256)).proposed
    return Proposals(
        changes=tuple(differences(sent, returned.proposed)),
        silent=tuple(differences(sent, returned.untracked)),
        comments=returned.comments,
    )


def proposals_in(office: Office, packet: Packet, sha256: str) -> Proposals:
    """Say what a file that was taken in proposes.

    Raises:
        NotFound: no such file came back for this packet.
        Gone: the packet was disposed of.
    """
    refuse_disposed(office, office.ledger.history.of(packet.id))
    for item in packet.rounds:
        for file in item.returned:
            draft = item.copy(file.slug)
            if file.sha256 == sha256 and draft is not None:
                return proposals_of(office, draft, read_redline(office.work.open(sha256)))
    raise NotFound(f"No such file came back for {packet.id}; look at the packet’s rounds.")
