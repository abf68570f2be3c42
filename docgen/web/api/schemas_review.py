"""What answers about sources, review and paper hold, field by field."""

from __future__ import annotations

from datetime import datetime

from docgen.domain.plan import Source
from docgen.web.api.schemas import Given


class MetItem(Given):
    """Where in the practice's own paper a requirement of law is met."""

    requirement: str
    page: int
    section: str


class ForeignPaperItem(Given):
    """The practice's own document, and who read it against the requirements of law."""

    file_sha256: str
    pages: int
    checked_by: str
    met: list[MetItem]


class OnFileItem(Given):
    """An agreement executed before; `file_sha256` is that of a copy, "" where none is pinned."""

    title: str
    dated: str
    kept_at: str
    attested_by: str
    attested_at: str
    file_sha256: str
    pages: int


class SourceItem(Given):
    """Where one document comes from; what is not chosen is generated from our template."""

    slug: str
    source: Source
    reason: str
    paper: ForeignPaperItem | None = None
    on_file: OnFileItem | None = None


class RequestItem(Given):
    """Whom a signer names to sign in their place; nothing changes until it is confirmed."""

    recipient: str
    number: int
    name: str
    title: str
    email: str
    reason: str


class SentTo(Given):
    """Who was sent a round's drafts, and when they left; null while they are on the way."""

    name: str
    address: str
    at: datetime | None


class ReturnedItem(Given):
    """One file that came back; `proposals` is null where it came before they were counted."""

    sha256: str
    slug: str
    sender: str
    at: datetime
    taken_in_by: str
    size: int
    proposals: int | None


class RoundItem(Given):
    """One round: to whom which drafts went, and what came back."""

    number: int
    released_by: str
    released_at: datetime
    sent: list[SentTo]
    drafts: list[str]
    returned: list[ReturnedItem]


class ReviewWhole(Given):
    """Every round, and the terms; `unanswered` counts proposals that nobody settled yet."""

    unanswered: int
    agreed_at: datetime | None
    agreed_by: str
    rounds: list[RoundItem]


class PieceItem(Given):
    """Some words of a changed text: new, gone, or the same as before."""

    words: str
    is_new: bool
    is_gone: bool


class ChangeItem(Given):
    """One paragraph, heading or row that differs, and the heading it stands under."""

    where: str
    pieces: list[PieceItem]


class CommentItem(Given):
    """What somebody wrote beside the text; the author is as the file says."""

    author: str
    words: str


class ProposalsWhole(Given):
    """What a returned file proposes; `silent` differs even with every tracked change rejected."""

    changes: list[ChangeItem]
    silent: list[ChangeItem]
    comments: list[CommentItem]
