from django.db import OperationalError, migrations, transaction

TABLE = """CREATE VIRTUAL TABLE search_words USING fts5(
    words, content='search_searchentry', content_rowid='id', tokenize='ascii', prefix='2 3 4'
)"""
# By the database itself, so that no way of writing an entry forgets it. A later change of a column makes the entries'
# table anew and loses these: that migration makes them again, and `renew_all` with another MAKER fills them.
TRIGGERS = [
    """CREATE TRIGGER search_words_insert AFTER INSERT ON search_searchentry BEGIN
        INSERT INTO search_words (rowid, words) VALUES (new.id, new.words);
    END""",
    """CREATE TRIGGER search_words_delete AFTER DELETE ON search_searchentry BEGIN
        INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.id, old.words);
    END""",
    """CREATE TRIGGER search_words_update AFTER UPDATE ON search_searchentry BEGIN
        INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO search_words (rowid, words) VALUES (new.id, new.words);
    END""",
]


def make_index(apps, schema_editor):
    """Without FTS5, entries are read from end to end; a system check says so."""
    if schema_editor.connection.vendor != "sqlite":
        return
    try:
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute(TABLE)
    except OperationalError as error:
        if "no such module" not in str(error):
            raise
        return
    for trigger in TRIGGERS:
        schema_editor.execute(trigger)


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS search_words_{name}")
        schema_editor.execute("DROP TABLE IF EXISTS search_words")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_entries")]
    operations = [migrations.RunPython(make_index, remove_index)]
