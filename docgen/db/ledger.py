"""The ledger port, whole."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction

from docgen.db import locks
from docgen.db.api_access import ApiAnswerRows, ApiTokenRows
from docgen.db.batches import BatchRows
from docgen.db.ceremonies import CeremonyRows
from docgen.db.collectors import CollectorRows
from docgen.db.failure import translated
from docgen.db.guests import FormGuestRows
from docgen.db.history import HistoryRows
from docgen.db.packets import EnrollmentRows, PacketRows
from docgen.db.people import PeopleRows
from docgen.db.projection import Projection
from docgen.db.stand_ins import StandInRows
from docgen.db.traffic import DeliveryRows, ErrandRows
from docgen.db.watch import DatabaseWatch
from docgen.db.webhooks import WebhookRows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from docgen.ports.api_access import ApiAnswers, ApiTokens
    from docgen.ports.ledger import (
        Batches,
        Ceremonies,
        Collectors,
        Enrollments,
        FormGuests,
        History,
        Packets,
        People,
    )
    from docgen.ports.stand_in import StandIns
    from docgen.ports.traffic import Deliveries, Errands
    from docgen.ports.watch import Watch
    from docgen.ports.webhooks import Webhooks


class DatabaseLedger:
    """The ledger on whichever database Django was configured with; it keeps the register in step.

    `zone` is the time zone in which the PSO counts days.
    """

    def __init__(self, zone: str = "UTC") -> None:
        self.projection = Projection(zone)
        self.enrollments: Enrollments = EnrollmentRows(self.projection)
        self.packets: Packets = PacketRows(self.projection)
        self.people: People = PeopleRows()
        self.history: History = HistoryRows(self.projection)
        self.errands: Errands = ErrandRows()
        self.deliveries: Deliveries = DeliveryRows()
        self.ceremonies: Ceremonies = CeremonyRows()
        self.collectors: Collectors = CollectorRows()
        self.batches: Batches = BatchRows()
        self.form_guests: FormGuests = FormGuestRows()
        self.webhooks: Webhooks = WebhookRows()
        self.api_tokens: ApiTokens = ApiTokenRows()
        self.api_answers: ApiAnswers = ApiAnswerRows()
        self.stand_ins: StandIns = StandInRows()
        self.watch: Watch = DatabaseWatch()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open a write transaction; nested ones join the outer."""
        with translated(), transaction.atomic(), self.projection.gathering():
            yield

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock of the database session, if nobody else has it."""
        return locks.held(name)

    def in_turn(self, name: str) -> AbstractContextManager[None]:
        """Wait for a lock of the database session."""
        return locks.in_turn(name)
