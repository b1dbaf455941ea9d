from django.db import migrations

# A word that stands in nearly every text is looked for in all of them: their words are taken apart once, when they are
# written, not at each search. SQLite keeps its own in FTS5.
COLUMN = """ALTER TABLE search_searchentry ADD COLUMN kept_words tsvector
    GENERATED ALWAYS AS (to_tsvector('simple', translate(words, '/.@_''-', '      '))) STORED"""
INDEX = "CREATE INDEX search_entry_by_kept_words ON search_searchentry USING gin (kept_words)"


def keep_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(COLUMN)
        schema_editor.execute(INDEX)


def forget_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchentry DROP COLUMN kept_words")


class Migration(migrations.Migration):
    dependencies = [("search", "0002_fts5")]
    operations = [
        migrations.RemoveIndex(model_name="searchentry", name="search_entry_by_words"),
        migrations.RunPython(keep_words, forget_words),
    ]
