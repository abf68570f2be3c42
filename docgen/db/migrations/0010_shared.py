"""What the processes of one site tell each other: counts of tries, and when work was last done."""

from django.db import migrations, models


def _id():
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


def _forgetful(apps, schema_editor):
    # Ten minutes' counts need not outlive a crash of the server, and cost no write to its log.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE flood_count SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_webhook")]

    operations = [
        migrations.CreateModel(
            name="FloodRow",
            fields=[
                _id(),
                ("key", models.CharField(max_length=64, unique=True)),
                ("began_at", models.DateTimeField(db_index=True)),
                ("tries", models.PositiveIntegerField()),
            ],
            options={"db_table": "flood_count"},
        ),
        migrations.CreateModel(
            name="MarkRow",
            fields=[
                _id(),
                ("name", models.CharField(max_length=32, unique=True)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "site_mark"},
        ),
        migrations.RunPython(_forgetful, migrations.RunPython.noop),
    ]
