"""The register’s lines, which all follow from the ledger."""

from __future__ import annotations

from django.db import models


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
    disposed_on = models.DateField(null=True)

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
    enrollment_id = models.CharField(max_length=64)
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
    disposed_on = models.DateField(null=True)
    sha256 = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "register_document"
        constraints = (
            models.UniqueConstraint(fields=["packet_id", "position"], name="one_position_a_packet"),
        )
        indexes = (
            models.Index(
                fields=["effective_on", "id", "ended_on", "enrollment_id"],
                name="document_signed",
            ),
            models.Index(
                fields=["practice", "id", "enrollment_id"],
                name="document_practice",
            ),
            models.Index(
                fields=["retain_until", "id", "enrollment_id"],
                name="document_kept",
            ),
            models.Index(
                fields=["slug", "template_version", "effective_on", "ended_on", "enrollment_id"],
                name="document_template",
            ),
            models.Index(
                fields=["enrollment_id", "slug", "effective_on", "ended_on"],
                name="document_enrollment",
            ),
            models.Index(
                fields=["slug", "practice", "id", "effective_on", "ended_on"],
                name="document_slug_practice",
            ),
            models.Index(fields=["state", "effective_on", "id"], name="document_state"),
            models.Index(fields=["source", "effective_on", "id"], name="document_source"),
            models.Index(
                fields=["execution", "effective_on", "id"],
                name="document_execution",
            ),
            models.Index(fields=["slug", "effective_on", "id"], name="document_slug"),
            # Pages of everything are found by these: narrow, so that lines are soon passed over.
            models.Index(fields=["effective_on", "id"], name="document_by_day"),
            models.Index(fields=["practice", "id"], name="document_by_name"),
            # The narrowest there is, to count every line by.
            models.Index(fields=["position"], name="document_counted"),
            models.Index(
                fields=["effective_on", "id"],
                condition=models.Q(on_hold=True),
                name="document_held",
            ),
        )


class RegisterMarkRow(models.Model):
    """By which rules the register's lines were made; one row, or none before the first time."""

    rules = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "register_mark"
