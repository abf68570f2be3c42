"""Our own people, their accounts and tokens, and those invited from outside."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac


class PersonRow(models.Model):
    """One of our own people."""

    key = models.CharField(max_length=64, unique=True)
    body = models.JSONField()

    class Meta:
        db_table = "person"


class Account(AbstractBaseUser):
    """What one of our people signs in with: a code by mail, a passkey or the house's own sign-in.

    It holds no name and no role; those are the person's. There is no password to lose.
    """

    password = None  # type: ignore[assignment]  # the base class has one; nobody here does
    key = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "key"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        db_table = "account"
        constraints = (models.UniqueConstraint(Lower("email"), name="one_address"),)

    def has_usable_password(self) -> bool:
        """Say no: nobody signs in by password."""
        return False

    def check_password(self, raw_password: str) -> bool:  # noqa: ARG002  # no word opens it
        """Refuse every password."""
        return False

    def get_session_auth_hash(self) -> str:
        """Bind sessions to the address, so that changing it ends them."""
        return salted_hmac("docgen.account", f"{self.key}:{self.email}").hexdigest()


class OnceRow(models.Model):
    """One form that was carried out, so that sending it again does nothing."""

    token = models.CharField(max_length=64)
    person = models.CharField(max_length=64)
    place = models.CharField(max_length=500)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "once"
        constraints = (models.UniqueConstraint(fields=["person", "token"], name="one_act"),)


class StandInRow(models.Model):
    """One appointment of somebody who stands in for the PSO's countersigner."""

    stand_in_id = models.CharField(max_length=64, unique=True)
    person = models.CharField(max_length=64, db_index=True)
    body = models.JSONField()

    class Meta:
        db_table = "stand_in"


class ApiTokenRow(models.Model):
    """One token of the API, by its digest."""

    token_id = models.CharField(max_length=64, unique=True)
    person = models.CharField(max_length=64, db_index=True)
    sha256 = models.CharField(max_length=64, unique=True)
    body = models.JSONField()
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        db_table = "api_token"


class ApiAnswerRow(models.Model):
    """One request of the API with an idempotency key; status 0 while it is carried out."""

    token_id = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "api_answer"
        constraints = (models.UniqueConstraint(fields=["token_id", "key"], name="one_answer"),)


class CollectorRow(models.Model):
    """One entitled person's visits to a packet's executed copies."""

    packet_id = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    body = models.JSONField()

    class Meta:
        db_table = "collector"
        constraints = (models.UniqueConstraint(fields=["packet_id", "key"], name="one_collector"),)


class FormGuestRow(models.Model):
    """One invitation to fill in a practice's form."""

    guest_id = models.CharField(max_length=64, unique=True)
    enrollment_id = models.CharField(max_length=64, db_index=True)
    email = models.CharField(max_length=254, db_index=True)
    body = models.JSONField()

    class Meta:
        db_table = "form_guest"
