"""Invitations to fill in a form, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.db.codec import from_json, to_json
from docgen.db.models import FormGuestRow
from docgen.domain.form_guest import FormGuest
from docgen.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence


class FormGuestRows:
    """The form guests port on the ORM."""

    def add(self, guest: FormGuest) -> None:
        """Store a new invitation."""
        FormGuestRow.objects.create(
            guest_id=guest.id,
            enrollment_id=guest.enrollment_id,
            email=guest.email.casefold(),
            body=to_json(guest),
        )

    def get(self, guest_id: str) -> FormGuest:
        """Read an invitation."""
        row = FormGuestRow.objects.filter(guest_id=guest_id).first()
        if row is None:
            raise NotFound("There is no invitation of this number.")
        return from_json(row.body, FormGuest)

    def locked(self, guest_id: str) -> FormGuest:
        """Read an invitation and hold it until the transaction ends."""
        row = FormGuestRow.objects.select_for_update().filter(guest_id=guest_id).first()
        if row is None:
            raise NotFound("There is no invitation of this number.")
        return from_json(row.body, FormGuest)

    def save(self, guest: FormGuest) -> None:
        """Write back what was read with `locked`."""
        rows = FormGuestRow.objects.filter(guest_id=guest.id)
        rows.update(enrollment_id=guest.enrollment_id, body=to_json(guest))

    def of_enrollment(self, enrollment_id: str) -> Sequence[FormGuest]:
        """List who was invited to a form, first invited first."""
        rows = FormGuestRow.objects.filter(enrollment_id=enrollment_id).order_by("pk")
        return [from_json(row.body, FormGuest) for row in rows]

    def of_email(self, email: str) -> Sequence[FormGuest]:
        """List the invitations of an address, newest first, at most twenty."""
        rows = FormGuestRow.objects.filter(email=email.casefold()).order_by("-pk")[:20]
        return [from_json(row.body, FormGuest) for row in rows]
