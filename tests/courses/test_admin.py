import html
import re
from datetime import date, time, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission

from courses.models import Course, Session, Ticket, WaitingListEntry, Workshop
from courses.schedule import TOO_LONG
from practice.models import Person
from tests.builders import (
    at,
    make_cities,
    make_course,
    make_person,
    make_practice,
    make_session,
    make_terms,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)
from tests.desk_forms import answers_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("workshops_last_as_their_sessions_do")]

CHANGES = "/admin/courses/workshop/"
DAY = date(2027, 1, 15)


@pytest.fixture(autouse=True)
def editor(client):
    make_practice()
    make_cities()
    make_terms()
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    with time_machine.travel(at("2026-11-22 09:00"), tick=False):
        yield user


def change_address(workshop):
    return f"{CHANGES}{workshop.pk}/change/"


def inline(prefix, rows, initial):
    counts = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    return counts | {
        f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()
    }


def session_row(session=None, **fields):
    row = {"day": "2027-01-15", "start_time": "10:00", "end_time": "16:00"} | fields
    return row | ({"id": session.pk, "workshop": session.workshop_id} if session else {})


def type_row(ticket_type=None, **fields):
    defaults = {"name": "Full price", "price": "105.00", "access": "live", "is_full_price": "on", "position": "0"}
    row = defaults | {"vat_treatment": "standard"} | fields
    return row | ({"id": ticket_type.pk, "workshop": ticket_type.workshop_id} if ticket_type else {})


def answers(course, sessions=(), types=(), **fields):
    words = {
        "course": course.pk,
        "slug": "grief",
        "time_zone": "Europe/London",
        "capacity": "10",
        "catch_up_days": "28",
        "attendance_percent": "80",
    }
    initial = [sum("id" in row for row in rows) for rows in (sessions, types)]
    return words | inline("sessions", sessions, initial[0]) | inline("ticket_types", types, initial[1]) | fields


def answers_for(workshop, **fields):
    """What the change page of this workshop would send if nothing were changed."""
    sessions = [
        session_row(each, day=each.day, start_time=each.start_time, end_time=each.end_time, join_url=each.join_url)
        for each in workshop.sessions.all()
    ]
    types = [
        type_row(each, name=each.name, price=each.price, position=each.position) for each in workshop.ticket_types.all()
    ]
    kept = {
        "slug": workshop.slug,
        "time_zone": workshop.time_zone,
        "capacity": workshop.capacity,
    }
    return answers(workshop.course, fields.pop("sessions", sessions), fields.pop("types", types), **(kept | fields))


