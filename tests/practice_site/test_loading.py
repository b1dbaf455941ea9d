"""What a web server has loaded before it forks its workers, and what it must not have begun by then."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

from tests.processes import environment

LOAD = """
import gc, json, sys, threading
import practice_site.wsgi
from django.db import connections
from django.urls import get_resolver

print(json.dumps({
    "modules": list(sys.modules),
    "threads": threading.active_count(),
    "connections": [each.connection is not None for each in connections.all(initialized_only=True)],
    "pages": get_resolver()._populated,
    "collects": gc.isenabled(),
}))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> dict:
    own = environment(
        DJANGO_SETTINGS_MODULE="tests.deployed_settings", DEPLOYED_STATIC_ROOT=str(tmp_path_factory.mktemp("static"))
    )
    command = [sys.executable, "-W", "ignore", "-c", LOAD]
    return json.loads(subprocess.check_output(command, env=own, cwd=settings.BASE_DIR))


def test_what_few_pages_need_is_not_loaded_at_the_start(loaded):
    slow = {"stripe", "icalendar", "weasyprint", "practice_site.demo"}

    assert slow & set(loaded["modules"]) == set()


def test_all_pages_are_loaded_so_that_workers_share_them(loaded):
    assert "orders.pages.order_views" in loaded["modules"]
    assert loaded["pages"] is True


def test_no_thread_and_no_connection_is_open_that_workers_would_share(loaded):
    assert (loaded["threads"], any(loaded["connections"])) == (1, False)


def test_rubbish_is_collected_again_once_all_is_loaded(loaded):
    assert loaded["collects"] is True
