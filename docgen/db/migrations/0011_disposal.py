"""The day on which a packet was disposed of, to find by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_shared")]

    operations = [
        migrations.AddField(
            model_name="registerpacketrow",
            name="disposed_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="registerdocumentrow",
            name="disposed_on",
            field=models.DateField(null=True),
        ),
    ]
