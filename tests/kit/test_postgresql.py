"""A connection that is kept is looked at before it is used, without a question to the server; and what a lock keeps
from others."""

import pytest
from django.db import OperationalError, connection, connections, transaction

from tests.builders import make_workshop

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no server that could end a connection"),
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


def ended_by_the_server():
    """What a restart or a time limit of the server's does to a connection that waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    finally:
        other.close()


def test_one_that_waits_is_usable_and_nothing_is_asked(monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "cursor", lambda *_, **__: pytest.fail("The server was asked"))

    assert connection.is_usable()


def test_one_that_the_server_ended_is_not():
    connection.ensure_connection()
    ended_by_the_server()

    assert not connection.is_usable()
    connection.close()


def test_after_an_error_the_server_is_asked():
    connection.ensure_connection()
    connection.errors_occurred = True
    try:
        assert connection.is_usable()
        ended_by_the_server()
        assert not connection.is_usable()
    finally:
        connection.close()


def test_the_next_request_gets_a_new_connection():
    """Nobody meets an error page because the server was started again."""
    assert connection.settings_dict["CONN_HEALTH_CHECKS"]
    connection.ensure_connection()
    ended_by_the_server()

    connection.health_check_enabled, connection.health_check_done = True, False  # as between two requests
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    ("theirs", "waits"),
    [
        ("SELECT 1 FROM {} WHERE id = {} FOR KEY SHARE", False),  # asked as a row that points at it is committed
        ("SELECT 1 FROM {} WHERE id = {} FOR NO KEY UPDATE", True),
        ("UPDATE {} SET capacity = 1 WHERE id = {}", True),
        ("DELETE FROM {} WHERE id = {}", True),
    ],
)
def test_a_locked_row_is_nobody_elses_to_lock_change_or_delete_but_may_be_pointed_at(theirs, waits):
    workshop = make_workshop()
    other = connections.create_connection("default")

    with transaction.atomic():
        type(workshop).objects.select_for_update().get(pk=workshop.pk)
        try:
            with other.cursor() as cursor:
                cursor.execute("SET lock_timeout = 50")
                cursor.execute(theirs.format(workshop._meta.db_table, workshop.pk))
            has_waited = False
        except OperationalError:
            has_waited = True
        finally:
            other.close()

    assert has_waited == waits