def errors(response):
    text = response.content.decode()
    lists = re.findall(r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', text, re.DOTALL)
    return [html.unescape(each) for block in lists for each in re.findall(r"<li>([^<]+)</li>", block)]


def told(response):
    return [html.unescape(each) for each in re.findall(r'<li class="info">([^<]+)</li>', response.content.decode())]


# Times -------------------------------------------------------------------------
def test_wall_times_and_zone_become_instants(client):
    course = make_course()

    client.post(
        f"{CHANGES}add/", answers(course, [session_row(day="2027-06-04")], [type_row()], time_zone="Europe/Paris")
    )

    session = Session.objects.get()
    assert (session.starts_at, session.ends_at) == (at("2027-06-04 08:00"), at("2027-06-04 14:00"))
    assert session.workshop.ticket_types.get().name == "Full price"


def test_saving_echoes_the_times_of_every_city_and_the_clocks_note(client):
    course = make_course()
    sent = answers(course, [session_row(day="2027-03-19")])

    response = client.post(f"{CHANGES}add/", sent, follow=True)

    assert told(response) == [
        "Fri 19 Mar 2027: 10:00–16:00 London (GMT, UTC+0) · 11:00–17:00 Paris (CET, UTC+1) · "
        "06:00–12:00 New York (EDT, UTC-4). New York puts its clocks forward on 14 March and London on 28 March, "
        "so on this date New York is 4 hours behind London, not 5."
    ]


def test_the_page_shows_the_times_of_every_city(client):
    response = client.get(change_address(make_workshop(day=DAY)))

    assert (
        "Fri 15 Jan 2027: 10:00–16:00 London (GMT, UTC+0) · 11:00–17:00 Paris (CET, UTC+1) · "
        "05:00–11:00 New York (EST, UTC-5)." in response.content.decode()
    )


@pytest.mark.parametrize(
    ("fields", "zone", "error"),
    [
        (
            {"day": "2027-03-28", "start_time": "01:30"},
            "Europe/London",
            "01:30 does not exist on Sunday 28 March 2027 in London: the clocks jump over it.",
        ),
        (
            {"day": "2026-10-25", "start_time": "01:30"},
            "Europe/London",
            "01:30 comes twice on Sunday 25 October 2026 in London: the clocks go back.",
        ),
        (
            {"day": "2026-11-01", "start_time": "01:30"},
            "America/New_York",
            "01:30 comes twice on Sunday 1 November 2026 in New York: the clocks go back.",
        ),
        ({"end_time": "10:00"}, "Europe/London", TOO_LONG),
        ({"day": "9999-12-31"}, "Europe/London", "Enter a day between 2000 and 2100."),
        ({"day": "0001-01-01"}, "Asia/Tokyo", "Enter a day between 2000 and 2100."),
        ({"day": "2027-02-30"}, "Europe/London", "Enter a valid date."),
        ({"start_time": "25:00"}, "Europe/London", "Enter a time such as 10:00, 12.30 or 7pm."),
    ],
)
def test_a_time_that_is_no_moment_is_refused_at_its_field(client, fields, zone, error):
    course = make_course()

    response = client.post(f"{CHANGES}add/", answers(course, [session_row(**fields)], time_zone=zone))

    assert (response.status_code, errors(response)) == (200, [error])
    assert Workshop.objects.count() == 0


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("7pm", "10.30 p.m.", ("19:00", "22:30")),
        ("12.30", "4pm", ("12:30", "16:00")),
        ("20", "12am", ("20:00", "00:00")),
    ],
)
def test_times_are_taken_as_people_write_them_also_past_midnight(client, start, end, hours):
    client.post(f"{CHANGES}add/", answers(make_course(), [session_row(start_time=start, end_time=end)]))

    session = Session.objects.get()
    assert (f"{session.start_time:%H:%M}", f"{session.end_time:%H:%M}") == hours
    assert session.ends_at > session.starts_at


def test_a_programme_is_kept_as_it_is_shown_and_a_wrong_line_is_refused_at_its_field(client):
    course = make_course()
    wrong = client.post(f"{CHANGES}add/", answers(course, [session_row(programme="10am Welcome\n19:00 Close")]))
    assert (wrong.status_code, Session.objects.count()) == (200, 0)
    assert "19:00 is not within the session, which is from 10:00 to 16:00." in errors(wrong)

    client.post(f"{CHANGES}add/", answers(course, [session_row(programme="10am Welcome\n\n12.30 Lunch")]))

    assert Session.objects.get().programme == "10:00 | Welcome\n12:30 | Lunch"


def test_overlapping_sessions_are_refused(client):
    course = make_course()
    sent = answers(course, [session_row(), session_row(start_time="15:00", end_time="17:00")])

    response = client.post(f"{CHANGES}add/", sent)

    assert errors(response) == ["This overlaps the session on Friday 15 January 2027 from 10:00 to 16:00."]


@pytest.mark.parametrize("zone", ["", "../../etc/passwd", "x" * 300, "europe/london", "a\0b"])
def test_a_hostile_zone_is_an_error_and_nothing_else(client, zone):
    course = make_course()
    sent = answers(course, [session_row()], time_zone=zone, sales_open_at_0="2026-12-01", sales_open_at_1="09:00")

    response = client.post(f"{CHANGES}add/", sent)

    assert (response.status_code, len(errors(response)), Workshop.objects.count()) == (200, 1, 0)


