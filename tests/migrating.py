"""For tests that go back to the tables of an earlier day: forward again, to exactly what other tests found before."""

from django.apps import apps
from django.core.management import call_command
from django.db import connection


def migrate_to_today() -> None:
    """Django takes a column's plain index away together with its unique ones: those are made again here."""
    call_command("migrate", verbosity=0)
    for model in apps.get_models():
        with connection.cursor() as cursor:
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
        with connection.schema_editor() as editor:
            for constraint in model._meta.constraints:
                if constraint.name not in there:
                    editor.add_constraint(model, constraint)
