"""A mailbox of returned letters in memory, under the same rules as the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docgen.ports.returned_mail import ReturnedLetter
from integrations.mail.report import failed_letter

if TYPE_CHECKING:
    from collections.abc import Sequence


class FakeReturnedMail:
    """Holds mail handed to `arrive` until it is settled."""

    key: ClassVar[str] = "fake"

    def __init__(self) -> None:
        self._mail: dict[str, bytes] = {}

    def arrive(self, raw: bytes) -> None:
        """Let a message come in."""
        self._mail[f"{len(self._mail):06d}"] = raw

    def collect(self, limit: int) -> Sequence[ReturnedLetter]:
        """Read unsettled reports; anything else is dropped."""
        found: list[ReturnedLetter] = []
        for report_id, raw in list(self._mail.items()):
            read = failed_letter(raw)
            if read is None:
                self.settle(report_id)
            elif len(found) < limit:
                found.append(ReturnedLetter(report_id=report_id, mail_key=read[0], status=read[1]))
        return found

    def settle(self, report_id: str) -> None:
        """Forget a report."""
        self._mail[report_id] = b""
