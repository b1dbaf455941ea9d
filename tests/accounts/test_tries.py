"""How often somebody may try: counted over all processes, by network, for an hour from the first try on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory

from accounts import tries as tries_in_rows
from accounts.models import TryCount
from kit.guard.tries import client_network, count_try, is_over_limit, tries
from tests.builders import make_practice, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["kit.guard.tries.CacheCounter", "accounts.tries.RowCounter"])
def _either_counter(request, settings):
    settings.TRY_COUNTER = request.param


@pytest.mark.usefixtures("_either_counter")
def test_each_try_counts_for_its_own_scope_and_person():
    counts = [count_try("codes", "a"), count_try("codes", "a"), count_try("codes", "b"), count_try("news", "a")]

    assert counts == [1, 2, 1, 1]
    assert [tries("codes", "a"), tries("codes", "b"), tries("codes", "c")] == [2, 1, 0]


@pytest.mark.usefixtures("_either_counter")
def test_one_try_more_than_allowed_is_over_the_limit():
    assert [is_over_limit("codes", "a", 2) for _ in range(4)] == [False, False, True, True]


@pytest.mark.usefixtures("_either_counter")
def test_an_hour_after_the_first_try_the_count_begins_anew():
    with time_machine.travel(NOW, tick=False) as clock:
        count_try("codes", "a")
        clock.shift(3590)
        assert count_try("codes", "a") == 2
        clock.shift(11)

        assert (tries("codes", "a"), count_try("codes", "a"), tries("codes", "a")) == (0, 1, 1)


def test_what_one_process_counted_another_one_knows(client):
    """A cache in the memory of a process is another in another one; rows are the same."""
    make_practice()
    form = {"email": "a@example.org", "audience": "both", "placement": "everywhere"}
    answers = []
    for _ in range(21):
        cache.clear()
        answers.append(client.post("/newsletter/", form).status_code)

    assert answers == [303] * 20 + [429]


def test_the_name_of_a_count_tells_nobody_who_it_is():
    count_try("codes", "203.0.113.7")

    assert "203" not in TryCount.objects.get().name


def test_counts_that_are_over_are_forgotten_and_no_others():
    with time_machine.travel(NOW, tick=False):
        count_try("codes", "a")
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        count_try("codes", "b")
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        assert (tries_in_rows.forget_ended_counts(), tries("codes", "a"), tries("codes", "b")) == (1, 0, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_none_is_lost():
    def try_often(_) -> list[int]:
        try:
            return [count_try("codes", "a") for _ in range(25)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        counts = [count for found in pool.map(try_often, range(8)) for count in found]

    assert sorted(counts) == list(range(1, 201))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::1", "2001:0DB8:0001:0002::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("unknown", "unknown", True),
        ("", "", True),
    ],
)
def test_a_network_is_one_however_many_addresses_it_has(one, other, is_same):
    networks = [client_network(RequestFactory().get("/", REMOTE_ADDR=address)) for address in (one, other)]

    assert (networks[0] == networks[1]) is is_same


def test_a_visitor_of_ipv6_has_no_more_tries_than_others(client):
    make_practice()
    form = {"email": "a@example.org", "audience": "both", "placement": "everywhere"}

    answers = [
        client.post("/newsletter/", form, REMOTE_ADDR=f"2001:db8:1:2::{number:x}").status_code for number in range(21)
    ]

    assert answers == [303] * 20 + [429]


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("198.51.100.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        ("203.0.113.9", "127.0.0.1"),  # fewer than our proxies write
        ("nonsense, 10.0.0.1", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_who_signs_in_is_counted_by_allauth_and_noted_by_the_one_address(client, settings, forwarded, address):
    settings.TRUSTED_PROXY_COUNT = 2
    make_user("noor@example.org", password="Kettle-and-heron-9")
    form = {"login": "noor@example.org", "password": "Kettle-and-heron-9"}

    answer = client.post("/accounts/login/", form, headers={"x-forwarded-for": forwarded})

    counted_by = get_adapter().get_client_ip(answer.wsgi_request)
    assert (answer.status_code, counted_by, UserSession.objects.get().ip) == (302, address, address)
