"""Envelopes of the own signer as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.db.codec import from_json, to_json
from docgen.db.models import CeremonyRow
from docgen.domain.ceremony import Ceremony
from docgen.errors import NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence


class CeremonyRows:
    """The ceremonies port on the ORM."""

    def add(self, ceremony: Ceremony) -> None:
        """Store a new envelope."""
        _, created = CeremonyRow.objects.get_or_create(
            idempotency_key=ceremony.idempotency_key,
            defaults={"envelope_id": ceremony.envelope_id, **_columns(ceremony)},
        )
        if not created:
            raise Refused("An envelope with this key is already open.")

    def get(self, envelope_id: str) -> Ceremony:
        """Read an envelope."""
        return _ceremony(CeremonyRow.objects.filter(envelope_id=envelope_id).first())

    def locked(self, envelope_id: str) -> Ceremony:
        """Read an envelope and hold it until the transaction ends."""
        rows = CeremonyRow.objects.select_for_update().filter(envelope_id=envelope_id)
        return _ceremony(rows.first())

    def save(self, ceremony: Ceremony) -> None:
        """Write back an envelope."""
        rows = CeremonyRow.objects.filter(envelope_id=ceremony.envelope_id)
        if not rows.update(**_columns(ceremony)):
            raise NotFound(_NO_ENVELOPE)

    def by_key(self, idempotency_key: str) -> Ceremony | None:
        """Find an envelope by its sender's key."""
        row = CeremonyRow.objects.filter(idempotency_key=idempotency_key).first()
        return None if row is None else _ceremony(row)

    def running(self) -> Sequence[Ceremony]:
        """List envelopes that have not ended."""
        return [_ceremony(row) for row in CeremonyRow.objects.filter(is_running=True)]


_NO_ENVELOPE = "No envelope is stored under this id."


def _ceremony(row: CeremonyRow | None) -> Ceremony:
    if row is None:
        raise NotFound(_NO_ENVELOPE)
    return from_json(row.body, Ceremony)


def _columns(ceremony: Ceremony) -> dict[str, object]:
    return {"is_running": ceremony.ended is None, "body": to_json(ceremony)}
