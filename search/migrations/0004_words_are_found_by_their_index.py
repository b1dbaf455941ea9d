from django.db import migrations

# PostgreSQL thinks that reading all entries is cheap, because it does not count what unpacking their words takes: even
# a word that stands nowhere was looked for in each of them. Within this function it reads the index.
FUNCTION = """CREATE FUNCTION search_found(asked tsquery) RETURNS SETOF bigint
    LANGUAGE sql STABLE SET enable_seqscan = off
    AS 'SELECT id FROM search_searchentry WHERE kept_words @@ asked'"""


def make_function(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)


def drop_function(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION search_found(tsquery)")


class Migration(migrations.Migration):
    dependencies = [("search", "0003_kept_words")]
    operations = [migrations.RunPython(make_function, drop_function)]
