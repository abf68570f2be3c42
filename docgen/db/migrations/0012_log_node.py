"""Nodes of the log's tree, so that no proof and no checkpoint reads every leaf again.

Nothing is filled in here: the next checkpoint works the nodes out and holds them to what was signed.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_disposal")]

    operations = [
        migrations.CreateModel(
            name="LogNodeRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("number", models.PositiveBigIntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={"db_table": "log_node"},
        ),
        migrations.AddConstraint(
            model_name="lognoderow",
            constraint=models.UniqueConstraint(fields=["level", "number"], name="one_node"),
        ),
    ]
