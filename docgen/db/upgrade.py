"""Bring the database's tables up to date; packets in flight are kept."""

from __future__ import annotations

from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from docgen.errors import ConfigurationError


def upgrade() -> None:
    """Apply what is missing; a database that is up to date is only looked at.

    Raises:
        ConfigurationError: the database cannot be reached or written.
    """
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise ConfigurationError(
            "The database cannot be used: check [database] url, or space and permissions of the "
            "home folder."
        ) from error
