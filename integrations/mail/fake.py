"""A mailer that keeps its letters in memory, under the same rules as the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from integrations.mail.message import compose

if TYPE_CHECKING:
    from docgen.ports.mailer import Mail


class FakeMailer:
    """Keeps letters in `sent`; a letter that could not be sent is refused here too."""

    key: ClassVar[str] = "fake"

    def __init__(self, sender: str = "enrollment@example.org") -> None:
        self._sender = sender
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> None:
        """Keep one letter."""
        compose(mail, self._sender)
        self.sent.append(mail)
