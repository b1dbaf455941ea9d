"""Publish and Take back: a button, a page that says what will happen, and then once."""

import re
from datetime import date, time
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import Group

from accounts.models import AuditEntry
from courses import interest, publishing
from courses.models import Course, Session, Ticket, Workshop
from courses.seats.waiting import join_waiting_list
from kit.forms.seen import seal
from practice_site.groups import set_up_groups
from tests.builders import (
    at,
    make_cities,
    make_course,
    make_practice,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)
from tests.pressing import press, seen_on, told, words_of

pytestmark = pytest.mark.django_db

CHANGES = "/admin/courses/workshop/"
DAY = date(2027, 1, 15)


@pytest.fixture(autouse=True)
def _now():
    make_practice()
    make_cities()
    with time_machine.travel(at("2026-11-22 09:00"), tick=False):
        yield


@pytest.fixture
def desk(client):
    return enter(client, "Editors")


def enter(client, group):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return client


def path_to(act, workshop):
    return f"{CHANGES}{workshop.pk}/{act}/"


def status_of(workshop):
    return Workshop.objects.get(pk=workshop.pk).status


def buttons(desk, workshop):
    page = desk.get(f"{CHANGES}{workshop.pk}/change/").text
    tools = page.split('<ul class="object-tools">')[1].split("</ul>")[0]
    return re.findall(r">(Publish|Take back|Cancel the workshop)</a>", tools)


def has_a_button(response):
    return 'type="submit"' in response.text.split('id="content-main"')[1]


# The buttons -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("group", "status", "found"),
    [
        ("Editors", "draft", ["Publish"]),
        ("Editors", "published", ["Take back"]),
        ("Editors", "cancelled", []),
        ("Organisers", "draft", ["Publish"]),
        ("Organisers", "published", ["Take back", "Cancel the workshop"]),
        ("Organisers", "cancelled", []),
    ],
)
def test_a_workshop_has_the_buttons_of_its_status_and_of_the_person(client, group, status, found):
    assert buttons(enter(client, group), make_workshop(day=DAY, status=status)) == found


def test_a_workshop_that_is_over_is_not_cancelled(client):
    assert buttons(enter(client, "Organisers"), make_workshop(day=date(2026, 11, 20))) == ["Take back"]


@pytest.mark.parametrize(("act", "status"), [("publish", "draft"), ("take-back", "published")])
def test_opening_the_page_changes_nothing(desk, act, status):
    workshop = make_workshop(day=DAY, status=status)

    response = desk.get(path_to(act, workshop))

    assert (response.status_code, status_of(workshop), AuditEntry.objects.count()) == (200, status, 0)
    assert "no-store" in response["Cache-Control"]


# Publishing --------------------------------------------------------------------------------------------------------
def test_pressed_it_is_on_the_site_with_an_entry_and_the_reason(desk):
    workshop = make_workshop(day=DAY, status="draft", slug="grief")

    response = press(desk, path_to("publish", workshop), why="The dates are fixed.")

    assert told(desk.get(response["Location"])) == [("success", "Published: its page is on the site now.")]
    assert desk.get("/workshops/grief/").status_code == 200
    entry = AuditEntry.objects.get()
    assert (entry.change, entry.reason) == ("draft → published", "The dates are fixed.")
    assert entry.actor == "the desk"


def test_the_page_says_what_will_happen(desk):
    workshop = make_workshop(day=DAY, status="draft", slug="grief", capacity=12)

    words = words_of(desk.get(path_to("publish", workshop)))

    assert "Its page, /workshops/grief/ , is on the site at once, and it stands in the lists." in words
    assert "People can book it from now on. It has 12 live places." in words
    assert "Nobody is written to, because nobody waits to hear of a date of this course." in words
    assert (
        "Fri 15 Jan 2027: 10:00–16:00 London (GMT, UTC+0) · 11:00–17:00 Paris (CET, UTC+1) · "
        "05:00–11:00 New York (EST, UTC-5)." in words
    )


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({}, "within a minute of your press. No mail can be called back."),
        ({"sales_open_at": at("2026-12-01 09:00")}, "when people can book."),
        ({"day": date(2026, 11, 20)}, "within a minute of its being on sale."),
    ],
)
def test_the_page_says_how_many_will_be_written_to_and_when(desk, fields, when):
    workshop = make_workshop(**({"day": DAY, "status": "draft"} | fields))
    for name in ("ada", "ben"):
        interest.leave_address(workshop.course, email=f"{name}@example.org")

    words = words_of(desk.get(path_to("publish", workshop)))

    asked = "2 people asked to hear of the next date of this course. They are written to, once,"
    assert f"{asked} {when}" in words


