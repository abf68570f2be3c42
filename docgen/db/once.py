"""Forms that were carried out, remembered for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.db.models import OnceRow

if TYPE_CHECKING:
    from datetime import datetime

KEPT = timedelta(days=1)


class OnceRows:
    """The acts of one person, by the token of the form that asked for them."""

    def __init__(self, person: str) -> None:
        self._mine = OnceRow.objects.filter(person=person)
        self._person = person

    def find(self, token: str) -> str | None:
        """Give where a form's act led, if it was carried out."""
        row = self._mine.filter(token=token).first()
        return None if row is None else row.place

    def claim(self, token: str, at: datetime) -> str | None:
        """Take a form's token, inside a transaction; a known one gives where its act led.

        Another claim of the same token waits until this transaction ends.
        """
        OnceRow.objects.filter(at__lt=at - KEPT).delete()
        row, is_new = OnceRow.objects.get_or_create(
            person=self._person, token=token, defaults={"place": "", "at": at}
        )
        return None if is_new else row.place

    def settle(self, token: str, place: str) -> None:
        """Remember where the act led."""
        self._mine.filter(token=token).update(place=place)
