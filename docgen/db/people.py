"""Our own people and their adoptions as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from docgen.db.accounts import keep_account
from docgen.db.codec import from_json, to_json
from docgen.db.models import AdoptionRow, PersonRow
from docgen.domain.person import Adoption, Person
from docgen.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence


class PeopleRows:
    """The people port on the ORM."""

    def put(self, person: Person) -> None:
        """Add or change a person, and what they sign in with."""
        with transaction.atomic():
            keep_account(person)
            PersonRow.objects.update_or_create(key=person.key, defaults={"body": to_json(person)})

    def get(self, key: str) -> Person:
        """Read a person."""
        row = PersonRow.objects.filter(key=key).first()
        if row is None:
            raise NotFound("No such person; add them with `docgen users add`.")
        return from_json(row.body, Person)

    def list(self) -> Sequence[Person]:
        """List everybody by key."""
        return [from_json(row.body, Person) for row in PersonRow.objects.order_by("key")]

    def add_adoption(self, adoption: Adoption) -> None:
        """Record an adoption once."""
        AdoptionRow.objects.get_or_create(
            digest=adoption.digest, defaults={"body": to_json(adoption)}
        )

    def adoption(self, digest: str) -> Adoption | None:
        """Find the adoption of a template digest."""
        row = AdoptionRow.objects.filter(digest=digest).first()
        return None if row is None else from_json(row.body, Adoption)
