"""The Django application that owns the pages."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the application whose templates and assets are served."""

    name = "docgen.web"
    label = "web"

    def ready(self) -> None:
        """Write signing in and out into the history."""
        from docgen.web.account.activities import connect

        connect()
