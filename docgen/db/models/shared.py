"""What the processes of one site tell each other."""

from __future__ import annotations

from django.db import models


class FloodRow(models.Model):
    """How often one client tried one thing, for ten minutes; the client is a keyed digest."""

    key = models.CharField(max_length=64, unique=True)
    began_at = models.DateTimeField(db_index=True)
    tries = models.PositiveIntegerField()

    class Meta:
        db_table = "flood_count"


class MarkRow(models.Model):
    """When something that must happen again and again last happened."""

    name = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "site_mark"