def test_the_message_says_how_many_will_be_written_to(desk):
    workshop = make_workshop(day=DAY, status="draft")
    interest.leave_address(workshop.course, email="ada@example.org")

    response = press(desk, path_to("publish", workshop))

    [(level, words)] = told(desk.get(response["Location"]))
    assert words.endswith(" 1 person who asked for a date will be written to within a minute.")
    assert level == "success"


def test_the_day_on_which_people_can_book_is_said_in_the_workshops_zone(desk):
    workshop = make_workshop(day=DAY, status="draft", sales_open_at=at("2026-12-01 09:00"), time_zone="Europe/Paris")

    words = words_of(desk.get(path_to("publish", workshop)))

    assert "People can book from Tuesday 1 December 2026 at 10:00, Paris time." in words


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"price": None}, "It has no ticket type, so nobody could book it."),
        ({"sales_close_at": at("2026-11-01 09:00")}, "No live ticket type would be on sale, so nobody could book it."),
    ],
)
def test_a_workshop_that_nobody_could_book_stays_a_draft(desk, fields, warning):
    workshop = make_workshop(**({"day": DAY, "status": "draft"} | fields))

    page = desk.get(path_to("publish", workshop))
    answer = desk.post(path_to("publish", workshop), {"seen": seal(publishing.facts_seen(workshop))})

    assert (warning in words_of(page), has_a_button(page)) == (True, False)
    assert (answer.status_code, status_of(workshop)) == (409, "draft")


def test_a_workshop_that_is_over_is_pointed_out_and_may_be_published(desk):
    workshop = make_workshop(day=date(2026, 11, 20), status="draft")

    page = desk.get(path_to("publish", workshop))
    press(desk, path_to("publish", workshop))

    assert "It has begun already, so nobody can book a live place." in words_of(page)
    assert status_of(workshop) == "published"


def test_a_drafts_own_page_lists_what_is_missing_and_a_published_one_none(desk):
    workshop = make_workshop(day=DAY, status="draft", price=None)
    workshop.sessions.update(join_url="")
    form = f"{CHANGES}{workshop.pk}/change/"

    words = "Still missing It has no ticket type. It has no Zoom link yet. That may follow later."
    assert words in words_of(desk.get(form))
    make_ticket_type(workshop)
    press(desk, path_to("publish", workshop))
    assert "Still missing" not in words_of(desk.get(form))


def test_what_is_missing_is_said_with_the_place_to_put_it(desk):
    workshop = make_workshop(day=DAY, status="draft", course=make_course("Grief", is_published=False))
    workshop.sessions.all().delete()

    response = desk.get(path_to("publish", workshop))

    main = response.text.split('id="content-main"')[1]
    assert (response.status_code, has_a_button(response)) == (200, False)
    assert "It has no session, so it has no date." in words_of(response)
    assert "Its course is not published, so nobody could see it." in words_of(response)
    assert re.findall(r'<a href="(/admin/courses/(?:course|workshop)/\d+/change/[^"]*)"', main)[:2] == [
        f"{CHANGES}{workshop.pk}/change/#sessions-heading",
        f"/admin/courses/course/{workshop.course_id}/change/",
    ]


def test_the_places_that_the_page_leads_to_are_there(desk):
    page = desk.get(f"{CHANGES}{make_workshop(day=DAY).pk}/change/").text

    assert (page.count('id="sessions-heading"'), page.count('id="ticket_types-heading"')) == (1, 1)


def test_what_came_to_be_missing_after_the_page_was_opened_is_refused(desk):
    workshop = make_workshop(day=DAY, status="draft")
    seen = seen_on(desk, path_to("publish", workshop))
    Course.objects.filter(pk=workshop.course_id).update(is_published=False)

    response = desk.post(path_to("publish", workshop), {"seen": seen})

    assert (response.status_code, status_of(workshop), has_a_button(response)) == (409, "draft", False)
    assert "The course: “published” before, “not published” now." in words_of(response)


