"""The Django application that owns the ledger's tables."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Names the application `ledger`, so that table names do not depend on the package's path."""

    name = "docgen.db"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
