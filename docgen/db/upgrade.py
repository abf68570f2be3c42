"""Bring the database's tables up to date; packets in flight are kept."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from docgen.db import locks
from docgen.db.failure import translated
from docgen.errors import ConfigurationError, StorageError

SHARED_MEMORY = "shared_memory"  # a table of the cache, on PostgreSQL


def upgrade() -> None:
    """Apply what is missing; a database that is up to date is only looked at.

    Raises:
        ConfigurationError: the database cannot be reached or written.
    """
    try:
        with translated():
            _upgrade()
    except StorageError as error:
        raise ConfigurationError(
            "The database cannot be used: check [database] url, or space and permissions of the "
            "home folder. A damaged file is restored from the back-up."
        ) from error


def _upgrade() -> None:
    with locks.in_turn(locks.UPGRADE):
        if missing():
            call_command("migrate", interactive=False, verbosity=0)
        if locks.shared():
            call_command("createcachetable", verbosity=0)


def missing() -> bool:
    """Say whether tables are not as this version of the program wants them."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
