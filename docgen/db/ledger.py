"""The ledger port, whole."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction

from docgen.db.ceremonies import CeremonyRows
from docgen.db.history import HistoryRows
from docgen.db.packets import EnrollmentRows, PacketRows
from docgen.db.people import PeopleRows
from docgen.db.traffic import DeliveryRows, ErrandRows
from docgen.errors import StorageError

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
        try:
            with transaction.atomic():
                yield
        except OperationalError as error:
            raise StorageError(
                "The database could not store the change (disk full, read-only or locked); "
                "nothing was changed. Free space or wait, then try again."
            ) from error
