"""The first run: an address that only the terminal knows, while there is no administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.person import Role

if TYPE_CHECKING:
    from docgen.services.office import Office


def setup_path(office: Office) -> str | None:
    """Give the path of the setup page; None once somebody manages people here.

    The address follows from the site's own key, so every process knows it and nothing is stored;
    it opens only until it was used.
    """
    if has_administrator(office):
        return None
    from django.utils.crypto import salted_hmac

    token = salted_hmac("docgen.setup", "first administrator", algorithm="sha256").hexdigest()
    return f"/setup/{token}"


def has_administrator(office: Office) -> bool:
    """Say whether anybody can manage people."""
    people = office.ledger.people.list()
    return any(item.is_active and Role.ADMINISTRATOR in item.roles for item in people)
