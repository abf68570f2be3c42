"""The database's own failures, as errors of ours; what is a program's fault stays what it is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, OperationalError

from docgen.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the database could not do as an error of ours.

    Raises:
        StorageError: the disk is full, the file read-only, locked or damaged, or the server gone.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StorageError(
            "The database could not be used (disk full, read-only, locked, or its server gone); "
            "nothing was changed. Free space or wait, then try again."
        ) from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        raise StorageError(
            "The database file is damaged; nothing was changed. Restore it from the back-up."
        ) from error
