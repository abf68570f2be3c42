"""Search and counts in an archive of a million documents.

The words that practices are found by get an index of their three-letter parts: on SQLite a full-text
table kept in step by triggers, on PostgreSQL the extension pg_trgm. Where the database's account may
not create that extension, search still answers, only slower.
"""

from django.db import DatabaseError, migrations, models, transaction

from docgen.errors import StorageError

_ADD = """INSERT INTO register_words_search(rowid, words) VALUES (new.id, new.words);"""
_REMOVE = """INSERT INTO register_words_search(register_words_search, rowid, words)
VALUES ('delete', old.id, old.words);"""
_SQLITE = (
    "CREATE VIRTUAL TABLE register_words_search USING fts5"
    "(words, content='register_words', content_rowid='id', tokenize='trigram')",
    f"CREATE TRIGGER register_words_added AFTER INSERT ON register_words BEGIN {_ADD} END",
    f"CREATE TRIGGER register_words_removed AFTER DELETE ON register_words BEGIN {_REMOVE} END",
    "CREATE TRIGGER register_words_changed AFTER UPDATE ON register_words "
    f"WHEN old.words <> new.words BEGIN {_REMOVE} {_ADD} END",
    "INSERT INTO register_words_search(register_words_search) VALUES ('rebuild')",
)
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX register_words_trigrams ON register_words USING gin (words gin_trgm_ops)",
)


# A row that is passed over is judged by its place in the index alone.
_WIDER = {
    "document_signed": ["effective_on", "packet_id", "position", "ended_on", "enrollment_id"],
    "document_practice": ["practice", "packet_id", "position", "enrollment_id"],
    "document_kept": ["retain_until", "packet_id", "position", "enrollment_id"],
}


def _index_words(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "sqlite":
        for statement in _SQLITE:
            schema_editor.execute(statement)
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for statement in _POSTGRESQL:
                cursor.execute(statement)
    except (DatabaseError, StorageError):
        return  # not permitted here, or not installed: words are then looked for one by one


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_log_node")]

    operations = [
        migrations.AlterField(
            model_name="registerdocumentrow",
            name="enrollment_id",
            field=models.CharField(max_length=64),
        ),
        *(
            operation
            for name, fields in _WIDER.items()
            for operation in (
                migrations.RemoveIndex(model_name="registerdocumentrow", name=name),
                migrations.AddIndex(
                    model_name="registerdocumentrow", index=models.Index(fields=fields, name=name)
                ),
            )
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["enrollment_id", "slug", "effective_on", "ended_on"],
                name="document_enrollment",
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["slug", "practice", "packet_id", "position", "effective_on", "ended_on"],
                name="document_slug_practice",
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["state", "effective_on", "packet_id", "position"], name="document_state"
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["source", "effective_on", "packet_id", "position"], name="document_source"
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["execution", "effective_on", "packet_id", "position"],
                name="document_execution",
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["slug", "effective_on", "packet_id", "position"], name="document_slug"
            ),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(fields=["position"], name="document_counted"),
        ),
        migrations.AddIndex(
            model_name="registerdocumentrow",
            index=models.Index(
                fields=["effective_on", "packet_id", "position"],
                condition=models.Q(on_hold=True),
                name="document_held",
            ),
        ),
        migrations.RunPython(_index_words, migrations.RunPython.noop),
    ]
