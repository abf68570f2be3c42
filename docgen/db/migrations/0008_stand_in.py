"""Appointments of those who stand in for the PSO's countersigner."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_api")]

    operations = [
        migrations.CreateModel(
            name="StandInRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stand_in_id", models.CharField(max_length=64, unique=True)),
                ("person", models.CharField(db_index=True, max_length=64)),
                ("body", models.JSONField()),
            ],
            options={"db_table": "stand_in"},
        ),
    ]
