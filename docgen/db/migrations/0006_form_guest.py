"""Invitations to fill in a practice's form."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_batch")]

    operations = [
        migrations.CreateModel(
            name="FormGuestRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("guest_id", models.CharField(max_length=64, unique=True)),
                ("enrollment_id", models.CharField(db_index=True, max_length=64)),
                ("email", models.CharField(db_index=True, max_length=254)),
                ("body", models.JSONField()),
            ],
            options={"db_table": "form_guest"},
        ),
    ]
