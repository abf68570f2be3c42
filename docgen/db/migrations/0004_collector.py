"""Visits to the executed copies."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_account")]

    operations = [
        migrations.CreateModel(
            name="CollectorRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("packet_id", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=128)),
                ("body", models.JSONField()),
            ],
            options={"db_table": "collector"},
        ),
        migrations.AddConstraint(
            model_name="collectorrow",
            constraint=models.UniqueConstraint(fields=("packet_id", "key"), name="one_collector"),
        ),
    ]
