"""What an authority has withdrawn, and when: one line each in a file that only grows."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

from docgen.errors import ConfigurationError
from integrations.system.durable import sync_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REVOKED = "revoked.txt"


class Revocations:
    """The list in an authority's folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / REVOKED

    def add(self, serial: int, *, at: datetime) -> None:
        """Withdraw a certificate from this moment on; an earlier moment stays.

        Raises:
            ConfigurationError: the folder cannot be written.
        """
        line = f"{serial:x} {at.isoformat()}\n".encode()
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(self._path.parent)
        except OSError as error:
            raise ConfigurationError(
                "The signing authority's folder cannot be written; check its permissions."
            ) from error

    def read(self) -> Mapping[int, datetime]:
        """Give each serial number with the moment from which it is withdrawn.

        Raises:
            ConfigurationError: the list is damaged.
        """
        found: dict[int, datetime] = {}
        try:
            for line in self._path.read_text("ascii").splitlines():
                serial, when = line.split(" ")
                moment = datetime.fromisoformat(when)
                found[int(serial, 16)] = min(moment, found.get(int(serial, 16), moment))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(
                f"The file {REVOKED} of the signing authority is damaged; restore it from the "
                "back-up of the keys."
            ) from error
        return found
