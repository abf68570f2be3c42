"""The database's own failures, as errors of ours; what is a program's fault stays what it is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, OperationalError

from docgen.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNUSABLE = (
    "The database could not be used (disk full, read-only, locked, or its server gone); nothing "
    "was changed. Free space or wait, then try again."
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the database could not do as an error of ours.

    Raises:
        StorageError: the disk is full, the file read-only, locked or damaged, or the server gone.
    """
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        failure = storage_failure(error)
        if failure is None:
            raise
        raise failure from error


def storage_failure(error: Exception) -> StorageError | None:
    """Give a failure of the database itself as an error of ours; None for anything else."""
    if isinstance(error, OperationalError | InterfaceError):
        return StorageError(_UNUSABLE)
    if type(error) is DatabaseError:
        return StorageError(
            "The database file is damaged; nothing was changed. Restore it from the back-up."
        )
    return None