def test_a_new_zone_moves_sessions_that_were_not_touched(client):
    workshop = make_workshop(day=DAY)

    response = client.post(change_address(workshop), answers_for(workshop, time_zone="America/New_York"))

    assert response.status_code == 302
    session = Session.objects.get()
    assert (session.starts_at, session.start_time, session.revision) == (at("2027-01-15 15:00"), time(10), 1)


def test_saving_without_a_change_moves_nothing(client):
    workshop = make_workshop(day=DAY)

    client.post(change_address(workshop), answers_for(workshop, note="Bring paper."))

    assert (Session.objects.get().revision, Workshop.objects.get().note) == (0, "Bring paper.")


def test_a_published_workshop_that_nobody_can_book_is_pointed_out(client):
    workshop = make_workshop(day=DAY, price=None)

    text = client.post(change_address(workshop), answers_for(workshop), follow=True).content.decode()

    assert re.findall(r'<li class="warning">([^<]+)<', text) == ["It has no ticket type yet, so nobody can book it."]


def test_two_sessions_can_trade_days_on_one_page(client):
    workshop = make_workshop(day=DAY)
    make_session(workshop, date(2027, 1, 22))
    first, second = workshop.sessions.order_by("pk")
    swapped = [session_row(first, day="2027-01-22"), session_row(second, day="2027-01-15")]

    response = client.post(change_address(workshop), answers_for(workshop, sessions=swapped))

    assert response.status_code == 302
    assert [f"{each.starts_at:%d}" for each in Session.objects.order_by("pk")] == ["22", "15"]


def test_a_published_workshop_keeps_a_session(client):
    workshop = make_workshop(day=DAY)
    gone = [session_row(workshop.sessions.get(), DELETE="on")]

    response = client.post(change_address(workshop), answers_for(workshop, sessions=gone))

    assert errors(response) == ["A published workshop needs at least one session."]
    assert Session.objects.count() == 1


def test_a_draft_may_wait_for_its_date(client):
    course = make_course()

    client.post(f"{CHANGES}add/", answers(course))

    assert Workshop.objects.get().status == "draft"


# The sale ------------------------------------------------------------------------
def test_sales_times_are_entered_and_shown_in_the_workshops_zone(client):
    workshop = make_workshop(day=DAY, time_zone="America/New_York")
    sent = answers_for(
        workshop,
        sales_open_at_0="2026-12-01",
        sales_open_at_1="09:00",
        sales_close_at_0="2027-01-14",
        sales_close_at_1="18:00",
    )

    client.post(change_address(workshop), sent)

    workshop.refresh_from_db()
    assert (workshop.sales_open_at, workshop.sales_close_at) == (at("2026-12-01 14:00"), at("2027-01-14 23:00"))
    text = client.get(change_address(workshop)).content.decode()
    assert re.findall(r'name="sales_\w+_at_[01]" value="([^"]+)"', text) == [
        "01/12/2026",
        "09:00:00",
        "14/01/2027",
        "18:00:00",
    ]


@pytest.mark.parametrize(
    ("day", "clock", "error"),
    [
        ("2027-03-28", "01:30", "01:30 does not exist on Sunday 28 March 2027 in London: the clocks jump over it."),
        ("2026-10-25", "01:30", "01:30 comes twice on Sunday 25 October 2026 in London: the clocks go back."),
        ("9999-12-31", "10:00", "Enter a day between 2000 and 2100."),
        ("2026-12-01", "", "Enter both a day and a time."),
    ],
)
def test_a_sales_time_that_is_no_moment_is_refused(client, day, clock, error):
    workshop = make_workshop(day=DAY)
    sent = answers_for(workshop, sales_open_at_0=day, sales_open_at_1=clock)

    response = client.post(change_address(workshop), sent)

    assert errors(response) == [error]


