from django.core.management import call_command
from django.db import migrations

TABLE = "accounts_cached"


def add_table(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """The table of the setting CACHES. It is made whatever that names, so that Redis can be left at any time."""

    dependencies = [("accounts", "0007_what_the_worker_did")]
    operations = [
        migrations.RunPython(add_table, migrations.RunPython.noop),
        migrations.RunSQL(migrations.RunSQL.noop, f"DROP TABLE {TABLE}"),
    ]
