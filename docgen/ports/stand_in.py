"""Where appointments of stand-ins are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.stand_in import StandIn


class StandIns(Protocol):
    """Appointments of stand-ins; none is ever deleted."""

    def add(self, stand_in: StandIn) -> None:
        """Store a new appointment."""
        ...

    def locked(self, stand_in_id: str) -> StandIn:
        """Read an appointment and hold it until the transaction ends, or raise `NotFound`."""
        ...

    def save(self, stand_in: StandIn) -> None:
        """Write back what was read with `locked`."""
        ...

    def of_person(self, key: str) -> Sequence[StandIn]:
        """List the appointments of this stand-in, newest first."""
        ...

    def latest(self, limit: int) -> Sequence[StandIn]:
        """List the newest appointments, newest first."""
        ...
