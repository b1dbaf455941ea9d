"""While hours are typed at the desk, they are told on the clocks of all cities."""

import pytest
from django.urls import reverse

from courses.models import Workshop
from tests.builders import make_cities, make_practice, make_user

pytestmark = pytest.mark.django_db
TYPED = {"zone": "Europe/London", "day": "2027-01-22", "start": "10am", "end": "16.00"}


@pytest.fixture
def desk(client):
    make_practice()
    make_cities()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def words(desk, **typed):
    return desk.get(reverse("admin:courses_workshop_cities"), TYPED | typed).json()["words"]


def test_hours_as_people_write_them_are_told_in_every_city_and_nothing_is_stored(desk):
    told = words(desk)

    assert told.startswith("Fri 22 Jan 2027: 10:00–16:00 London (GMT, UTC+0) · ")
    assert "05:00–11:00 New York (EST, UTC-5)" in told.replace("−", "-")
    assert not Workshop.objects.exists()


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ({"day": "2027-03-28", "start": "01:30"}, "01:30 does not exist"),
        ({"start": "20:00", "end": "01:00"}, "Fri 22 Jan 2027: 20:00–01:00 Sat London"),
        *[({name: "x"}, "") for name in TYPED],
        *[({name: ""}, "") for name in TYPED],
    ],
)
def test_what_is_no_hour_is_said_and_what_is_not_whole_says_nothing(desk, typed, begins):
    told = words(desk, **typed)

    assert told.startswith(begins)
    assert bool(told) == bool(begins)


def test_the_form_knows_where_to_ask(desk):
    assert f'data-cities="{reverse("admin:courses_workshop_cities")}"' in desk.get("/admin/courses/workshop/add/").text
