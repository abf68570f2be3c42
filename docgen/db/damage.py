"""Whether the database file itself is whole."""

from __future__ import annotations

from django.db import connection


def is_damaged() -> bool:
    """Tell whether SQLite finds pages of its file damaged; a server looks after its own."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        return bool(cursor.fetchone() != ("ok",))
