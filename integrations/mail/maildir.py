"""A Maildir to which undeliverable letters come back; any mail server or fetcher can fill one."""

from __future__ import annotations

import mailbox
from typing import TYPE_CHECKING, ClassVar

from docgen.errors import ServiceUnavailable
from docgen.ports.returned_mail import ReturnedLetter
from integrations.mail.report import failed_letter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SEEN = "S"


class MaildirReturnedMail:
    """Reads reports from a Maildir; settled ones are marked as read and stay for the operator."""

    key: ClassVar[str] = "maildir"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self, limit: int) -> Sequence[ReturnedLetter]:
        """Read unsettled reports; other mail is marked as read."""
        found: list[ReturnedLetter] = []
        try:
            box = mailbox.Maildir(self._folder, factory=None, create=True)
            for report_id in self._unsettled():
                if len(found) == limit:
                    break
                try:
                    read = failed_letter(box.get_bytes(report_id))
                except (KeyError, FileNotFoundError):  # somebody tidied up meanwhile
                    continue
                if read is None:
                    self.settle(report_id)
                else:
                    found.append(
                        ReturnedLetter(report_id=report_id, mail_key=read[0], status=read[1])
                    )
        except OSError as error:
            raise _unreadable() from error
        return found

    def _unsettled(self) -> Sequence[str]:
        """List what is not marked as read, by names alone: settled mail piles up and is not opened.

        A name is a unique part, which identifies the mail, and after `:2,` its flags.
        """
        names = (
            item.name.partition(":2,")
            for part in ("new", "cur")
            for item in (self._folder / part).iterdir()
        )
        return sorted(key for key, _, flags in names if SEEN not in flags)

    def settle(self, report_id: str) -> None:
        """Mark a report as read."""
        try:
            box = mailbox.Maildir(self._folder, factory=None, create=True)
            message = box.get_message(report_id)
            message.set_subdir("cur")
            message.add_flag(SEEN)
            box[report_id] = message
        except KeyError:
            return
        except OSError as error:
            raise _unreadable() from error


def _unreadable() -> ServiceUnavailable:
    return ServiceUnavailable(
        "The mailbox for returned mail cannot be read; correct its permissions.", service="mail"
    )
