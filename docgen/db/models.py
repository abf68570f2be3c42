"""The ledger's tables; values of the domain are stored whole, with columns for what is searched."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac


class EnrollmentVersionRow(models.Model):
    """One version of an enrollment, never updated."""

    enrollment_id = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    record = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    practice = models.CharField(max_length=200)
    is_draft = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        db_table = "enrollment_version"
        constraints = (
            models.UniqueConstraint(fields=["enrollment_id", "version"], name="one_version"),
        )


class PacketRow(models.Model):
    """A packet; `body` holds the whole value, the other columns find it."""

    packet_id = models.CharField(max_length=64, unique=True)
    enrollment_id = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=32, db_index=True)
    service = models.CharField(max_length=32, default="")
    envelope_id = models.CharField(max_length=128, default="")
    body = models.JSONField()

    class Meta:
        db_table = "packet"
        indexes = (models.Index(fields=["service", "envelope_id"], name="packet_envelope"),)


class FactRow(models.Model):
    """One fact known about a packet's envelope."""

    packet_id = models.CharField(max_length=64)
    signal = models.CharField(max_length=32)
    recipient = models.CharField(max_length=64)

    class Meta:
        db_table = "envelope_fact"
        constraints = (
            models.UniqueConstraint(fields=["packet_id", "signal", "recipient"], name="one_fact"),
        )


class ApprovalRow(models.Model):
    """One person's approval of one plan, in one capacity."""

    packet_id = models.CharField(max_length=64)
    plan_checksum = models.CharField(max_length=64)
    capacity = models.CharField(max_length=32)
    person = models.CharField(max_length=64)
    body = models.JSONField()

    class Meta:
        db_table = "approval"
        constraints = (
            models.UniqueConstraint(
                fields=["packet_id", "plan_checksum", "capacity", "person"], name="one_approval"
            ),
        )


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


class AdoptionRow(models.Model):
    """The PSO's adoption of one template digest."""

    digest = models.CharField(max_length=64, unique=True)
    body = models.JSONField()

    class Meta:
        db_table = "adoption"


class ActivityRow(models.Model):
    """One activity of the history, never updated."""

    seq = models.PositiveBigIntegerField(unique=True)
    subject = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    leaf_hash = models.BinaryField()
    body = models.JSONField()

    class Meta:
        db_table = "activity"
        constraints = (
            models.UniqueConstraint(fields=["subject", "position"], name="one_position"),
        )


class CheckpointRow(models.Model):
    """A signed checkpoint of the history's log, never updated."""

    size = models.PositiveBigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    at = models.DateTimeField()
    time_stamp = models.BinaryField(default=b"")

    class Meta:
        db_table = "checkpoint"


