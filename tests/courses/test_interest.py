"""Who left an address hears of the next run once, and can delete it whenever they like."""

from datetime import date, timedelta

import pytest

from courses import interest
from courses.interest import leave_address
from courses.models import CourseInterest, Workshop
from outbox.models import Message
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
from tests.markup import answered, heading

pytestmark = pytest.mark.django_db

NOW = at("2026-11-22 09:00")
JANUARY = date(2027, 1, 15)


@pytest.fixture(autouse=True)
def _today(time_machine):
    make_practice()
    make_cities()
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def course():
    return make_course("Grief", slug="grief")


@pytest.fixture
def ada(course, time_machine):
    """Has left her address a minute ago."""
    left = leave_address(course, email="ada@example.org")
    time_machine.shift(timedelta(minutes=1))
    return left


def told():
    return [message.to for message in Message.objects.order_by("to")]


def test_a_new_workshop_is_told_of_once(course, ada):
    workshop = make_workshop(day=JANUARY, course=course, slug="new")

    counts = [interest.tell_of_new_workshops() for _ in range(3)]

    ada.refresh_from_db()
    mail = Message.objects.get()
    assert (counts, ada.told_at, mail.key) == (
        [1, 0, 0],
        NOW + timedelta(minutes=1),
        f"course-interest:{ada.pk}:{workshop.pk}",
    )
    assert (mail.to, mail.subject) == ("ada@example.org", "A new date: Grief, Friday 15 January 2027")
    assert (mail.text.count("/workshops/new/"), mail.text.count(ada.get_absolute_url())) == (1, 1)


def test_whatever_tags_somebody_typed_one_mailbox_hears_of_a_date_once(course, time_machine):
    for number in range(5):
        leave_address(course, email=f"ada+{number}@example.org")
    leave_address(course, email="ruth@example.org")
    time_machine.shift(timedelta(minutes=1))
    make_workshop(day=JANUARY, course=course)

    interest.tell_of_new_workshops()

    assert (told(), CourseInterest.objects.filter(told_at=None).count()) == (
        ["ada+0@example.org", "ruth@example.org"],
        0,
    )


def test_two_new_dates_are_one_mail_about_the_sooner(course, ada):
    make_workshop(day=JANUARY + timedelta(days=7), course=course, slug="later")
    make_workshop(day=JANUARY, course=course, slug="sooner")

    assert (interest.tell_of_new_workshops(), Message.objects.get().text.count("/workshops/sooner/")) == (1, 1)


def test_a_workshop_that_was_there_before_is_not_told_of(course, time_machine):
    make_workshop(day=JANUARY, course=course)
    interest.tell_of_new_workshops()
    time_machine.shift(timedelta(minutes=1))
    leave_address(course, email="ada@example.org")
    time_machine.shift(timedelta(minutes=1))

    assert (interest.tell_of_new_workshops(), told()) == (0, [])


def test_who_asked_once_it_was_on_the_site_is_not_told_along_with_who_asked_before(course, ada, time_machine):
    make_workshop(day=JANUARY, course=course)
    interest.notice_new_workshops()
    time_machine.shift(timedelta(minutes=1))
    leave_address(course, email="ruth@example.org")

    assert (interest.tell_of_new_workshops(), told()) == (1, ["ada@example.org"])


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"status": "cancelled"}, {"day": date(2026, 11, 20)}, {"sales_close_at": NOW}]
)
def test_nothing_is_told_of_what_cannot_be_booked(course, ada, fields):
    make_workshop(**({"day": JANUARY, "course": course} | fields))

    assert (interest.tell_of_new_workshops(), told()) == (0, [])


@pytest.mark.parametrize("bookable_from", ["a ticket type", "its day of sale"])
def test_a_workshop_is_told_of_when_it_can_be_booked_and_not_before(course, ada, time_machine, bookable_from):
    if bookable_from == "a ticket type":
        workshop = make_workshop(day=JANUARY, course=course, price=None)
    else:
        workshop = make_workshop(day=JANUARY, course=course, sales_open_at=NOW + timedelta(days=3))
    at_first = interest.tell_of_new_workshops()
    time_machine.shift(timedelta(days=4))
    if bookable_from == "a ticket type":
        make_ticket_type(workshop)

    assert (at_first, interest.tell_of_new_workshops(), told()) == (0, 1, ["ada@example.org"])


def test_a_draft_is_told_of_when_it_is_published(course, ada):
    workshop = make_workshop(day=JANUARY, course=course, status="draft")
    interest.tell_of_new_workshops()
    Workshop.objects.filter(pk=workshop.pk).update(status="published")

    assert (interest.tell_of_new_workshops(), told()) == (1, ["ada@example.org"])


def test_another_course_tells_nothing(ada):
    make_workshop(day=JANUARY)

    assert (interest.tell_of_new_workshops(), told()) == (0, [])


def test_who_was_told_and_asks_again_waits_for_the_run_after(course, ada, time_machine):
    make_workshop(day=JANUARY, course=course)
    interest.tell_of_new_workshops()
    leave_address(course, email="ADA@example.org")
    time_machine.shift(timedelta(minutes=1))
    make_workshop(day=JANUARY, course=course)

    assert (interest.tell_of_new_workshops(), CourseInterest.objects.count(), told()) == (1, 1, ["ada@example.org"] * 2)


