"""A ledger without a row, as a test begins."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction

# Whatever we write into, and what hangs on people's accounts.
WRITTEN = ("ledger", "account", "mfa", "socialaccount")


def empty_ledger() -> None:
    """Delete every row of the ledger, in one transaction: each by itself would wait for the disk.

    Nothing is asked of rows that all go; what points at what is looked at as the transaction ends.
    """
    models = (model for name in WRITTEN for model in apps.get_app_config(name).get_models())
    with transaction.atomic(), connection.cursor() as cursor:
        for model in models:
            name = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608  # a table of ours
