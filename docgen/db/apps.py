"""The Django application that owns the ledger's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from docgen.db.failure import translated

if TYPE_CHECKING:
    from collections.abc import Callable


class LedgerConfig(AppConfig):
    """Names the application `ledger`, so that table names do not depend on the package's path."""

    name = "docgen.db"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """See to it that each statement that fails does so with an error of ours."""
        connection_created.connect(_watch, dispatch_uid="docgen.db")


def _watch(*, connection: Any, **_: object) -> None:
    if _execute not in connection.execute_wrappers:
        connection.execute_wrappers.append(_execute)


def _execute(
    execute: Callable[..., object], sql: str, params: object, many: object, context: object
) -> object:
    with translated():
        return execute(sql, params, many, context)
