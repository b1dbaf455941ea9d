"""What a web server has loaded before it forks its workers, and what it must not have begun by then."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import resolve

from kit.work import said_by_apps
from tests.builders import make_article, make_practice, make_workshop
from tests.processes import environment

LOAD = """
import gc, json, sys, threading
import practice_site.wsgi
from django.db import connections
from django.template import engines
from django.urls import get_resolver

print(json.dumps({
    "made": list(engines["django"].engine.template_loaders[0].get_template_cache),
    "modules": list(sys.modules),
    "threads": threading.active_count(),
    "connections": [each.connection is not None for each in connections.all(initialized_only=True)],
    "pages": get_resolver()._populated,
    "collects": gc.isenabled(),
}))
"""

VISIT = """
import json, os, sys
import django

django.setup()
from django.test import Client

for path in sys.argv[1:]:
    status = Client(HTTP_HOST="127.0.0.1").get(path).status_code
    print(json.dumps([status, "practice_site.desk_urls" in sys.modules]))
"""


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    static = str(tmp_path_factory.mktemp("static"))

    def ask(**more: str) -> dict:
        own = environment(DJANGO_SETTINGS_MODULE="tests.deployed_settings", DEPLOYED_STATIC_ROOT=static, **more)
        command = [sys.executable, "-W", "ignore", "-c", LOAD]
        return json.loads(subprocess.check_output(command, env=own, cwd=settings.BASE_DIR))

    return ask


@pytest.fixture(scope="module")
def loaded(load) -> dict:
    return load()


def test_what_few_pages_need_is_not_loaded_at_the_start(loaded):
    slow = {"stripe", "icalendar", "weasyprint", "practice_site.demo", "practice_site.desk_urls", "orders.admin"}
    slow |= {"snowballstemmer", "fido2", "accounts.factors.views", "django.contrib.syndication"}
    slow |= {"allauth.account.views", "orders.booking.booking_views", "orders.changes", "learning.attendance"}

    assert slow & set(loaded["modules"]) == set()


def test_what_public_pages_load_is_there_for_all_workers(loaded):
    of_the_menu = [resolve(path).func.__module__ for path in ("/articles/", "/workshops/", "/therapy/")]

    assert set(of_the_menu) < set(loaded["modules"])
    assert "cryptography.fernet" in loaded["modules"]  # of a comment's name


def test_what_apps_say_for_desk_worker_and_search_is_loaded_for_who_asks(loaded):
    said = {f"{app}.{name}" for app in ("orders", "courses", "practice") for name in said_by_apps.NAMES}

    assert said & set(loaded["modules"]) == set()


def test_all_addresses_are_known_so_that_workers_share_them(loaded):
    assert loaded["pages"] is True


def test_no_thread_and_no_connection_is_open_that_workers_would_share(loaded):
    assert (loaded["threads"], any(loaded["connections"])) == (1, False)


@pytest.mark.django_db(transaction=True)
def test_the_home_page_is_made_for_all_workers_and_leaves_no_connection(load):
    make_practice()
    warm = load()

    assert "home.html" in {name.partition(" ")[0] for name in warm["made"]}
    assert any(warm["connections"]) is False


@pytest.mark.parametrize("database", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all.sqlite3"])
def test_without_its_database_it_starts_all_the_same(load, database):
    cold = load(DATABASE_URL=database)

    assert cold["pages"] is True
    assert any(cold["connections"]) is False


def test_rubbish_is_collected_again_once_all_is_loaded(loaded):
    assert loaded["collects"] is True


@pytest.mark.django_db(transaction=True)
def test_the_desk_is_loaded_for_who_comes_to_it_and_for_no_reader():
    make_practice()
    public = ["/", make_article().get_absolute_url(), "/workshops/", make_workshop().get_absolute_url()]
    public += ["/accounts/login/", "/search/?q=attachment", "/nowhere/"]
    public += ["/health/"]  # nothing of the worker was ever done: an alarm
    command = [sys.executable, "-W", "ignore", "-c", VISIT, *public, "/admin/orders/order/"]
    own = environment(DJANGO_SETTINGS_MODULE="tests.site_settings")

    said = subprocess.check_output(command, env=own, cwd=settings.BASE_DIR, text=True).splitlines()

    *of_readers, of_desk = [json.loads(line) for line in said]
    assert of_readers == [[200, False]] * 6 + [[404, False], [503, False]]
    assert of_desk == [302, True]
