"""Addresses of callbacks to other systems, and what each was told."""

from django.db import migrations, models


def _id():
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_stand_in")]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpointRow",
            fields=[
                _id(),
                ("endpoint_id", models.CharField(max_length=64, unique=True)),
                ("is_on", models.BooleanField(db_index=True)),
                ("body", models.JSONField()),
            ],
            options={"db_table": "webhook_endpoint"},
        ),
        migrations.CreateModel(
            name="WebhookDispatchRow",
            fields=[
                _id(),
                ("dispatch_id", models.CharField(max_length=64, unique=True)),
                ("endpoint_id", models.CharField(db_index=True, max_length=64)),
                ("body", models.JSONField()),
            ],
            options={"db_table": "webhook_dispatch"},
        ),
    ]
