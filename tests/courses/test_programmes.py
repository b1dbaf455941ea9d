import re
from datetime import date, time, timedelta

import pytest

from courses import programmes
from courses.models import Workshop
from tests.builders import at, make_cities, make_course, make_practice, make_session, make_ticket, make_workshop
from tests.markup import markup

JANUARY = date(2027, 1, 15)


def words(text):
    return [str(line) for line in programmes.read_programme(text)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("10:00 Welcome", "10:00 | Welcome"),
        ("10am – Welcome", "10:00 | Welcome"),
        ("12.30 Lunch, 40 minutes", "12:30 | Lunch, 40 minutes"),
        ("7.15 p.m. Questions", "19:15 | Questions"),
        ("9:05: A welcome", "09:05 | A welcome"),
        ("10:30 | Grief | In company | and after", "10:30 | Grief | In company | and after"),
        ("14 | Threes", "14:00 | Threes"),
        ("10:00 || – Welcome |", "10:00 | Welcome"),
        ("10:00: | In threes | - by ear |\t", "10:00 | In threes | - by ear"),
    ],
)
def test_a_line_is_read_as_people_write_it(typed, kept):
    assert (words(typed), words(kept)) == ([kept], [kept])


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Welcome", "Line 1 begins with no time."),
        ("10:00 Welcome\n12 people in threes", "Line 2 begins with no time."),
        ("25:00 Welcome", "Line 1 begins with no time."),
        ("13pm Welcome", "Line 1 begins with no time."),
        ("10:00", "Line 1 has a time and no words."),
        ("10:00: | –", "Line 1 has a time and no words."),
        ("10:00-10:30 Welcome", "Line 1 has two times."),
    ],
)
def test_a_line_that_says_no_time_or_nothing_is_refused_by_its_number(typed, why):
    with pytest.raises(programmes.UnreadableLine, match=re.escape(why)):
        programmes.read_programme(typed)


def test_hours_must_be_those_of_the_session_and_in_order_over_midnight_too():
    late = {"start": time(22), "end": time(1)}
    programmes.check_hours(programmes.read_programme("22:00 A\n23:30 B\n00:30 C\n01:00 D"), **late)

    for typed, why in [("21:00 A", "not within the session"), ("23:00 A\n22:30 B", "before the line above")]:
        with pytest.raises(programmes.UnreadableLine, match=why):
            programmes.check_hours(programmes.read_programme(typed), **late)


@pytest.mark.django_db
def test_each_part_is_told_in_the_readers_time_with_its_day_where_that_is_another():
    workshop = make_workshop(day=JANUARY, start=time(10), end=time(16))
    workshop.sessions.update(programme="10:00 | Welcome\n15:00 | Questions")

    [session] = workshop.session_list

    told = {zone: [part.theirs for part in programmes.parts_of(session, zone)] for zone in ("Asia/Tokyo", "UTC", "x")}
    assert told == {"Asia/Tokyo": ["19:00", "Sat 00:00"], "UTC": ["", ""], "x": ["", ""]}
    assert [part.iso for part in programmes.parts_of(session)] == ["2027-01-15T10:00Z", "2027-01-15T15:00Z"]


@pytest.mark.django_db
def test_the_parts_of_a_night_over_a_change_of_clocks_have_their_own_moments():
    workshop = make_workshop(day=date(2027, 3, 27), start=time(23), end=time(23, 30))
    workshop.sessions.update(programme="23:00 | Welcome\n00:30 | Break\n01:30 | Never\n02:30 | Close", end_time=time(3))

    [session] = workshop.session_list

    hours = [part.iso[-6:-1] for part in programmes.parts_of(session)]
    assert hours == ["23:00", "00:30", "01:30", "01:30"]


@pytest.mark.django_db
def test_a_programme_that_cannot_be_read_costs_nobody_the_page(client):
    make_practice()
    workshop = make_workshop(day=JANUARY, course=make_course(programme="10:00 | Usual"))
    workshop.sessions.update(programme="Whatever comes")

    assert "Usual" in markup(client.get(workshop.get_absolute_url()))


@pytest.mark.django_db
def test_a_workshops_page_and_a_joining_page_tell_the_programme_of_each_session(client, time_machine):
    time_machine.move_to(at("2027-01-10 12:00"))
    make_practice()
    make_cities()
    workshop = make_workshop(day=JANUARY, start=time(17), end=time(20), course=make_course(programme="10:00 | Usual"))
    make_session(workshop, date(2027, 1, 22), time(17), time(20), programme="17:00 | Second | Well\n18:00 | Tea break")
    ticket = make_ticket(workshop, attendee_time_zone="America/New_York")

    public, joining = markup(client.get(workshop.get_absolute_url())), markup(client.get(ticket.get_absolute_url()))

    assert re.findall(r"<h3>[^<]*22 January 2027</h3> ?<ol", public)
    assert "Usual" not in public
    assert '<time data-part="2027-01-22T17:00Z">17:00</time>' in public
    assert "London time, and below it yours in New York." in joining
    assert re.findall(r"your time ?</span> ?([^<]+?) ?</small>", joining) == ["12:00", "13:00"]
    assert re.findall(r'<li class="rest">.*?Tea break', joining)


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "says"), [(time(10), "London time"), (time(14), "As taught in one day.")])
def test_the_courses_programme_stands_for_a_session_that_has_its_hours(client, start, says):
    make_practice()
    make_cities()
    course = make_course(programme="10:00 | Arrivals\n11:20 | Break | 10 minutes")
    workshop = make_workshop(day=JANUARY, start=start, end=time(18), course=course)

    page = markup(client.get(workshop.get_absolute_url()))

    assert says in page.split("Programme</h2>")[1].split("</p>")[0]


@pytest.mark.django_db
def test_what_is_taught_is_all_sessions_without_the_breaks_that_are_named():
    workshop = make_workshop(day=JANUARY, start=time(10), end=time(16))
    make_session(workshop, date(2027, 1, 22), time(10), time(13))
    lines = "10:00 | Welcome\n12:30 | Lunch\n13:15 | Threes\n15:45 | Tea"
    workshop.sessions.filter(day=JANUARY).update(programme=lines)

    assert programmes.time_taught(Workshop.objects.get()) == timedelta(hours=6 - 1 + 3)
