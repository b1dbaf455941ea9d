"""The tables of a new database made at once from the models: the same ones to which a hundred and fifty migrations come
in ten times as long. For what lives on one machine and not for long: the demo, tests and benches. A real site migrates,
and tests/practice_site/test_migrations.py proves that it gets these tables."""

from importlib import import_module

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

TABLES_WITHOUT_A_MODEL = ["accounts_cached"]


def bring_up_to_date() -> None:
    """Of an empty database all tables are made, in one transaction: whoever is ended meanwhile leaves it empty. Any
    other one is migrated.
    """
    if connection.introspection.table_names():
        call_command("migrate", verbosity=0)
        return
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        complete()
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def complete() -> None:
    """Adds to the tables of the models all else that migrations make, and that all of them have been run."""
    call_command("createcachetable", *TABLES_WITHOUT_A_MODEL, verbosity=0)
    recorder = MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        import_module("search.migrations.0002_fts5").make_index(apps, editor)
        import_module("search.migrations.0003_kept_words").keep_words(apps, editor)
        import_module("search.migrations.0005_found_words_are_one_list").make_list(apps, editor)
    recorder.ensure_schema()
    recorder.migration_qs.bulk_create(
        recorder.Migration(app=app, name=name) for app, name in MigrationLoader(None).graph.nodes
    )
