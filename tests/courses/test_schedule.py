from datetime import UTC, date, datetime, time
from importlib import import_module

import pytest
import time_machine
from django.apps import apps

from courses.models import Session, Ticket, Workshop
from courses.schedule import (
    TOO_LONG,
    Problem,
    WallTimes,
    note_span,
    session_errors,
    settle_times,
    store_sessions,
    wrong_spans,
)
from courses.seats.capacity import PlacesTaken, check_capacity, fit_places
from kit.local.times import NonexistentTime
from tests.builders import at, make_course, make_session, make_ticket, make_ticket_type, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("workshops_last_as_their_sessions_do")]

DAY = date(2026, 10, 30)


def moments(workshop):
    sessions = Session.objects.filter(workshop=workshop).order_by("pk")
    return [(f"{each.starts_at:%d %H:%M}", f"{each.ends_at:%d %H:%M}", each.revision) for each in sessions]


def test_instants_follow_from_wall_times_and_zone():
    workshop = make_workshop(day=DAY)
    workshop.sessions.update(start_time=time(9), end_time=time(12, 30))

    moved = settle_times(workshop)

    assert [session.pk for session in moved] == [workshop.sessions.get().pk]
    assert moments(workshop) == [("30 09:00", "30 12:30", 1)]


def test_a_new_zone_keeps_the_wall_time_and_moves_the_instant():
    workshop = make_workshop(day=DAY)
    workshop.time_zone = "America/New_York"
    workshop.save()

    settle_times(workshop)

    assert moments(workshop) == [("30 14:00", "30 20:00", 1)]
    assert workshop.sessions.get().start_time == time(10)


def test_sessions_that_stay_keep_their_revision():
    workshop = make_workshop(day=DAY)

    assert settle_times(workshop) == []
    assert moments(workshop) == [("30 10:00", "30 16:00", 0)]


def test_an_impossible_wall_time_moves_nothing():
    workshop = make_workshop(day=DAY)
    make_session(workshop, date(2027, 1, 8))
    workshop.sessions.filter(day=DAY).update(start_time=time(9))
    workshop.sessions.filter(day=date(2027, 1, 8)).update(day=date(2027, 3, 28), start_time=time(1, 30))

    with pytest.raises(NonexistentTime):
        settle_times(workshop)

    assert moments(workshop) == [("30 10:00", "30 16:00", 0), ("08 10:00", "08 16:00", 0)]


def test_two_sessions_can_trade_places():
    workshop = make_workshop(day=DAY)
    make_session(workshop, date(2026, 11, 13))
    first, second = workshop.sessions.order_by("pk")
    first.day, second.day = second.day, first.day

    moved = store_sessions(workshop, kept=[first, second])

    assert [session.pk for session in moved] == [first.pk, second.pk]
    assert moments(workshop) == [("13 10:00", "13 16:00", 1), ("30 10:00", "30 16:00", 1)]


def test_a_new_session_can_take_the_time_that_another_leaves():
    workshop = make_workshop(day=DAY)
    old = workshop.sessions.get()
    old.day = date(2026, 11, 13)
    new = Session(workshop=workshop, day=DAY, start_time=time(10), end_time=time(16))

    store_sessions(workshop, kept=[old], new=[new])

    assert moments(workshop) == [("13 10:00", "13 16:00", 1), ("30 10:00", "30 16:00", 0)]
    assert workshop.starts_at == datetime(2026, 10, 30, 10, tzinfo=UTC)


def test_a_removed_session_is_gone():
    workshop = make_workshop(day=DAY)
    make_session(workshop, date(2026, 11, 13))

    store_sessions(workshop, removed=[workshop.sessions.get(day=DAY)])

    assert moments(workshop) == [("13 10:00", "13 16:00", 0)]


def test_a_workshop_begins_with_its_first_session_and_ends_with_its_last():
    workshop = make_workshop(day=DAY)
    later = Session(workshop=workshop, day=date(2026, 11, 13), start_time=time(9), end_time=time(12))

    store_sessions(workshop, new=[later])

    stored = Workshop.objects.get(pk=workshop.pk)
    assert (stored.starts_at, stored.ends_at) == (at("2026-10-30 10:00"), at("2026-11-13 12:00"))
    assert (workshop.starts_at, workshop.ends_at) == (stored.starts_at, stored.ends_at)


def test_a_workshop_without_sessions_has_no_date():
    workshop = make_workshop(day=DAY)

    store_sessions(workshop, removed=list(workshop.sessions.all()))

    stored = Workshop.objects.get(pk=workshop.pk)
    assert (stored.starts_at, stored.ends_at, Workshop.objects.dated().count()) == (None, None, 0)


