"""The watch port: a handful of counting queries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, Max, Q

from docgen.db import locks
from docgen.db.models import (
    ActivityRow,
    CheckpointRow,
    DeliveryRow,
    ErrandRow,
    MarkRow,
    PacketRow,
)
from docgen.db.upgrade import missing
from docgen.ports.watch import LATE, ErrandFigures, Figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

ALIVE = timedelta(seconds=60)  # since a worker's last heartbeat; it beats three times in this


class DatabaseWatch:
    """Counts on the ORM, and workers and jobs where Procrastinate keeps them."""

    def figures(self, now: datetime) -> Figures:
        """Count."""
        latest = CheckpointRow.objects.order_by("-size").first()
        numbered = ActivityRow.objects.aggregate(last=Max("seq"))["last"]
        return Figures(
            packets=_counted(PacketRow.objects.all(), "state"),
            errands=_errands(now),
            callbacks=_counted(DeliveryRow.objects.all(), "service"),
            callbacks_pending=DeliveryRow.objects.filter(is_settled=False).count(),
            marks=dict(MarkRow.objects.values_list("name", "at")),
            checkpoint_at=latest.at if latest else None,
            activities=0 if numbered is None else numbered + 1,
            workers=_workers() if locks.shared() else None,
            jobs=_jobs() if locks.shared() else {},
        )

    def mark(self, name: str, at: datetime) -> None:
        """Write one row."""
        MarkRow.objects.update_or_create(name=name, defaults={"at": at})

    def is_current(self) -> bool:
        """Compare what was applied with what there is to apply."""
        return not missing()


def _counted(rows: QuerySet[PacketRow] | QuerySet[DeliveryRow], field: str) -> Mapping[str, int]:
    return dict(rows.order_by(field).values_list(field).annotate(number=Count("pk")))


def _errands(now: datetime) -> Mapping[str, ErrandFigures]:
    found = (
        ErrandRow.objects.filter(is_done=False)
        .order_by("kind")
        .values_list("kind")
        .annotate(
            number=Count("pk"),
            due=Count("pk", filter=Q(due_at__lte=now)),
            late=Count("pk", filter=Q(due_at__lte=now - LATE)),
            failed=Count("pk", filter=Q(attempts__gt=0)),
        )
    )
    return {
        kind: ErrandFigures(open=number, due=due, late=late, failed=failed)
        for kind, number, due, late, failed in found
    }


def _workers() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers "
            "WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [ALIVE.total_seconds()],
        )
        return int(cursor.fetchone()[0])


def _jobs() -> Mapping[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
        return {str(status): int(number) for status, number in cursor.fetchall()}
