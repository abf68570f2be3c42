"""Appointments of stand-ins as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.db.codec import from_json, to_json
from docgen.db.models import StandInRow
from docgen.domain.stand_in import StandIn
from docgen.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

_NONE = "There is no appointment of this number."


class StandInRows:
    """The stand-ins port on the ORM."""

    def add(self, stand_in: StandIn) -> None:
        """Store a new appointment."""
        StandInRow.objects.create(
            stand_in_id=stand_in.id, person=stand_in.person, body=to_json(stand_in)
        )

    def locked(self, stand_in_id: str) -> StandIn:
        """Read an appointment and hold it until the transaction ends."""
        row = StandInRow.objects.select_for_update().filter(stand_in_id=stand_in_id).first()
        if row is None:
            raise NotFound(_NONE)
        return from_json(row.body, StandIn)

    def save(self, stand_in: StandIn) -> None:
        """Write back what was read with `locked`."""
        rows = StandInRow.objects.filter(stand_in_id=stand_in.id)
        if not rows.update(body=to_json(stand_in)):
            raise NotFound(_NONE)

    def of_person(self, key: str) -> Sequence[StandIn]:
        """List the appointments of this stand-in, newest first."""
        rows = StandInRow.objects.filter(person=key).order_by("-pk")
        return [from_json(row.body, StandIn) for row in rows]

    def latest(self, limit: int) -> Sequence[StandIn]:
        """List the newest appointments, newest first."""
        rows = StandInRow.objects.order_by("-pk")[:limit]
        return [from_json(row.body, StandIn) for row in rows]
