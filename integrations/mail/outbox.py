"""The outbox folder: each letter as a file, for sites without a mail server and for the demo."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, ClassVar

from docgen.errors import ServiceUnavailable
from integrations.mail.message import compose
from integrations.system.durable import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.ports.mailer import Mail

_UNSAFE_NAME = re.compile(r"[^A-Za-z0-9._-]")


class OutboxMailer:
    """Writes letters as `.eml` files; the same letter again replaces itself.

    A letter that was written outlasts a power cut.
    """

    key: ClassVar[str] = "outbox"

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Write one letter, whole or not at all."""
        message = compose(mail, self._sender).as_bytes()
        name = _UNSAFE_NAME.sub("_", mail.key)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._folder / f".{name}.part"
            with draft.open("wb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / f"{name}.eml")
            for place in (self._folder, self._folder.parent):
                sync_folder(place)
        except OSError as error:
            raise ServiceUnavailable(
                "The outbox folder cannot be written; free space or correct its permissions.",
                service="mail",
            ) from error