def test_a_press_without_its_page_is_refused_for_what_is_missing(desk):
    workshop = make_workshop(day=DAY, status="draft", course=make_course(is_published=False))
    seen = publishing_seal(workshop)

    response = desk.post(path_to("publish", workshop), {"seen": seen})

    assert (response.status_code, status_of(workshop)) == (409, "draft")
    assert "It cannot be published yet" in words_of(response)


def publishing_seal(workshop):
    return seal(publishing.facts_seen(Workshop.objects.get(pk=workshop.pk)))


# What has changed since --------------------------------------------------------------------------------------------
def test_what_changed_since_the_page_was_opened_is_said_and_asked_anew(desk):
    workshop = make_workshop(day=DAY, status="draft", capacity=10)
    seen = seen_on(desk, path_to("publish", workshop))
    Workshop.objects.filter(pk=workshop.pk).update(capacity=100)
    Session.objects.filter(workshop=workshop).update(title="Day 1")
    make_ticket_type(workshop, "Concession", "60.00")

    response = desk.post(path_to("publish", workshop), {"seen": seen, "why": "Ready."})

    words = words_of(response)
    assert (response.status_code, status_of(workshop), AuditEntry.objects.count()) == (409, "draft", 0)
    assert "Nothing was done, because things have changed since you opened this page. Please look once more." in words
    assert "Capacity: “10” before, “100” now. Session “Day 1” has changed. Ticket type “Concession” is new." in words
    assert 'value="Ready."' in response.text

    anew = re.search(r'name="seen" value="([^"]*)"', response.text)[1]
    desk.post(path_to("publish", workshop), {"seen": anew, "why": "Ready."})
    assert status_of(workshop) == "published"


@pytest.mark.parametrize("seen", [{}, {"seen": ""}, {"seen": "forged"}])
def test_a_press_that_saw_nothing_is_asked_anew(desk, seen):
    workshop = make_workshop(day=DAY, status="draft")

    response = desk.post(path_to("publish", workshop), seen)

    assert (response.status_code, status_of(workshop), has_a_button(response)) == (409, "draft", True)


def test_a_reason_too_long_is_refused_and_nothing_is_done(desk):
    workshop = make_workshop(day=DAY, status="draft")

    response = press(desk, path_to("publish", workshop), why="x" * 201)

    assert (response.status_code, status_of(workshop)) == (422, "draft")


