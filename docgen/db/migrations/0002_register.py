"""The register: rows that lists, desks and boards are read from."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RegisterLineRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=64, unique=True)),
                ('enrollment_id', models.CharField(db_index=True, max_length=64)),
                ('is_packet', models.BooleanField()),
                ('line', models.JSONField()),
                ('facts', models.JSONField()),
            ],
            options={
                'db_table': 'register_line',
            },
        ),
        migrations.CreateModel(
            name='RegisterMarkRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rules', models.CharField(max_length=64, unique=True)),
            ],
            options={
                'db_table': 'register_mark',
            },
        ),
        migrations.CreateModel(
            name='RegisterWordsRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrollment_id', models.CharField(max_length=64, unique=True)),
                ('words', models.TextField()),
            ],
            options={
                'db_table': 'register_words',
            },
        ),
        migrations.CreateModel(
            name='RegisterDocumentRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('packet_id', models.CharField(max_length=64)),
                ('position', models.PositiveSmallIntegerField()),
                ('enrollment_id', models.CharField(db_index=True, max_length=64)),
                ('practice', models.CharField(max_length=200)),
                ('slug', models.CharField(max_length=32)),
                ('title', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=24)),
                ('template_version', models.CharField(default='', max_length=32)),
                ('execution', models.CharField(default='', max_length=16)),
                ('state', models.CharField(max_length=32)),
                ('effective_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('retain_until', models.DateField(null=True)),
                ('on_hold', models.BooleanField(default=False)),
                ('sha256', models.CharField(default='', max_length=64)),
            ],
            options={
                'db_table': 'register_document',
                'indexes': [models.Index(fields=['effective_on', 'packet_id', 'position', 'ended_on'], name='document_signed'), models.Index(fields=['practice', 'packet_id', 'position'], name='document_practice'), models.Index(fields=['retain_until', 'packet_id', 'position'], name='document_kept'), models.Index(fields=['slug', 'template_version', 'effective_on', 'ended_on', 'enrollment_id'], name='document_template')],
                'constraints': [models.UniqueConstraint(fields=('packet_id', 'position'), name='one_position_a_packet')],
            },
        ),
        migrations.CreateModel(
            name='RegisterEnrollmentRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrollment_id', models.CharField(max_length=64, unique=True)),
                ('practice', models.CharField(max_length=200)),
                ('is_draft', models.BooleanField(db_index=True)),
                ('stage', models.CharField(db_index=True, max_length=16)),
                ('status', models.CharField(db_index=True, max_length=16)),
                ('waits_on', models.CharField(max_length=24)),
                ('need', models.CharField(max_length=24)),
                ('waiting_since', models.DateTimeField()),
                ('due_on', models.DateField(db_index=True, null=True)),
                ('alerts', models.CharField(default='', max_length=120)),
                ('changed_at', models.DateTimeField()),
                ('contracting_days', models.PositiveIntegerField(null=True)),
                ('onboarding_days', models.PositiveIntegerField(null=True)),
                ('implementation_days', models.PositiveIntegerField(null=True)),
            ],
            options={
                'db_table': 'register_enrollment',
                'indexes': [models.Index(fields=['changed_at', 'enrollment_id'], name='enrollment_changed'), models.Index(fields=['practice', 'enrollment_id'], name='enrollment_practice'), models.Index(fields=['waits_on', 'need', 'waiting_since'], name='enrollment_waits')],
            },
        ),
        migrations.CreateModel(
            name='RegisterPacketRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('packet_id', models.CharField(max_length=64, unique=True)),
                ('enrollment_id', models.CharField(db_index=True, max_length=64)),
                ('practice', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=16)),
                ('state', models.CharField(db_index=True, max_length=32)),
                ('waits_on', models.CharField(max_length=24)),
                ('need', models.CharField(max_length=24)),
                ('waiting_since', models.DateTimeField()),
                ('countersigner', models.CharField(default='', max_length=254)),
                ('departs', models.BooleanField()),
                ('service', models.CharField(default='', max_length=32)),
                ('templates', models.CharField(default='', max_length=400)),
                ('alerts', models.CharField(default='', max_length=120)),
                ('is_alerted', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('effective_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('retain_until', models.DateField(db_index=True, null=True)),
                ('on_hold', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'register_packet',
                'indexes': [models.Index(fields=['changed_at', 'packet_id'], name='packet_changed'), models.Index(fields=['created_at', 'packet_id'], name='packet_created'), models.Index(fields=['practice', 'packet_id'], name='packet_practice'), models.Index(fields=['effective_on', 'packet_id'], name='packet_effective'), models.Index(fields=['waits_on', 'need', 'waiting_since'], name='packet_waits'), models.Index(condition=models.Q(('is_alerted', True)), fields=['changed_at', 'packet_id'], name='packet_alerted')],
            },
        ),
    ]