def test_the_form_stands_on_a_course_without_dates(client, course):
    page = client.get("/courses/grief/").content.decode()

    assert (page.count("Hear of the next run"), page.count('action="/courses/grief/interest/"')) == (1, 1)


def test_it_does_not_stand_where_a_date_can_be_booked(client, course):
    make_workshop(day=JANUARY, course=course, slug="new")

    pages = [client.get(path).content.decode() for path in ("/courses/grief/", "/workshops/new/")]

    assert [page.count("Hear of the next run") for page in pages] == [0, 0]


def test_a_full_workshop_has_both_forms_and_no_id_twice(client, course):
    make_ticket(make_workshop(day=JANUARY, course=course, slug="full", capacity=1))

    page = client.get("/workshops/full/").content.decode()

    assert (page.count('id="interest-email"'), page.count('id="id_email"')) == (1, 1)


def test_an_address_that_anybody_may_have_typed_hears_of_no_date_until_its_owner_pressed_the_button(client, course):
    client.post("/courses/grief/interest/", {"email": "ada@example.org"})
    left, mail = CourseInterest.objects.get(), Message.objects.get()
    make_workshop(day=JANUARY, course=course, first_published_at=NOW + timedelta(minutes=1))
    told_before = interest.tell_of_new_workshops()
    client.get(left.get_absolute_url())
    told_after_opening = interest.tell_of_new_workshops()
    pressed = client.post(left.get_absolute_url(), {"tell": "yes"})
    page = client.get(pressed["Location"])

    assert (mail.to, mail.subject) == ("ada@example.org", "Please confirm: the next run of Grief")
    assert f"{left.get_absolute_url()}>" in mail.headers["List-Unsubscribe"]
    assert (mail.text.count(left.get_absolute_url()), mail.html.count(left.get_absolute_url())) == (1, 1)
    assert (pressed.status_code, answered(page)) == (303, "We will write to you once.")
    assert (told_before, told_after_opening, interest.tell_of_new_workshops()) == (0, 0, 1)


def test_the_answer_does_not_tell_who_left_an_address(client, course, ada):
    new, waiting = (
        client.post("/courses/grief/interest/", {"email": email}) for email in ("new@example.org", "ada@example.org")
    )

    assert (new.status_code, new.content, heading(new)) == (
        200,
        waiting.content,
        "One more step: look into your inbox.",
    )
    assert (CourseInterest.objects.count(), told(), new.cookies) == (2, ["new@example.org"], {})


def test_a_proved_address_needs_no_mail(client, course):
    client.force_login(make_user("ada@example.org"))

    answer = client.post("/courses/grief/interest/", {"email": "ADA@example.org"})

    left = CourseInterest.objects.get()
    assert (answered(answer), left.is_waiting, told()) == ("We will write to you once.", True, [])


def test_strangers_cause_one_mail_a_day_for_a_mailbox_and_a_course_and_three_in_all(course):
    for name in ("", "+1", "+2"):
        interest.ask_to_confirm(course, email=f"ada{name}@example.org")
    for _ in range(5):
        interest.ask_to_confirm(make_course(), email="ada@example.org")

    assert told() == ["ada@example.org"] * 3


def test_nobody_asks_anew_in_the_place_of_who_was_told(client, course, ada):
    make_workshop(day=JANUARY, course=course)
    interest.tell_of_new_workshops()
    client.post("/courses/grief/interest/", {"email": "ada@example.org"})
    ada.refresh_from_db()
    told_before = ada.told_at
    page = client.get(ada.get_absolute_url())
    for _ in range(2):
        client.post(ada.get_absolute_url(), {"tell": "yes"})

    ada.refresh_from_db()
    assert (told_before, heading(page)) == (NOW + timedelta(minutes=1), "We have told you of a new date.")
    assert (ada.is_waiting, ada.created_at) == (True, NOW + timedelta(minutes=1))


@pytest.mark.parametrize("email", ["", "ada", "a\0b@example.org", f"{'x' * 300}@example.org"])
def test_an_address_that_is_none_is_asked_for_again(client, course, email):
    response = client.post("/courses/grief/interest/", {"email": email})

    assert (response.status_code, heading(response), CourseInterest.objects.count()) == (422, "The next run", 0)


def test_traps_foreign_origins_and_floods_leave_no_address(client, course):
    path = "/courses/grief/interest/"

    trapped = client.post(path, {"email": "ada@example.org", "nothing_here": "x"})
    foreign = client.post(path, {"email": "ada@example.org"}, headers={"Origin": "https://evil.example"})
    codes = [client.post(path, {"email": f"n{number}@example.org"}).status_code for number in range(21)]

    assert (trapped.status_code, foreign.status_code, codes.count(200), codes[-1]) == (422, 403, 19, 429)


def test_opening_the_link_of_the_mail_deletes_nothing_and_its_button_does(client, ada):
    path = ada.get_absolute_url()

    asked = client.get(path)
    client.head(path)
    kept = CourseInterest.objects.count()
    deleted, again = client.post(path), client.post(path)

    assert (heading(asked), kept, CourseInterest.objects.count()) == ("We will write to you once.", 1, 0)
    assert (deleted.status_code, again.status_code) == (200, 404)
    assert (answered(deleted), heading(again)) == ("Your address is deleted.", "Your address is not on this list.")
    assert (asked["Cache-Control"], asked.cookies) == ("private, no-store", {})
