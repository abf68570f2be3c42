"""Lines that are equal otherwise stand in the order they came; their indexes are narrower for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0013_search"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="registerdocumentrow",
            name="document_signed",
        ),
        migrations.RemoveIndex(
            model_name="registerdocumentrow",
            name="document_practice",
        ),
        migrations.RemoveIndex(
            model_name="registerdocumentrow",
            name="document_kept",
        ),
        migrations.RemoveIndex(
            model_name="registerdocumentrow",
            name="document_slug_practice",
        ),
        migrations.RemoveIndex(
            model_name="registerdocumentrow",
            name="document_state",
        ),
        migrations.RemoveIndex(
            model_name="registerdocumentrow",
            name="document_source",
        ),
        migrations.RemoveIndex(
            model_name="registerdocumentrow",
            name="document_execution",
        ),
        migrations.RemoveIndex(
            model_name="registerdocumentrow",
            name="document_slug",
        ),
        migrations.RemoveIndex(
            model_name="registerdocumentrow",
            name="document_held",
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["effective_on", "id", "ended_on", "enrollment_id"], name="document_signed"
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["practice", "id", "enrollment_id"], name="document_practice"
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["retain_until", "id", "enrollment_id"], name="document_kept"
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["slug", "practice", "id", "effective_on", "ended_on"],
                name="document_slug_practice",
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(fields=["state", "effective_on", "id"], name="document_state"),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(fields=["source", "effective_on", "id"], name="document_source"),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["execution", "effective_on", "id"], name="document_execution"
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(fields=["slug", "effective_on", "id"], name="document_slug"),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(fields=["effective_on", "id"], name="document_by_day"),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(fields=["practice", "id"], name="document_by_name"),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                condition=models.Q(("on_hold", True)),
                fields=["effective_on", "id"],
                name="document_held",
            ),
        ),
    ]
