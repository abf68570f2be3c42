"""Jobs: how workers learn of errands on PostgreSQL, by Procrastinate.

The outbox stays the truth. A job only says "look at this errand now": it commits with the errand,
it wakes a worker, its lock keeps the errands of one packet in line, and a worker that died is known
by the heartbeat that stopped. A job that is lost costs a second, because `wake_for_due` makes it
anew; one too many finds its errand carried out and ends.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import connection, transaction

from docgen.db import locks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from procrastinate.jobs import JobDeferrer

    from docgen.ports.traffic import Errand

APPLICATION = "procrastinate.contrib.django"
ERRAND = "docgen.errand"
MOST_AT_ONCE = 500
# What nobody waits for at a screen comes after everything else, one at a time.
UNHURRIED = "webhook"
LOW, HIGH = -10, 10

_UNWOKEN = """
    SELECT key, kind, payload FROM errand
    WHERE NOT is_done AND due_at <= %s AND kind = ANY(%s)
    AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job
        WHERE job.status = 'todo' AND job.queueing_lock = 'errand:' || errand.key)
    AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job
        WHERE job.status = 'doing' AND job.queueing_lock = 'errand:' || errand.key)
    ORDER BY due_at, id LIMIT %s
"""
_SETTLED = """
    DELETE FROM procrastinate_jobs AS job
    WHERE job.status IN ('todo', 'failed', 'aborted') AND job.task_name = %s
    AND NOT EXISTS (SELECT 1 FROM errand
        WHERE NOT errand.is_done AND job.queueing_lock = 'errand:' || errand.key)
"""


def wake(errand: Errand) -> None:
    """Make the job for an errand, inside the transaction that asks for it."""
    from procrastinate.exceptions import AlreadyEnqueued

    with suppress(AlreadyEnqueued), transaction.atomic():
        _job(errand.key, errand.kind, errand.payload).defer(key=errand.key)


def wake_for_due(now: datetime, kinds: Iterable[str]) -> int:
    """Make a job for each due errand that has none: what waited, failed, or lost its worker."""
    with connection.cursor() as cursor:
        cursor.execute(_UNWOKEN, [now, sorted(kinds), MOST_AT_ONCE])
        found = cursor.fetchall()
    from procrastinate.exceptions import AlreadyEnqueued

    made = 0
    for key, kind, payload in found:
        with suppress(AlreadyEnqueued), transaction.atomic():
            _job(key, kind, _mapping(payload)).defer(key=key)
            made += 1
    return made


def take_from_dead(key: str, now: datetime) -> bool:
    """Make an errand due again that a dead worker had taken; False where somebody carries it.

    Whoever carries an errand out holds its lock, however late its heartbeat is.
    """
    from docgen.db.models import ErrandRow

    with transaction.atomic():
        if not locks.is_free(errand_lock(key)):
            return False
        ErrandRow.objects.filter(key=key, is_done=False, due_at__gt=now).update(due_at=now)
    return True


def forget_settled() -> None:
    """Remove jobs whose errand is carried out, as where a sweep does the work and no worker."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, [ERRAND])


def errand_lock(key: str) -> str:
    """Name the lock that whoever carries an errand out holds."""
    return f"errand:{key}"


def _job(key: str, kind: str, payload: Mapping[str, object]) -> JobDeferrer:
    from procrastinate.contrib.django import app

    unhurried = kind == UNHURRIED
    return app.configure_task(
        ERRAND,
        lock=UNHURRIED if unhurried else _line_of(key, payload),
        queueing_lock=errand_lock(key),
        priority=LOW if unhurried else 0,
    )


def _line_of(key: str, payload: Mapping[str, object]) -> str:
    """Name what an errand is about; errands about the same thing wait for each other."""
    for name in ("packet_id", "envelope_id"):
        if payload.get(name):
            return f"{name}:{payload[name]}"
    return errand_lock(key)


def _mapping(payload: object) -> Mapping[str, object]:
    """Give a payload read without the ORM, which hands JSON over as text."""
    read = json.loads(payload) if isinstance(payload, str) else payload
    return read if isinstance(read, dict) else {}