class ErrandRow(models.Model):
    """One entry of the outbox."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=32)
    payload = models.JSONField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        db_table = "errand"
        indexes = (models.Index(fields=["is_done", "due_at"], name="errand_due"),)


class DeliveryRow(models.Model):
    """One believed callback, as received."""

    service = models.CharField(max_length=32)
    delivery_id = models.CharField(max_length=200)
    headers = models.JSONField()
    body = models.BinaryField()
    received_at = models.DateTimeField()
    packet_id = models.CharField(max_length=64, default="", db_index=True)
    is_settled = models.BooleanField(default=False, db_index=True)

    class Meta:
        db_table = "delivery"
        constraints = (
            models.UniqueConstraint(fields=["service", "delivery_id"], name="one_delivery"),
        )


class CeremonyRow(models.Model):
    """One envelope of the own signer."""

    envelope_id = models.CharField(max_length=64, unique=True)
    idempotency_key = models.CharField(max_length=128, unique=True)
    is_running = models.BooleanField(db_index=True)
    body = models.JSONField()

    class Meta:
        db_table = "ceremony"


class BatchRow(models.Model):
    """One act asked for many subjects at once."""

    batch_id = models.CharField(max_length=64, unique=True)
    act = models.CharField(max_length=32)
    person = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "batch"


class BatchLineRow(models.Model):
    """One subject of a batch and what came of it."""

    batch_id = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    body = models.JSONField()

    class Meta:
        db_table = "batch_line"
        constraints = (
            models.UniqueConstraint(fields=["batch_id", "position"], name="one_batch_line"),
        )


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


class RegisterLineRow(models.Model):
    """One line of the register whole, and what the lines above it need of it."""

    subject = models.CharField(max_length=64, unique=True)  # an enrollment's or a packet's id
    enrollment_id = models.CharField(max_length=64, db_index=True)
    is_packet = models.BooleanField()
    line = models.JSONField()
    facts = models.JSONField()

    class Meta:
        db_table = "register_line"


class RegisterWordsRow(models.Model):
    """Everything an enrollment can be found by, folded; narrow, because it is read through."""

    enrollment_id = models.CharField(max_length=64, unique=True)
    words = models.TextField()

    class Meta:
        db_table = "register_words"


class RegisterEnrollmentRow(models.Model):
    """What enrollments are filtered, sorted and counted by."""

    enrollment_id = models.CharField(max_length=64, unique=True)
    practice = models.CharField(max_length=200)  # folded, for sorting
    is_draft = models.BooleanField(db_index=True)
    stage = models.CharField(max_length=16, db_index=True)
    status = models.CharField(max_length=16, db_index=True)
    waits_on = models.CharField(max_length=24)
    need = models.CharField(max_length=24)
    waiting_since = models.DateTimeField()
    due_on = models.DateField(null=True, db_index=True)
    alerts = models.CharField(max_length=120, default="")  # each between spaces
    changed_at = models.DateTimeField()
    contracting_days = models.PositiveIntegerField(null=True)
    onboarding_days = models.PositiveIntegerField(null=True)
    implementation_days = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "register_enrollment"
        indexes = (
            models.Index(fields=["changed_at", "enrollment_id"], name="enrollment_changed"),
            models.Index(fields=["practice", "enrollment_id"], name="enrollment_practice"),
            models.Index(fields=["waits_on", "need", "waiting_since"], name="enrollment_waits"),
        )


class RegisterPacketRow(models.Model):
    """What packets are filtered, sorted and counted by."""

    packet_id = models.CharField(max_length=64, unique=True)
    enrollment_id = models.CharField(max_length=64, db_index=True)
    practice = models.CharField(max_length=200)  # folded, for sorting
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=32, db_index=True)
    waits_on = models.CharField(max_length=24)
    need = models.CharField(max_length=24)
    waiting_since = models.DateTimeField()
    countersigner = models.CharField(max_length=254, default="")  # whose turn it is, folded
    departs = models.BooleanField()
    service = models.CharField(max_length=32, default="")
    templates = models.CharField(max_length=400, default="")  # slug@version, each between spaces
    alerts = models.CharField(max_length=120, default="")  # each between spaces
    is_alerted = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    effective_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    retain_until = models.DateField(null=True, db_index=True)
    on_hold = models.BooleanField(default=False)

    class Meta:
        db_table = "register_packet"
        indexes = (
            models.Index(fields=["changed_at", "packet_id"], name="packet_changed"),
            models.Index(fields=["created_at", "packet_id"], name="packet_created"),
            models.Index(fields=["practice", "packet_id"], name="packet_practice"),
            models.Index(fields=["effective_on", "packet_id"], name="packet_effective"),
            models.Index(fields=["waits_on", "need", "waiting_since"], name="packet_waits"),
            models.Index(
                fields=["changed_at", "packet_id"],
                condition=models.Q(is_alerted=True),
                name="packet_alerted",
            ),
        )


class RegisterDocumentRow(models.Model):
    """One executed document; narrow, because there are the most of these."""

    packet_id = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    enrollment_id = models.CharField(max_length=64, db_index=True)
    practice = models.CharField(max_length=200)  # folded, for sorting
    slug = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=24)
    template_version = models.CharField(max_length=32, default="")
    execution = models.CharField(max_length=16, default="")
    state = models.CharField(max_length=32)
    effective_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    retain_until = models.DateField(null=True)
    on_hold = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "register_document"
        constraints = (
            models.UniqueConstraint(fields=["packet_id", "position"], name="one_position_a_packet"),
        )
        indexes = (
            models.Index(
                fields=["effective_on", "packet_id", "position", "ended_on"],
                name="document_signed",
            ),
            models.Index(fields=["practice", "packet_id", "position"], name="document_practice"),
            models.Index(fields=["retain_until", "packet_id", "position"], name="document_kept"),
            models.Index(
                fields=["slug", "template_version", "effective_on", "ended_on", "enrollment_id"],
                name="document_template",
            ),
        )


class RegisterMarkRow(models.Model):
    """By which rules the register's lines were made; one row, or none before the first time."""

    rules = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "register_mark"
