"""What the ledger stores of forms and packets."""

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


class AdoptionRow(models.Model):
    """The PSO's adoption of one template digest."""

    digest = models.CharField(max_length=64, unique=True)
    body = models.JSONField()

    class Meta:
        db_table = "adoption"


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
