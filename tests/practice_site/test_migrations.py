"""The tests and the demo have the tables of the models, made at once; a site comes to them by its migrations."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.processes import database_url, environment

pytestmark = pytest.mark.django_db(transaction=True)
# The migrations' own, and a table whose key Django's migrations make smaller than its models.
DJANGOS = {"django_migrations", "auth_group_permissions"}
# What Django's introspection leaves out: conditions, checks and what an index is made of. Names may be older.
IN_FULL = """
    SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+ ON', 'INDEX ON') FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('c', 'f')
    UNION SELECT 'functions', pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""

ROWS = [
    "SELECT app, name FROM django_migrations",
    "SELECT app_label, model, codename FROM auth_permission JOIN django_content_type t ON t.id = content_type_id",
]
MIGRATED = ["manage.py", "migrate", "--verbosity", "0"]
AT_ONCE = ["-c", "import django; django.setup(); from practice_site import fresh_tables as f; f.bring_up_to_date()"]
BEFORE_THE_END = "import os; f.emit_post_migrate_signal = lambda **_: os._exit(9); f.bring"
ENDED = [AT_ONCE[0], AT_ONCE[1].replace("f.bring", BEFORE_THE_END)]


@contextmanager
def another_database() -> Iterator[BaseDatabaseWrapper]:
    """Beside that of the tests, empty."""
    other = connection.copy()
    name = other.settings_dict["NAME"] = other.settings_dict["TEST"]["NAME"] = (
        f"{connection.settings_dict['NAME']}_migrated"
    )
    other.creation._create_test_db(verbosity=0, autoclobber=True)
    try:
        yield other
    finally:
        other.close()
        other.creation._destroy_test_db(name, verbosity=0)


def tables_of(site: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    """Columns and constraints of each table, without the names that a database gives."""
    look, found = site.introspection, set()
    with site.cursor() as cursor:
        for table in set(look.table_names(cursor)) - DJANGOS:
            columns = map(str, look.get_table_description(cursor, table))
            constraints = [str(sorted(each.items())) for each in look.get_constraints(cursor, table).values()]
            found |= {(table, each) for each in [*columns, *constraints]}
        if site.vendor == "postgresql":
            cursor.execute(IN_FULL)
            found |= set(cursor.fetchall())
    return found


def rows_of(site: BaseDatabaseWrapper) -> list[set[tuple]]:
    """What is written before anybody comes."""
    with site.cursor() as cursor:
        found = []
        for question in ROWS:
            cursor.execute(question)
            found.append(set(cursor.fetchall()))
        return found


@pytest.mark.parametrize("way", [MIGRATED, AT_ONCE], ids=["migrated", "at once"])
def test_a_site_has_the_tables_of_its_models_whichever_way_it_came_to_them(way):
    with another_database() as made:
        own = environment(DATABASE_URL=database_url(made))
        subprocess.run([sys.executable, *way], env=own, cwd=settings.BASE_DIR, check=True)

        assert tables_of(made) ^ tables_of(connection) == set()
        assert rows_of(made) == rows_of(connection)


def test_whoever_is_ended_while_making_them_leaves_nothing_that_stands_in_the_way():
    with another_database() as made:
        own = environment(DATABASE_URL=database_url(made))
        ended = subprocess.run([sys.executable, *ENDED], env=own, cwd=settings.BASE_DIR, check=False)

        assert (ended.returncode, made.introspection.table_names()) == (9, [])
