"""Locks that several processes share: PostgreSQL's advisory locks, held by a database session.

Whoever dies loses its session and with it every lock, so nothing has to be cleaned up. SQLite has
no such locks and needs none: one process serves there, and its write transactions take turns.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, connection

from docgen.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

UPGRADE = "upgrade"


def shared() -> bool:
    """Say whether several processes on several machines may work on this database."""
    return connection.vendor == "postgresql"


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Hold a lock while the block runs; give False, and hold nothing, when another has it."""
    if not shared():
        yield True
        return
    got = bool(_ask("SELECT pg_try_advisory_lock(%s)", name))
    try:
        yield got
    finally:
        if got:
            _let_go(name)


@contextmanager
def in_turn(name: str) -> Iterator[None]:
    """Wait until nobody else holds the lock, then hold it while the block runs."""
    if not shared():
        yield
        return
    _ask("SELECT pg_advisory_lock(%s)", name)
    try:
        yield
    finally:
        _let_go(name)


def is_free(name: str) -> bool:
    """Say whether nobody holds the lock, inside a transaction at whose end it is let go again."""
    return bool(_ask("SELECT pg_try_advisory_xact_lock(%s)", name))


def number(name: str) -> int:
    """Give the number by which PostgreSQL knows a lock; two names never share one in practice."""
    digest = hashlib.sha256(f"docgen:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _let_go(name: str) -> None:
    with suppress(DatabaseError, InterfaceError, StorageError):  # a session that is gone held it
        _ask("SELECT pg_advisory_unlock(%s)", name)


def _ask(statement: str, name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, [number(name)])
        row = cursor.fetchone()
    return row[0] if row else None