def test_sales_close_after_they_open(client):
    workshop = make_workshop(day=DAY)
    window = {"sales_open_at_0": "2026-12-02", "sales_close_at_0": "2026-12-01"}

    response = client.post(
        change_address(workshop), answers_for(workshop, **window, sales_open_at_1="09:00", sales_close_at_1="09:00")
    )

    assert errors(response) == ["Sales must close after they open."]


def test_an_emptied_sales_time_is_gone(client):
    workshop = make_workshop(day=DAY, sales_close_at=at("2027-01-10 10:00"))

    client.post(change_address(workshop), answers_for(workshop))

    assert Workshop.objects.get().sales_close_at is None


# Places --------------------------------------------------------------------------
def test_a_capacity_below_the_places_taken_is_refused(client):
    workshop = make_workshop(day=DAY, capacity=10)
    make_ticket(workshop)
    make_ticket(workshop, Ticket.Status.HELD)

    response = client.post(change_address(workshop), answers_for(workshop, capacity=1))

    assert errors(response) == ["2 places are taken, so the capacity cannot be 1."]
    assert Workshop.objects.get().capacity == 10


def test_a_smaller_capacity_seats_everybody_below_it(client):
    workshop = make_workshop(day=DAY, capacity=10)
    make_ticket(workshop, place_number=9)

    client.post(change_address(workshop), answers_for(workshop, capacity=1))

    assert (Workshop.objects.get().capacity, Ticket.objects.get().place_number) == (1, 1)


@pytest.mark.parametrize("capacity", ["0", "-1", "1001", "x", "1e9", "", "9" * 400])
def test_a_capacity_that_is_none_is_refused(client, capacity):
    workshop = make_workshop(day=DAY)

    response = client.post(change_address(workshop), answers_for(workshop, capacity=capacity))

    assert (response.status_code, len(errors(response)) >= 1, Workshop.objects.get().capacity) == (200, True, 10)


def test_a_ticket_type_that_somebody_holds_cannot_be_deleted(client):
    workshop = make_workshop(day=DAY)
    make_ticket(workshop)
    gone = [type_row(workshop.ticket_types.get(), DELETE="on")]

    response = client.post(change_address(workshop), answers_for(workshop, types=gone))

    assert (response.status_code, workshop.ticket_types.count()) == (200, 1)
    words = "“Full price” stays, because there are tickets of it. To end its sale, give it a last day."
    assert errors(response) == [words]


def test_a_ticket_type_that_nobody_holds_can_be_deleted(client):
    workshop = make_workshop(day=DAY)
    gone = [type_row(workshop.ticket_types.get(), DELETE="on")]

    client.post(change_address(workshop), answers_for(workshop, types=gone))

    assert workshop.ticket_types.count() == 0


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": "Full price"}, "Please correct the duplicate data for name."),
        ({"name": "B", "price": "-1"}, "A price cannot be negative."),
        ({"name": "B", "last_day": "9999-12-31"}, "Enter a day between 2000 and 2100."),
        ({"name": "B", "price": "1e30"}, "Ensure that there are no more than 8 digits in total."),
        ({"name": "B", "price": "NaN"}, "Enter a number."),
        ({"name": "B", "price": "1.005"}, "Ensure that there are no more than 2 decimal places."),
        (
            {"name": "B", "price": "0.49"},
            "No card can be charged less than £0.50. Ask for that, or for nothing.",
        ),
        ({"name": "B", "vat_treatment": "lower"}, "Select a valid choice. lower is not one of the available choices."),
    ],
)
def test_a_ticket_type_that_cannot_be_is_refused(client, fields, error):
    workshop = make_workshop(day=DAY)
    types = [type_row(workshop.ticket_types.get()), type_row(**fields)]

    response = client.post(change_address(workshop), answers_for(workshop, types=types))

    assert (response.status_code, workshop.ticket_types.count()) == (200, 1)
    assert errors(response)[0].startswith(error)


