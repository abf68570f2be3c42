"""The ledger port, whole."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction

from docgen.db.ceremonies import CeremonyRows
from docgen.db.failure import translated
from docgen.db.history import HistoryRows
from docgen.db.packets import EnrollmentRows, PacketRows
from docgen.db.people import PeopleRows
from docgen.db.traffic import DeliveryRows, ErrandRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.ports.ledger import (
        Ceremonies,
        Deliveries,
        Enrollments,
        Errands,
        History,
        Packets,
        People,
    )


class DatabaseLedger:
    """The ledger on whichever database Django was configured with."""

    def __init__(self) -> None:
        self.enrollments: Enrollments = EnrollmentRows()
        self.packets: Packets = PacketRows()
        self.people: People = PeopleRows()
        self.history: History = HistoryRows()
        self.errands: Errands = ErrandRows()
        self.deliveries: Deliveries = DeliveryRows()
        self.ceremonies: Ceremonies = CeremonyRows()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open a write transaction; nested ones join the outer."""
        with translated(), transaction.atomic():
            yield
