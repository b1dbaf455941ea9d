"""Every form and every button of the site, pressed three times at one moment: a double click, two tabs, two colleagues.

What becomes of each of them is told in tests of its own. Here every press is answered, and none by a fault, or by the
page for what nobody has thought of. What is pressed is really done, so each has a copy of the demo site.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client

from outbox import post
from tests.hostile import test_twice
from tests.hostile.conftest import demo_site, enter
from tests.hostile.forms import FORMS, URLENCODED, encoded
from tests.hostile.test_twice import BUTTONS, SHOWN

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TIMES = 3
FAR_AWAY = 0.006  # seconds, at most, until a question is asked: so that each finds what the others have not stored yet


@pytest.fixture(scope="module")
def original(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The name of a database with the demo site, to be copied."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL (set DATABASE_URL)")
    name = f"{connection.settings_dict['NAME']}_original"
    with django_db_blocker.unblock(), demo_site():
        make_copy(of=connection.settings_dict["NAME"], name=name)
        yield name
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


@pytest.fixture
def _django_db_helper(original, django_db_blocker, monkeypatch) -> Iterator[None]:
    """In place of pytest-django's, which would take back what is pressed, and so keep it from the others."""
    monkeypatch.setattr(post, "DOUBLE_CLICK", 300)  # however slow the machine
    make_copy(of=original, name=connection.settings_dict["NAME"])
    with django_db_blocker.unblock():
        yield
        connections.close_all()


def make_copy(*, of: str, name: str) -> None:
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{of}"')
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')


def press_at_once(who: str, path: str, answers: dict[str, Any]) -> list[HttpResponse]:
    visitors, body = [enter(who) for _ in range(TIMES)], encoded(answers)
    together = threading.Barrier(TIMES, timeout=60)

    def press(visitor: Client) -> HttpResponse:
        try:
            together.wait()
            with connection.execute_wrapper(_late):
                return visitor.generic("POST", path, body, URLENCODED)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(press, visitors))


def _late(execute: Callable[..., Any], *asked: Any) -> Any:
    time.sleep(random.random() * FAR_AWAY)
    return execute(*asked)


def faults(answers: list[HttpResponse]) -> list[tuple[int, str]]:
    told = [(answer.status_code, answer.text if not answer.streaming else "") for answer in answers]
    return [(status, page[:500]) for status, page in told if status >= 500 or "Somebody was quicker." in page]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_sent_thrice_at_once_is_answered_each_time(name):
    form = FORMS[name]

    answers = press_at_once(form.visitor, form.path(), form.answers())

    assert faults(answers) == []


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_that_is_pressed_thrice_at_once_is_answered_each_time(name):
    path = test_twice.path_to_press(name)
    test_twice.prepare(name)

    answers = press_at_once(BUTTONS[name], path, SHOWN.get(name, {}))

    assert faults(answers) == []
