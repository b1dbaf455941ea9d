"""A workshop from the last one."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEntry
from courses import schedule
from courses.models import Session, TicketType, Workshop
from courses.publishing import LINK_MAY_FOLLOW, still_missing
from courses.repeating import NoDate, repeat_workshop
from courses.repeating_desk import same_weekdays
from kit.local.times import NonexistentTime
from practice.old_addresses import note_old_address
from tests.builders import make_course, make_practice, make_ticket, make_user, make_workshop
from tests.markup import words_of

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 6, 1, 12, tzinfo=LONDON)
SUMMER, WINTER = date(2026, 7, 3), date(2026, 12, 4)  # Fridays, with a change of the clocks between them


@pytest.fixture(autouse=True)
def _in_june():
    make_practice()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def workshop():
    """Two evenings in summer, an early bird, a window of sale, and somebody who has booked."""
    course = make_course("Grief", slug="grief", is_published=True, cpd_hours=4)
    made = make_workshop(course=course, capacity=12, price=None)
    Workshop.objects.filter(pk=made.pk).update(
        sales_open_at=datetime(2026, 6, 5, 9, tzinfo=LONDON), sales_open_wall="2026-06-05 09:00", note="Only then."
    )
    made.sessions.all().delete()
    sessions = [
        Session(
            workshop=made,
            day=SUMMER + timedelta(days=days),
            start_time=time(19),
            end_time=time(21),
            title=title,
            join_url="https://zoom.example/j/1",
            passcode="7",
            programme="19:00 Welcome",
        )
        for days, title in ((0, "First evening"), (7, "Second evening"))
    ]
    schedule.store_sessions(made, new=sessions)
    TicketType.objects.create(workshop=made, name="Full price", price=105, is_full_price=True, position=1)
    TicketType.objects.create(workshop=made, name="Early bird", price=89, last_day=SUMMER - timedelta(days=14))
    made.refresh_from_db()
    make_ticket(made)
    return made


def again(workshop, first_day=WINTER, **given):
    return repeat_workshop(workshop, **({"first_day": first_day, "capacity": 12} | given))[0]


def test_every_day_moves_by_the_same_distance_and_every_hour_stays_on_the_clock(workshop):
    made = again(workshop)

    evenings = list(made.sessions.order_by("starts_at"))
    assert [(each.day, each.start_time, each.title, each.programme) for each in evenings] == [
        (WINTER, time(19), "First evening", "19:00 Welcome"),
        (WINTER + timedelta(days=7), time(19), "Second evening", "19:00 Welcome"),
    ]
    assert evenings[0].starts_at == datetime(2026, 12, 4, 19, tzinfo=LONDON)
    assert made.sales_open_at == datetime(2026, 11, 6, 9, tzinfo=LONDON)
    assert made.sales_open_wall == "2026-11-06 09:00"
    assert made.ticket_types.get(name="Early bird").last_day == WINTER - timedelta(days=14)
    made.refresh_from_db()
    assert (made.starts_at, made.ends_at) == (evenings[0].starts_at, evenings[1].ends_at)


def test_it_is_a_draft_without_people_and_without_what_was_of_the_old_one_alone(workshop):
    made = again(workshop, capacity=30, join_url="https://zoom.example/j/2")

    assert (made.status, made.capacity, made.note, made.slug) == ("draft", 30, "", "grief-2026-12")
    assert not made.tickets.exists()
    assert {(each.join_url, each.passcode) for each in made.sessions.all()} == {("https://zoom.example/j/2", "")}
    assert [(each.name, each.price, each.is_full_price) for each in made.ticket_types.order_by("position")] == [
        ("Early bird", 89, False),
        ("Full price", 105, True),
    ]
    assert AuditEntry.objects.filter(after="added").exists()


def test_a_second_press_finds_the_first_draft(workshop):
    first, second = (repeat_workshop(workshop, first_day=WINTER, capacity=12) for _ in range(2))

    assert (first[0].pk, first[1], second[1]) == (second[0].pk, True, False)
    assert Workshop.objects.count() == 2


def test_an_address_that_is_taken_gets_its_day(workshop):
    assert again(workshop).slug == "grief-2026-12"
    assert again(workshop, WINTER + timedelta(days=7)).slug == "grief-2026-12-11"


def test_an_address_that_another_one_had_gets_its_day(workshop):
    note_old_address(make_workshop(), "grief-2026-12")

    assert again(workshop).slug == "grief-2026-12-04"


def test_an_hour_that_does_not_exist_makes_nothing(workshop):
    workshop.sessions.update(start_time=time(1, 30), end_time=time(3))

    with pytest.raises(NonexistentTime):
        again(workshop, date(2027, 3, 28))
    assert Workshop.objects.count() == 1


def test_without_a_session_there_is_no_day_to_move():
    dateless = make_workshop()
    dateless.sessions.all().delete()

    with pytest.raises(NoDate):
        again(dateless)


def test_the_weekdays_of_the_coming_weeks_are_offered():
    days = list(same_weekdays(SUMMER, after=NOW.date()))

    assert (days[0], {each.weekday() for each in days}, len(days)) == (date(2026, 6, 12), {4}, 40)


def test_what_is_missing_is_told(workshop, settings):
    made = again(workshop)
    assert still_missing(made) == [LINK_MAY_FOLLOW]

    settings.SESSION_PROVIDER = "zoom"
    assert still_missing(made) == []

    made.ticket_types.all().delete()
    assert still_missing(made) == ["It has no ticket type."]


# The desk -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def editor(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def page(workshop):
    return reverse("admin:courses_workshop_use_again", args=[workshop.pk])


def test_the_page_names_the_city_whose_clock_counts(editor, workshop):
    Workshop.objects.update(time_zone="America/New_York")

    assert "stays on the clock of New York." in words_of(editor.get(page(workshop)))


def test_three_fields_and_one_press(editor, workshop):
    assert "First evening" in editor.get(page(workshop)).text

    answer = editor.post(
        page(workshop),
        {"weekday": "2026-12-04", "first_day": "", "capacity": "20", "join_url": "https://zoom.example/j/3"},
        follow=True,
    )

    made = Workshop.objects.latest("pk")
    assert answer.redirect_chain == [(reverse("admin:courses_workshop_change", args=[made.pk]), 302)]
    assert "a draft that begins on Friday 4 December 2026" in answer.text
    assert (made.capacity, made.sessions.count()) == (20, 2)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose its first day."),
        ({"first_day": "2026-05-01"}, "Give it a day ahead."),
        ({"first_day": "9999-12-31"}, "Enter a day between"),
        ({"weekday": "2026-06-13"}, "Select a valid choice."),
        ({"weekday": "2026-12-04", "capacity": "0"}, "greater than or equal to 1"),
        ({"weekday": "2026-12-04", "join_url": "https://zoom.us/s/123"}, "the link to start the meeting"),
    ],
)
def test_a_wrong_answer_makes_nothing_and_says_so(editor, workshop, sent, words):
    answer = editor.post(page(workshop), {"capacity": "12"} | sent)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert Workshop.objects.count() == 1


def test_whoever_may_not_add_workshops_may_not_use_one_again(client, workshop):
    client.force_login(make_user(is_staff=True))

    assert client.post(page(workshop), {"weekday": "2026-12-04", "capacity": "12"}).status_code == 403
    assert Workshop.objects.count() == 1
