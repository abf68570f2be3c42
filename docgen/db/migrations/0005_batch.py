"""Batches and their lines."""

from django.db import migrations, models

_ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_collector")]

    operations = [
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                ("id", _ID),
                ("batch_id", models.CharField(max_length=64, unique=True)),
                ("act", models.CharField(max_length=32)),
                ("person", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "batch"},
        ),
        migrations.CreateModel(
            name="BatchLineRow",
            fields=[
                ("id", _ID),
                ("batch_id", models.CharField(max_length=64)),
                ("position", models.PositiveIntegerField()),
                ("body", models.JSONField()),
            ],
            options={"db_table": "batch_line"},
        ),
        migrations.AddConstraint(
            model_name="batchlinerow",
            constraint=models.UniqueConstraint(
                fields=("batch_id", "position"), name="one_batch_line"
            ),
        ),
    ]
