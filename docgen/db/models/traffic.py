"""What comes in and goes out: errands, reports, envelopes of the own signer, callbacks."""

from __future__ import annotations

from django.db import models


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


class WebhookEndpointRow(models.Model):
    """One address that is told of activities; its secrets lie sealed in `body`."""

    endpoint_id = models.CharField(max_length=64, unique=True)
    is_on = models.BooleanField(db_index=True)
    body = models.JSONField()

    class Meta:
        db_table = "webhook_endpoint"


class WebhookDispatchRow(models.Model):
    """One activity told to one address, with every try."""

    dispatch_id = models.CharField(max_length=64, unique=True)
    endpoint_id = models.CharField(max_length=64, db_index=True)
    body = models.JSONField()

    class Meta:
        db_table = "webhook_dispatch"
