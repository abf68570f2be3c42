"""The ledger's tables; values of the domain are stored whole, with columns for what is searched."""

from __future__ import annotations

from django.db import models


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