def test_the_migration_reads_it_from_the_sessions_that_there_were():
    make_session(make_workshop(day=DAY), date(2026, 11, 13))
    Workshop.objects.create(slug="undated", course=make_course(), capacity=1)
    Workshop.objects.update(starts_at=None, ends_at=None)

    import_module("courses.migrations.0006_read_when_workshops_are").read_sessions(apps, None)

    assert (Workshop.objects.dated().count(), list(wrong_spans())) == (1, [])


def test_what_was_written_past_the_schedule_is_found():
    right, wrong = make_workshop(day=DAY), make_workshop(day=DAY)
    Session.objects.filter(workshop=wrong).update(starts_at=at("2026-10-30 09:00"))

    assert list(wrong_spans()) == [wrong]

    note_span(wrong)
    assert [each.starts_at for each in (right, wrong)] == [at("2026-10-30 10:00"), at("2026-10-30 09:00")]


GOOD = WallTimes(DAY, time(10), time(16))


@pytest.mark.parametrize(
    ("sessions", "zone", "problems"),
    [
        ([GOOD], "Europe/London", []),
        ([GOOD, WallTimes(DAY, time(16), time(18))], "Europe/London", []),
        ([WallTimes(DAY, time(20), time(0))], "Europe/London", []),
        ([WallTimes(DAY, time(22), time(1, 30))], "America/New_York", []),
        (
            [WallTimes(date(2027, 3, 28), time(1, 30), time(16))],
            "Europe/London",
            [("start_time", "01:30 does not exist on Sunday 28 March 2027 in London: the clocks jump over it.")],
        ),
        (
            [WallTimes(date(2026, 10, 25), time(0, 30), time(1, 30))],
            "Europe/London",
            [("end_time", "01:30 comes twice on Sunday 25 October 2026 in London: the clocks go back.")],
        ),
        (
            [WallTimes(date(2026, 11, 1), time(1, 30), time(16))],
            "America/New_York",
            [("start_time", "01:30 comes twice on Sunday 1 November 2026 in New York: the clocks go back.")],
        ),
        (
            [WallTimes(DAY, time(16), time(10))],
            "Europe/London",
            [("end_time", TOO_LONG)],
        ),
        (
            [WallTimes(DAY, time(10), time(10))],
            "Europe/London",
            [("end_time", TOO_LONG)],
        ),
        ([WallTimes(date.max, time(10), time(16))], "Europe/London", [("day", "Enter a day between 2000 and 2100.")]),
        ([WallTimes(date.min, time(0), time(16))], "Asia/Tokyo", [("day", "Enter a day between 2000 and 2100.")]),
    ],
)
def test_what_is_wrong_is_said_at_its_field(sessions, zone, problems):
    assert [(each.field, each.message) for each in session_errors(sessions, zone)] == problems


def test_overlaps_are_found_behind_a_long_session_too():
    sessions = [
        WallTimes(DAY, time(14), time(15)),
        WallTimes(DAY, time(9), time(17)),
        WallTimes(DAY, time(10), time(11)),
    ]

    words = "This overlaps the session on Friday 30 October 2026 from 09:00 to 17:00."
    assert session_errors(sessions, "Europe/London") == [
        Problem(2, "start_time", words),
        Problem(0, "start_time", words),
    ]


def test_a_capacity_below_the_places_taken_is_refused():
    workshop = make_workshop(capacity=5)
    make_ticket(workshop)
    make_ticket(workshop, Ticket.Status.HELD)

    with pytest.raises(PlacesTaken) as refused:
        check_capacity(workshop, capacity=1)

    assert refused.value.taken == 2


def test_ended_holds_cancelled_places_and_catch_up_count_for_nothing():
    workshop = make_workshop(capacity=5)
    make_ticket(workshop, Ticket.Status.HELD, held_until=at("2026-01-01 10:00"), place_number=3)
    make_ticket(workshop, Ticket.Status.CANCELLED, place_number=2)
    catch_up = make_ticket_type(workshop, "Catch-up", access="catch_up")
    make_ticket(workshop, ticket_type=catch_up, access="catch_up", place_number=None)
    make_ticket(workshop)

    assert check_capacity(workshop, capacity=1) is None


def test_a_smaller_room_seats_everybody_on_its_own_numbers():
    workshop = make_workshop(capacity=10)
    for number in (2, 7, 9):
        make_ticket(workshop, place_number=number)

    fit_places(workshop, capacity=3)

    assert sorted(workshop.tickets.values_list("place_number", flat=True)) == [1, 2, 3]


@time_machine.travel(at("2026-10-01 10:00"), tick=False)
def test_an_ended_hold_leaves_its_number_to_a_smaller_room():
    workshop = make_workshop(capacity=10)
    make_ticket(workshop, Ticket.Status.HELD, held_until=at("2026-10-01 09:00"), place_number=1)
    seated = make_ticket(workshop, place_number=10)

    fit_places(workshop, capacity=1)

    seated.refresh_from_db()
    assert seated.place_number == 1