@pytest.mark.parametrize("workshop_status", ["draft", "published", "cancelled"])
@pytest.mark.parametrize("status", [Ticket.Status.CONFIRMED, Ticket.Status.HELD])
def test_a_workshop_that_somebody_has_a_place_on_keeps_a_session_whatever_its_status(client, workshop_status, status):
    workshop = make_workshop(day=DAY, status=workshop_status)
    make_session(workshop, date(2027, 1, 22))
    make_ticket(workshop, status)
    gone = [session_row(each, day=each.day, DELETE="on") for each in workshop.sessions.all()]

    response = client.post(change_address(workshop), answers_for(workshop, sessions=gone))

    words = "Tickets are held or booked: 1. At least one session stays, so that they have a date."
    assert (errors(response), Session.objects.count()) == ([words], 2)


def test_one_of_two_sessions_may_go(client):
    workshop = make_workshop(day=DAY)
    make_session(workshop, date(2027, 1, 22))
    make_ticket(workshop)
    first, second = workshop.sessions.order_by("pk")
    rows = [session_row(first, DELETE="on"), session_row(second, day=second.day)]

    asked = client.post(change_address(workshop), answers_for(workshop, sessions=rows))
    client.post(change_address(workshop), answers_in(asked))

    assert Session.objects.get() == second


def test_a_draft_that_nobody_has_a_place_on_may_lose_its_date(client):
    workshop = make_workshop(day=DAY, status="draft")
    gone = [session_row(workshop.sessions.get(), DELETE="on")]

    client.post(change_address(workshop), answers_for(workshop, sessions=gone))

    assert Session.objects.count() == 0


def test_a_cancelled_workshop_can_be_saved_again(client):
    workshop = make_workshop(day=DAY, status="cancelled")
    make_ticket(workshop)

    client.post(change_address(workshop), answers_for(workshop, note="Sorry."))

    assert (Workshop.objects.get().status, Workshop.objects.get().note) == ("cancelled", "Sorry.")


# Lists ---------------------------------------------------------------------------
def test_the_list_tells_day_places_status_and_zone(client):
    workshop = make_workshop(day=DAY, capacity=24, course=make_course("Grief"), time_zone="Europe/Paris")
    for _ in range(3):
        make_ticket(workshop)
    make_ticket(workshop, Ticket.Status.CANCELLED, place_number=9)

    text = client.get(CHANGES).content.decode()

    cells = re.findall(r'class="field-(\w+)[^"]*">(?:<a[^>]*>)?([^<]+)<', text)
    assert cells == [
        ("course", "Grief"),
        ("first_day", "Fri 15 Jan 2027"),
        ("taken", "3 of 24 taken"),
        ("status", "published"),
        ("time_zone", "Europe/Paris"),
    ]


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["later", "soon", "past", "dateless"]),
        ("?when=upcoming", ["later", "soon"]),
        ("?when=past", ["past"]),
        ("?q=soon", ["soon"]),
        ("?when=nonsense", ["later", "soon", "past", "dateless"]),
    ],
)
def test_the_list_can_be_narrowed_and_is_in_order_of_dates(client, query, slugs):
    make_workshop(day=DAY, slug="soon")
    make_workshop(day=date(2026, 11, 20), slug="past")
    make_workshop(day=date(2027, 3, 19), slug="later")
    Workshop.objects.create(slug="dateless", capacity=1, course=make_course())

    found = client.get(CHANGES + query, follow=True).context["cl"].queryset

    assert [each.slug for each in found] == slugs


@pytest.mark.parametrize("name", ["subject", "course", "waitinglistentry"])
def test_every_list_opens(client, name):
    workshop = make_workshop(day=DAY)
    WaitingListEntry.objects.create(workshop=workshop, email="noor@example.org", email_key="noor@example.org")

    assert client.get(f"/admin/courses/{name}/?q=x").status_code == 200


