"""Tokens of the API, and what it answered to requests with an idempotency key."""

from django.db import migrations, models


def _id():
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_form_guest")]

    operations = [
        migrations.CreateModel(
            name="ApiTokenRow",
            fields=[
                _id(),
                ("token_id", models.CharField(max_length=64, unique=True)),
                ("person", models.CharField(db_index=True, max_length=64)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("body", models.JSONField()),
                ("issued_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_on", models.DateField(null=True)),
            ],
            options={"db_table": "api_token"},
        ),
        migrations.CreateModel(
            name="ApiAnswerRow",
            fields=[
                _id(),
                ("token_id", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=128)),
                ("sha256", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("body", models.BinaryField(default=b"")),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "api_answer",
                "constraints": [
                    models.UniqueConstraint(fields=("token_id", "key"), name="one_answer")
                ],
            },
        ),
    ]
