"""Returned mail: reports that a letter of ours could not be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedLetter:
    """One report of a letter that came back for good (RFC 3464, action "failed").

    `report_id` names the report in its mailbox. `mail_key` is the key of the letter that came back;
    `status` the reason as three numbers (RFC 3463), such as 5.1.1 for an unknown mailbox. The
    report is anybody's claim: it may raise an alert, and nothing else.
    """

    report_id: str
    mail_key: str
    status: str


class ReturnedMail(Protocol):
    """The mailbox to which undeliverable letters come back."""

    key: ClassVar[str]

    def collect(self, limit: int) -> Sequence[ReturnedLetter]:
        """Read at most this many reports that are not settled yet, in a stable order.

        Mail that is no such report, or not about a letter of ours, is settled and passed over.

        Raises:
            ServiceUnavailable: the mailbox cannot be read now.
        """
        ...

    def settle(self, report_id: str) -> None:
        """Mark a report as acted on; one that is gone already changes nothing."""
        ...