def test_people_put_themselves_on_the_waiting_list(client):
    assert client.get("/admin/courses/waitinglistentry/add/").status_code == 403


def test_a_course_is_written_in_the_admin(client):
    person = make_person()
    course = make_course()
    words = {
        "title": "Grief",
        "slug": "grief",
        "subject": course.subject_id,
        "is_published": "on",
        "blurb": "A day.",
        "summary": "A day on grief.",
        "body": "<p>Words.</p><script>x</script>",
        "aims": "One\nTwo\nThree",
        "audience": "Therapists.",
        "level": "intermediate",
        "cpd_hours": "5",
        "presenters": [person.pk],
        **inline("references", [], 0),
    }

    response = client.post("/admin/courses/course/add/", words)

    assert response.status_code == 302
    saved = Course.objects.get(slug="grief")
    assert (saved.body, saved.cover[:4], list(saved.presenters.all())) == ("<p>Words.</p>", "<svg", [person])


# The preview -----------------------------------------------------------------------
def test_a_draft_can_be_seen_as_visitors_will_see_it(client):
    workshop = make_workshop(day=DAY, status="draft", course=make_course("Grief", is_published=False))

    response = client.get(f"{CHANGES}{workshop.pk}/preview/")

    text = response.content.decode()
    assert re.findall(r"<h1>([^<]+)</h1>", text) == ["Grief"]
    assert ("Book this workshop" in text, 'content="noindex"' in text, "data:image/svg+xml" in text) == (
        True,
        True,
        True,
    )
    assert response["Cache-Control"].split(", ")[:2] == ["private", "no-store"]
    assert Workshop.objects.get().status == "draft"


def test_a_draft_without_a_date_is_sent_back_to_get_one(client):
    workshop = Workshop.objects.create(slug="dateless", capacity=1, course=make_course())

    response = client.get(f"{CHANGES}{workshop.pk}/preview/")

    assert (response.status_code, response["Location"]) == (302, change_address(workshop))


def test_the_preview_is_for_people_who_may_see_workshops(client):
    workshop = make_workshop(day=DAY, status="draft")
    outsider = make_user(is_staff=True)
    client.force_login(outsider)
    assert client.get(f"{CHANGES}{workshop.pk}/preview/").status_code == 403

    outsider.user_permissions.add(Permission.objects.get(codename="view_workshop"))

    assert client.get(f"{CHANGES}{workshop.pk}/preview/").status_code == 200


def test_the_public_sees_no_preview(client):
    workshop = make_workshop(day=DAY)
    client.logout()

    assert client.get(f"{CHANGES}{workshop.pk}/preview/").status_code == 302


def test_a_course_that_is_not_on_the_site_can_be_seen_as_visitors_will_see_it(client):
    course = make_course("Grief", is_published=False)
    address = f"/admin/courses/course/{course.pk}"

    page = client.get(f"{address}/preview/")

    assert re.findall(r"<h1>([^<]+)</h1>", page.text) == ["Grief"]
    assert ('content="noindex"' in page.text, "data:image/svg+xml" in page.text) == (True, True)
    assert page["Cache-Control"].split(", ")[:2] == ["private", "no-store"]
    assert f'href="{address}/preview/"' in client.get(f"{address}/change/").text
    assert client.get(course.get_absolute_url()).status_code == 404
    client.force_login(make_user(is_staff=True))
    assert client.get(f"{address}/preview/").status_code == 403


# Prices ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"group_places": "3"}, "A group price needs both the number of places and the percentage."),
        ({"group_percent": "10"}, "A group price needs both the number of places and the percentage."),
        ({"group_places": "1", "group_percent": "10"}, "Ensure this value is greater than or equal to 2."),
        ({"group_places": "7", "group_percent": "10"}, "One booking has 6 places at most"),
        ({"group_places": "3", "group_percent": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"group_places": "3", "group_percent": "101"}, "Ensure this value is less than or equal to 100."),
        ({"group_places": "-3", "group_percent": "10"}, "Ensure this value is greater than or equal to"),
        ({"group_places": "1e9", "group_percent": "10"}, "Enter a whole number."),
    ],
)
def test_a_group_price_that_cannot_be_is_refused(client, fields, said):
    response = client.post(f"{CHANGES}add/", answers(make_course(), [session_row()], [type_row()], **fields))

    assert (any(said in error for error in errors(response)), Workshop.objects.count()) == (True, 0)