# Twice -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("act", "before", "after", "words"),
    [
        ("publish", "draft", "published", "It is published already."),
        ("take-back", "published", "draft", "It is a draft already."),
    ],
)
def test_a_second_press_or_tab_finds_it_done_and_says_so(desk, act, before, after, words):
    workshop = make_workshop(day=DAY, status=before)
    path = path_to(act, workshop)
    seen = seen_on(desk, path)
    first = desk.post(path, {"seen": seen})
    desk.get(first["Location"])

    again, opened = desk.post(path, {"seen": seen}), desk.get(path)

    assert (again.status_code, opened.status_code, status_of(workshop)) == (302, 302, after)
    assert told(desk.get(again["Location"])) == [("info", words)] * 2
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("act", ["publish", "take-back"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_cancelled_workshop_stays_cancelled(desk, act, method):
    workshop = make_workshop(day=DAY, status="cancelled", cancelled_because="Ill.")

    response = getattr(desk, method)(path_to(act, workshop))

    words = "Everybody was told that it is cancelled, so it stays cancelled. Make a new workshop instead."
    assert told(desk.get(response["Location"])) == [("warning", words)]
    assert (status_of(workshop), AuditEntry.objects.count()) == ("cancelled", 0)


# Taking back -------------------------------------------------------------------------------------------------------
def test_taken_back_its_page_is_gone(desk):
    workshop = make_workshop(day=DAY, slug="grief")

    response = press(desk, path_to("take-back", workshop), why="Too early.")

    told_words = "Taken back: it is a draft again, and its page is off the site."
    assert told(desk.get(response["Location"])) == [("success", told_words)]
    assert desk.get("/workshops/grief/").status_code == 404
    assert list(AuditEntry.objects.values_list("after", "reason")) == [("draft", "Too early.")]


@pytest.mark.parametrize(
    ("group", "way_out"),
    [("Editors", "Ask an organiser to cancel it instead"), ("Organisers", "Cancel it instead : that tells everybody")],
)
def test_with_people_booked_it_is_refused_with_their_number_and_the_way_out(client, group, way_out):
    desk, workshop = enter(client, group), make_workshop(day=DAY)
    for _ in range(2):
        make_ticket(workshop)

    page = desk.get(path_to("take-back", workshop))
    pressed = desk.post(path_to("take-back", workshop), {"seen": publishing_seal(workshop)})

    assert (page.status_code, pressed.status_code, status_of(workshop)) == (200, 409, "published")
    assert "2 tickets are held or booked, and a draft has no page for these people." in words_of(page)
    assert (way_out in words_of(page), has_a_button(page)) == (True, False)
    leads_there = f'href="/admin/orders/order/cancel-workshop/{workshop.pk}/"' in page.text.split("content-main")[1]
    assert leads_there == (group == "Organisers")


def test_somebody_who_books_after_the_page_was_opened_keeps_her_place(desk):
    workshop = make_workshop(day=DAY)
    seen = seen_on(desk, path_to("take-back", workshop))
    make_ticket(workshop)

    response = desk.post(path_to("take-back", workshop), {"seen": seen})

    assert (response.status_code, status_of(workshop)) == (409, "published")
    assert "1 ticket is held or booked" in words_of(response)


def test_what_happens_to_people_who_wait_is_said_before(desk):
    workshop = make_workshop(day=DAY, capacity=1)
    ticket = make_ticket(workshop)
    join_waiting_list(workshop=workshop, email="ada@example.org")
    Ticket.objects.filter(pk=ticket.pk).update(status="cancelled")

    words = words_of(desk.get(path_to("take-back", workshop)))

    assert "1 person waits for a place: the waiting list is closed, and this person is told by email." in words


# Who may -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("act", "status"), [("publish", "draft"), ("take-back", "published")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_may_not_change_workshops_gets_no_page(client, act, status, method):
    workshop = make_workshop(day=DAY, status=status)
    client.force_login(make_user(is_staff=True))

    response = getattr(client, method)(path_to(act, workshop), {"seen": publishing_seal(workshop)})

    assert (response.status_code, status_of(workshop)) == (403, status)


@pytest.mark.parametrize("act", ["publish", "take-back"])
@pytest.mark.parametrize("pk", ["0", "999", "9" * 30])
def test_a_workshop_that_is_not_there_is_not_found(desk, act, pk):
    assert [desk.get(f"{CHANGES}{pk}/{act}/").status_code, desk.post(f"{CHANGES}{pk}/{act}/").status_code] == [404, 404]


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(path_to("publish", make_workshop(day=DAY, status="draft"))).status_code == 302


def test_the_page_of_a_workshop_says_its_status_and_a_new_one_has_none(desk):
    workshop = make_workshop(day=DAY, status="draft")
    press(desk, path_to("publish", workshop))

    page, new = desk.get(f"{CHANGES}{workshop.pk}/change/").text, desk.get(f"{CHANGES}add/").text

    shown = re.search(r'field-standing.*?<div class="readonly">([^<]+)</div>', page, re.DOTALL)[1]
    assert (shown, "field-standing" in new) == ("published since Sun 22 Nov 2026", False)


@pytest.mark.parametrize(("ends", "is_told"), [(time(16), False), (time(14, 30), True)])
def test_a_certificate_of_more_hours_than_are_taught_is_warned_of_before(desk, ends, is_told):
    course = make_course(cpd_hours=Decimal("5.5"), programme="10:00 | Welcome\n12:30 | Lunch\n13:00 | Threes")
    workshop = make_workshop(course=course, day=DAY, end=ends, status="draft")
    told = "Its course says 5.5 hours of teaching, and so will each certificate. Its sessions have 4 once breaks"

    found = [desk.get(path).text for path in (path_to("publish", workshop), path_to("change", workshop))]

    assert [told in " ".join(each.split()) for each in found] == [is_told] * 2
    assert has_a_button(desk.get(path_to("publish", workshop)))  # a warning: it may be published all the same
