from importlib import import_module

from django.db import migrations

earlier = import_module("search.migrations.0004_words_are_found_by_their_index")

# One value instead of a row for each entry: 10,000 rows out of a function take PostgreSQL three times as long, and it
# sorted them out once more to look for their entries.
FUNCTION = """CREATE FUNCTION search_found(asked tsquery) RETURNS bigint[]
    LANGUAGE sql STABLE SET enable_seqscan = off
    AS 'SELECT array_agg(id) FROM search_searchentry WHERE kept_words @@ asked'"""

# To find a phrase PostgreSQL reads the words of each text that has them all; unpacking them took a twentieth of that.
UNPACKED = "ALTER TABLE search_searchentry ALTER COLUMN kept_words SET STORAGE EXTERNAL"
PACKED = "ALTER TABLE search_searchentry ALTER COLUMN kept_words SET STORAGE EXTENDED"
WRITE_ANEW = "UPDATE search_searchentry SET words = words"
DROP = "DROP FUNCTION IF EXISTS search_found(tsquery)"


def make_list(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in (DROP, FUNCTION, UNPACKED, WRITE_ANEW):
            schema_editor.execute(statement)


def make_rows(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)
        schema_editor.execute(PACKED)
        earlier.make_function(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("search", "0004_words_are_found_by_their_index")]
    operations = [migrations.RunPython(make_list, make_rows)]
