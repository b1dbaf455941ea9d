from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.builders import make_article, make_practice, make_user, show_factor

pytestmark = pytest.mark.django_db
START = datetime.fromisoformat("2026-11-27T09:00:00+00:00")
PASSWORD = "long-enough-words"
DESK = "/admin/"


@pytest.fixture
def clock():
    make_practice()
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def staff(client, clock):
    user = make_user("editor@example.org", is_staff=True, is_superuser=True)
    sign_in(client, user.email)
    show_factor(client, user)
    return client


def sign_in(client, email: str, next_page: str = DESK):
    login = {"login": email, "password": PASSWORD, "next": next_page}
    return client.post(reverse("account_login"), login)


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def visit_every(client, clock, step: timedelta, *, until: timedelta, path: str = DESK) -> list[int]:
    statuses, last = [], clock_at()
    while clock_at() < last + until:
        clock.shift(step)
        statuses.append(client.get(path).status_code)
    return statuses


def clock_at() -> datetime:
    return datetime.now(START.tzinfo)


def test_an_hour_without_a_request_ends_a_staff_session(staff, clock):
    staff.get(DESK)

    clock.shift(timedelta(hours=1))
    answer = staff.get(DESK)

    assert (answer.status_code, answer.headers.get("Location")) == (302, "/admin/login/?next=/admin/")
    assert (is_signed_in(staff), Session.objects.count()) == (False, 0)


def test_the_hour_counts_from_the_sign_in_where_nothing_was_asked_for_since(client, clock):
    make_user("editor@example.org", is_staff=True)
    sign_in(client, "editor@example.org", next_page="/articles/")

    clock.shift(timedelta(hours=1))

    assert client.get(DESK).status_code == 302
    assert not is_signed_in(client)


def test_requests_keep_a_staff_session_alive_for_twelve_hours_and_no_longer(staff, clock):
    statuses = visit_every(staff, clock, timedelta(minutes=58), until=timedelta(hours=13))

    assert statuses == [200] * 12 + [302] * 2
    assert Session.objects.count() == 0


@pytest.mark.parametrize("path", ["/bookings/", "/accounts/email/", "/accounts/password/change/", "/accounts/logout/"])
def test_a_staff_session_ends_for_every_page_that_asks_who_is_there(staff, clock, path):
    staff.get(DESK)

    clock.shift(timedelta(hours=1))
    staff.get(path)

    assert (is_signed_in(staff), Session.objects.count()) == (False, 0)


def test_pages_outside_the_desk_count_as_requests(staff, clock):
    statuses = visit_every(staff, clock, timedelta(minutes=50), until=timedelta(hours=2), path="/bookings/")

    assert statuses == [200] * 3


def test_the_twelve_hours_count_from_the_sign_in_even_if_it_led_to_a_public_page(client, clock):
    make_user("editor@example.org", is_staff=True)

    sign_in(client, "editor@example.org", next_page="/articles/")
    client.get("/articles/")
    clock.shift(timedelta(hours=12))

    assert client.get(DESK).status_code == 302
    assert Session.objects.count() == 0


def test_somebody_who_becomes_staff_has_twelve_hours_from_their_sign_in(client, clock):
    user = make_user("editor@example.org")
    sign_in(client, user.email, next_page="/bookings/")

    clock.shift(timedelta(hours=13))
    assert client.get("/bookings/").status_code == 200
    user.is_staff = True
    user.save()

    assert client.get(DESK).status_code == 302
    assert not is_signed_in(client)


def test_proving_the_password_again_does_not_lengthen_the_twelve_hours(staff, clock):
    visit_every(staff, clock, timedelta(minutes=55), until=timedelta(hours=11))

    staff.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    clock.shift(timedelta(minutes=30))
    assert staff.get(DESK).status_code == 200
    clock.shift(timedelta(minutes=30))

    assert staff.get(DESK).status_code == 302


def test_everybody_else_stays_signed_in_for_seven_days(client, clock):
    make_user("buyer@example.org")
    sign_in(client, "buyer@example.org", next_page="/bookings/")
    client.get("/bookings/")  # where the sign-in leads: it says so, once

    clock.shift(timedelta(days=6, hours=23))
    assert client.get("/bookings/").status_code == 200
    clock.shift(timedelta(hours=1))

    assert client.get("/bookings/").status_code == 302


def test_pages_within_a_minute_write_no_session(staff, clock):
    staff.get(DESK)

    clock.shift(timedelta(seconds=59))
    with CaptureQueriesContext(connection) as queries:
        staff.get(DESK)
        staff.get("/bookings/")

    assert [each["sql"] for each in queries if each["sql"].startswith(("UPDATE", "INSERT"))] == []


def test_a_public_page_leaves_the_session_of_staff_unread(staff, clock):
    article = make_article()
    clock.shift(timedelta(hours=1))

    with CaptureQueriesContext(connection) as queries:
        answer = staff.get(article.get_absolute_url())

    assert [each["sql"] for each in queries if "django_session" in each["sql"]] == []
    assert (answer.status_code, answer.has_header("Set-Cookie"), Session.objects.count()) == (200, False, 1)


def test_sessions_that_ended_are_deleted(client, clock):
    make_user("buyer@example.org")
    sign_in(client, "buyer@example.org", next_page="/bookings/")
    call_command("worker", "--once")
    assert Session.objects.count() == 1

    clock.shift(timedelta(days=7, seconds=1))
    call_command("worker", "--once")

    assert Session.objects.count() == 0
