"""The API's tokens and answers as rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from docgen.db.codec import from_json, to_json
from docgen.db.models import ApiAnswerRow, ApiTokenRow
from docgen.domain.api_token import ApiToken
from docgen.errors import KeyReused, NotFound, StillRunning
from docgen.ports.api_access import KEPT, LEASE, Answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from docgen.ports.api_access import Asked

_RUNNING = "The same request is being carried out at this moment; ask again in a minute."


class ApiTokenRows:
    """The tokens port on the ORM."""

    def add(self, token: ApiToken) -> None:
        """Store a new token."""
        ApiTokenRow.objects.create(
            token_id=token.id,
            person=token.person,
            sha256=token.sha256,
            body=to_json(token),
            issued_at=token.issued_at,
        )

    def by_digest(self, sha256: str) -> ApiToken | None:
        """Find a token by its digest."""
        row = ApiTokenRow.objects.filter(sha256=sha256).first()
        return None if row is None else _token(row)

    def get(self, token_id: str) -> ApiToken:
        """Read a token."""
        row = ApiTokenRow.objects.filter(token_id=token_id).first()
        if row is None:
            raise NotFound("There is no token of this number.")
        return _token(row)

    def list(self, person: str = "") -> Sequence[ApiToken]:
        """List tokens, the newest first."""
        rows = ApiTokenRow.objects.order_by("-issued_at", "-pk")
        return [_token(row) for row in (rows.filter(person=person) if person else rows)]

    def revoke(self, token_id: str, at: datetime) -> bool:
        """End a token once."""
        rows = ApiTokenRow.objects.filter(token_id=token_id, revoked_at=None)
        return rows.update(revoked_at=at) > 0

    def used(self, token_id: str, on: date) -> None:
        """Note the day on which a token was last used."""
        ApiTokenRow.objects.filter(token_id=token_id).update(last_used_on=on)


def _token(row: ApiTokenRow) -> ApiToken:
    kept = from_json(row.body, ApiToken)
    return replace(kept, revoked_at=row.revoked_at, last_used_on=row.last_used_on)


class ApiAnswerRows:
    """The answers port on the ORM."""

    def claim(self, asked: Asked) -> Answer | None:
        """Take a key, or give what was answered before."""
        with transaction.atomic():
            ApiAnswerRow.objects.filter(at__lt=asked.at - KEPT).delete()
            row, is_new = ApiAnswerRow.objects.select_for_update().get_or_create(
                token_id=asked.token_id,
                key=asked.key,
                defaults={"sha256": asked.sha256, "at": asked.at},
            )
            if is_new:
                return None
            if row.sha256 != asked.sha256:
                raise KeyReused(
                    "This idempotency key came before with another request; a new request needs "
                    "a new key."
                )
            if row.status:
                return Answer(status=row.status, body=bytes(row.body))
            if asked.at - row.at < LEASE:
                raise StillRunning(_RUNNING)
            row.at = asked.at
            row.save(update_fields=["at"])
            return None

    def settle(self, asked: Asked, answer: Answer) -> None:
        """Keep the answer."""
        if not _claimed(asked).update(status=answer.status, body=answer.body):
            raise StillRunning(_RUNNING)

    def release(self, asked: Asked) -> None:
        """Give the key back."""
        _claimed(asked).delete()


def _claimed(asked: Asked) -> QuerySet[ApiAnswerRow]:
    return ApiAnswerRow.objects.filter(
        token_id=asked.token_id, key=asked.key, at=asked.at, status=0
    )
