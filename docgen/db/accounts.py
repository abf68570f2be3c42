"""Who may sign in: one account for each of our people, kept in step with the people themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from docgen.db.models import Account
from docgen.errors import Refused

if TYPE_CHECKING:
    from docgen.domain.person import Person


def keep_account(person: Person) -> None:
    """Add or change a person's account; a changed address takes the old one's access away.

    Raises:
        Refused: another person has this e-mail address.
    """
    email = person.email.lower()
    try:
        with transaction.atomic():
            account, _ = Account.objects.update_or_create(
                key=person.key, defaults={"email": email, "is_active": person.is_active}
            )
    except IntegrityError as error:
        raise Refused(
            "Another person has this e-mail address already; each needs one of their own, because "
            "sign-in codes go there."
        ) from error
    _keep_address(account)


def _keep_address(account: Account) -> None:
    """Leave exactly one address to sign in with; an administrator vouches for it."""
    from allauth.account.models import EmailAddress

    known = EmailAddress.objects.filter(user_id=account.pk)
    known.exclude(email=account.email).delete()
    EmailAddress.objects.get_or_create(
        user_id=account.pk,
        email=account.email,
        defaults={"verified": True, "primary": True},
    )
