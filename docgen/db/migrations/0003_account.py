"""Accounts for signing in, and forms carried out once."""

import django.db.models.functions.text
from django.db import migrations, models


def give_accounts(apps, schema_editor):
    """Give everybody who is known an account; of two with one address the later gets none."""
    account = apps.get_model("ledger", "Account")
    for row in apps.get_model("ledger", "PersonRow").objects.order_by("id"):
        email = str(row.body.get("email", "")).lower()
        if email and not account.objects.filter(email=email).exists():
            account.objects.create(key=row.key, email=email)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_register")]
    # Their tables refer to accounts, but they only ask that this application's first one ran.
    run_before = [
        ("account", "0001_initial"),
        ("mfa", "0001_initial"),
        ("socialaccount", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("email", models.EmailField(max_length=254)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "db_table": "account",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="one_address"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OnceRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=64)),
                ("person", models.CharField(max_length=64)),
                ("place", models.CharField(max_length=500)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "once",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "token"), name="one_act")
                ],
            },
        ),
        migrations.RunPython(give_accounts, migrations.RunPython.noop),
    ]