def test_a_group_price_is_kept(client):
    fields = {"group_places": "3", "group_percent": "10"}

    client.post(f"{CHANGES}add/", answers(make_course(), [session_row()], [type_row()], **fields))

    assert Workshop.objects.values_list("group_places", "group_percent").get() == (3, 10)


# Rows that another tab has saved meanwhile, or that change places ---------------
def test_a_ticket_type_that_another_tab_has_added_is_refused_in_words(client):
    workshop = make_workshop()
    types = [type_row(workshop.ticket_types.get()), type_row(name="Concession")]
    sent = answers_for(workshop, types=types)
    make_ticket_type(workshop, "Concession", "60.00")

    response = client.post(change_address(workshop), sent)

    assert errors(response)[-1] == "This workshop has a ticket type of that name."
    assert workshop.ticket_types.get(name="Concession").price == 60


def test_ticket_types_that_change_names_are_refused_in_words(client):
    workshop = make_workshop()
    full, concession = workshop.ticket_types.get(), make_ticket_type(workshop, "Concession", "60.00")
    types = [type_row(full, name="Concession"), type_row(concession, name="Full price")]

    response = client.post(change_address(workshop), answers_for(workshop, types=types))

    assert errors(response)[-2:] == ["This workshop has a ticket type of that name."] * 2
    assert full.name == "Full price"


def test_a_ticket_type_may_take_the_name_of_one_that_goes(client):
    workshop = make_workshop()
    full, concession = workshop.ticket_types.get(), make_ticket_type(workshop, "Concession", "60.00")
    types = [
        type_row(full),
        type_row(concession, name="Concession", DELETE="on"),
        type_row(name="Concession", price="70"),
    ]

    client.post(change_address(workshop), answers_for(workshop, types=types))

    assert list(workshop.ticket_types.values_list("name", "price")) == [("Full price", 105), ("Concession", 70)]


def test_a_session_that_another_tab_has_added_is_refused_in_words(client):
    workshop = make_workshop(day=DAY)
    first = workshop.sessions.get()
    day = DAY + timedelta(days=1)
    sent = answers_for(workshop, sessions=[session_row(first, day=DAY), session_row(day=day)])
    make_session(workshop, day=day)

    response = client.post(change_address(workshop), sent)

    assert (response.status_code, "overlap" in errors(response)[-1]) == (200, True)
    assert workshop.sessions.count() == 2


def test_sessions_may_change_places(client):
    workshop = make_workshop(day=DAY)
    first, later = workshop.sessions.get(), DAY + timedelta(days=1)
    second = make_session(workshop, day=later)
    rows = [session_row(first, day=later), session_row(second, day=DAY)]

    client.post(change_address(workshop), answers_for(workshop, sessions=rows))

    assert list(workshop.sessions.values_list("pk", "day")) == [(second.pk, DAY), (first.pk, later)]


def test_whoever_teaches_a_course_is_not_deleted_in_passing(client):
    anna, free = make_person("Anna"), make_person("Ben")
    make_course("Grief", presenters=[anna])

    pages = [client.post(f"/admin/practice/person/{each.pk}/delete/", {"post": "yes"}) for each in (anna, free)]
    at_once = client.post(
        "/admin/practice/person/", {"action": "delete_selected", "_selected_action": [anna.pk], "post": "yes"}
    )

    assert [page.status_code for page in (*pages, at_once)] == [200, 302, 200]
    assert "Course: Grief" in pages[0].text
    assert [*Person.objects.all()] == [anna]
