"""The history and what is signed over it."""

from __future__ import annotations

from django.db import models


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


class LogNodeRow(models.Model):
    """One node of the log's tree over 256^level activities, never updated."""

    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "log_node"
        constraints = (models.UniqueConstraint(fields=["level", "number"], name="one_node"),)


class CheckpointRow(models.Model):
    """A signed checkpoint of the history's log, never updated."""

    size = models.PositiveBigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    at = models.DateTimeField()
    time_stamp = models.BinaryField(default=b"")

    class Meta:
        db_table = "checkpoint"
