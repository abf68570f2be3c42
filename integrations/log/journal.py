"""The journal of signed checkpoints: one line each, appended to a file outside the database."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from docgen.errors import StorageError
from docgen.ports.log import Journaled
from integrations.system.durable import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

_TAIL = 64 * 1024  # so many of the newest lines hold the largest, however many write at once


class FileJournal:
    """Appends and flushes; several processes may share the file.

    A line that cannot be read is a write that never ended, and is passed over.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def last(self) -> Journaled | None:
        """Read the newest lines and give the largest checkpoint among them."""
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL))
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(
                "The journal of checkpoints cannot be read; check its disk and permissions. "
                "Nothing was signed."
            ) from error
        points = [point for line in lines if (point := _parse(line)) is not None]
        return max(points, key=lambda point: point.size, default=None)

    def add(self, point: Journaled, *, note_sha256: str, time_stamp_sha256: str) -> None:
        """Append one line and flush it to the disk."""
        told = {
            "size": point.size,
            "root": point.root,
            "note_sha256": note_sha256,
            "time_stamp_sha256": time_stamp_sha256,
        }
        line = b"\n" + json.dumps(told).encode() + b"\n"  # begins anew after a torn one
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, line)
                os.fsync(handle)
            finally:
                os.close(handle)
            sync_folder(self._path.parent)
        except OSError as error:
            raise StorageError(
                "The journal of checkpoints cannot be written; free space on its disk or correct "
                "its permissions, then try again."
            ) from error


def _parse(line: bytes) -> Journaled | None:
    try:
        told = json.loads(line)
        return Journaled(size=int(told["size"]), root=str(told["root"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
