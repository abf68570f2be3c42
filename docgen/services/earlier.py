"""Earlier: what a document says differently from the packet that this one takes the place of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.disposal import is_going
from docgen.errors import NotFound
from docgen.render.reading_diff import changed_parts
from docgen.services.disposed import open_working

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.packet import Packet
    from docgen.render.reading_diff import Change
    from docgen.services.office import Office


def changes_from_earlier(office: Office, packet: Packet, slug: str) -> Sequence[Change] | None:
    """List what differs in one document, in reading order; None where there is no earlier one.

    Raises:
        NotFound: the packet has no such document of ours.
        Gone: the packet was disposed of.
    """
    item = next((one for one in packet.rendered if one.slug == slug), None)
    if item is None:
        raise NotFound("The packet has no such document in this form.")
    now = open_working(office, packet.id, item.html_sha256).decode("utf-8")
    before = _earlier(office, packet, slug)
    return changed_parts(before, now) if before else None


def _earlier(office: Office, packet: Packet, slug: str) -> str:
    """Give the reading view of the same document in the packet this one replaces, or ""."""
    if not packet.supersedes:
        return ""
    before = office.ledger.packets.get(packet.supersedes)
    digest = next((item.html_sha256 for item in before.rendered if item.slug == slug), "")
    if not digest or is_going(office.ledger.history.of(before.id)):
        return ""
    return office.work.open(digest).decode("utf-8")
