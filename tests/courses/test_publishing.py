"""A workshop goes on the site and comes off it by one named act, with a reason, and only when that breaks nothing."""

from datetime import date, timedelta

import pytest

from accounts import audit
from accounts.models import AuditEntry
from courses import interest, publishing, schedule
from courses.models import Course, Session, Ticket, WaitingListEntry, Workshop
from courses.publishing import Booking, NotReady, outlook, publish_workshop, standing, take_back_workshop
from courses.schedule import NoSessionLeft
from courses.seats import places, waiting_offers
from courses.seats.capacity import PlacesTaken
from courses.seats.waiting import join_waiting_list
from kit.forms.seen import ChangedMeanwhile, seal
from outbox.models import Message
from tests.builders import (
    at,
    make_course,
    make_practice,
    make_session,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)

pytestmark = pytest.mark.django_db
Status = Workshop.Status
DAY = date(2027, 1, 15)


@pytest.fixture(autouse=True)
def _today(time_machine):
    make_practice()
    time_machine.move_to(at("2026-11-22 09:00"), tick=False)


def stored(workshop):
    return Workshop.objects.get(pk=workshop.pk)


def entries(workshop):
    found = AuditEntry.objects.filter(model="courses.workshop", object_id=workshop.pk).order_by("pk")
    return list(found.values_list("before", "after", "reason"))


def full_with_one_waiting():
    workshop = make_workshop(day=DAY, capacity=1)
    ticket = make_ticket(workshop)
    entry = join_waiting_list(workshop=workshop, email="ada@example.org")
    Ticket.objects.filter(pk=ticket.pk).update(status="cancelled")
    return workshop, entry


# Publishing --------------------------------------------------------------------------------------------------------
def test_a_draft_is_published_with_who_and_why():
    workshop, editor = make_workshop(day=DAY, status="draft"), make_user()

    with audit.acting("the desk", user=editor):
        is_done = publish_workshop(workshop, why="Checked by Ada.")

    assert (is_done, stored(workshop).status) == (True, Status.PUBLISHED)
    assert entries(workshop) == [("draft", "published", "Checked by Ada.")]
    assert AuditEntry.objects.get().user == editor


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.CANCELLED])
def test_what_is_no_draft_is_left_as_it_is(status):
    workshop = make_workshop(day=DAY, status=status)

    assert (publish_workshop(workshop), stored(workshop).status, entries(workshop)) == (False, status, [])


def test_a_workshop_without_a_session_is_not_published():
    workshop = make_workshop(day=DAY, status="draft")
    workshop.sessions.all().delete()

    with pytest.raises(NotReady):
        publish_workshop(workshop)

    assert (stored(workshop).status, entries(workshop)) == (Status.DRAFT, [])


def test_a_workshop_of_a_course_that_nobody_sees_is_not_published():
    workshop = make_workshop(day=DAY, status="draft", course=make_course(is_published=False))

    with pytest.raises(NotReady):
        publish_workshop(workshop)

    assert stored(workshop).status == Status.DRAFT


def change_capacity(workshop):
    Workshop.objects.filter(pk=workshop.pk).update(capacity=3)


def move_session(workshop):
    Session.objects.filter(workshop=workshop).update(day=DAY + timedelta(days=7))


def change_price(workshop):
    workshop.ticket_types.update(price="99.00")


def unpublish_course(workshop):
    Course.objects.filter(pk=workshop.course_id).update(is_published=False)


@pytest.mark.parametrize("change", [change_capacity, move_session, change_price, unpublish_course])
@pytest.mark.parametrize(("act", "status"), [(publish_workshop, "draft"), (take_back_workshop, "published")])
def test_nothing_is_done_to_what_is_not_as_it_was_seen(act, status, change):
    workshop = make_workshop(day=DAY, status=status)
    seen = seal(publishing.facts_seen(workshop))
    change(workshop)

    with pytest.raises(ChangedMeanwhile) as raised:
        act(workshop, seen=seen)

    assert (stored(workshop).status, entries(workshop), len(raised.value.changes)) == (status, [], 1)


def test_a_worker_that_ran_meanwhile_is_no_change():
    workshop = make_workshop(day=DAY)
    seen = seal(publishing.facts_seen(workshop))
    interest.notice_new_workshops()

    assert take_back_workshop(workshop, seen=seen) is True


# What it would do --------------------------------------------------------------------------------------------------
def test_people_can_book_at_once():
    assert outlook(make_workshop(day=DAY, status="draft")).booking == Booking.AT_ONCE


@pytest.mark.parametrize(
    ("fields", "booking"),
    [
        ({"price": None}, Booking.NO_TYPE),
        ({"sales_open_at": at("2026-12-01 09:00")}, Booking.LATER),
        ({"sales_close_at": at("2026-11-01 09:00")}, Booking.NONE_ON_SALE),
        ({"day": date(2026, 11, 20)}, Booking.OVER),
    ],
)
def test_when_people_can_book_is_known_before(fields, booking):
    assert outlook(make_workshop(**({"day": DAY, "status": "draft"} | fields))).booking == booking


@pytest.mark.parametrize("fields", [{"last_day": date(2026, 11, 1)}, {"access": "catch_up"}])
def test_a_type_that_is_over_or_without_a_place_sells_no_live_place(fields):
    workshop = make_workshop(day=DAY, status="draft", price=None)
    make_ticket_type(workshop, "Early bird", **fields)

    assert outlook(workshop).booking == Booking.NONE_ON_SALE


def test_whoever_will_be_told_is_counted_and_then_told(time_machine):
    workshop = make_workshop(day=DAY, status="draft")
    for name in ("ada", "ben"):
        interest.leave_address(workshop.course, email=f"{name}@example.org")
    interest.leave_address(make_course(), email="other@example.org")
    time_machine.shift(timedelta(minutes=1))

    people = outlook(workshop).people_to_tell
    publish_workshop(workshop)

    assert (people, interest.tell_of_new_workshops()) == (2, 2)


def test_whoever_asked_after_it_was_first_published_is_not_counted(time_machine):
    workshop = make_workshop(day=DAY)
    interest.tell_of_new_workshops()
    take_back_workshop(workshop)
    time_machine.shift(timedelta(minutes=1))
    interest.leave_address(workshop.course, email="ada@example.org")
    time_machine.shift(timedelta(minutes=1))

    people = outlook(stored(workshop)).people_to_tell
    publish_workshop(workshop)

    assert (people, interest.tell_of_new_workshops()) == (0, 0)


# Taking back -------------------------------------------------------------------------------------------------------
def test_a_workshop_that_nobody_has_a_place_on_is_a_draft_again():
    workshop = make_workshop(day=DAY)
    make_ticket(workshop, Ticket.Status.CANCELLED)

    assert take_back_workshop(workshop, why="Too early.") is True

    assert (stored(workshop).status, entries(workshop)) == (Status.DRAFT, [("published", "draft", "Too early.")])


@pytest.mark.parametrize("status", [Status.DRAFT, Status.CANCELLED])
def test_what_is_not_published_cannot_be_taken_back(status):
    workshop = make_workshop(day=DAY, status=status)

    assert (take_back_workshop(workshop), stored(workshop).status, entries(workshop)) == (False, status, [])


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Ticket.Status.CONFIRMED},
        {"status": Ticket.Status.HELD},
        {"status": Ticket.Status.CONFIRMED, "access": "catch_up", "place_number": None},
    ],
)
def test_whoever_has_a_place_keeps_it_on_the_site(fields):
    workshop = make_workshop(day=DAY)
    make_ticket(workshop, **fields)

    with pytest.raises(PlacesTaken):
        take_back_workshop(workshop)

    assert (stored(workshop).status, entries(workshop)) == (Status.PUBLISHED, [])


def test_people_who_wait_are_told_that_the_list_is_closed_and_why():
    workshop, entry = full_with_one_waiting()

    take_back_workshop(workshop)

    entry.refresh_from_db()
    mail = Message.objects.get(key__endswith=":closed")
    assert (entry.status, mail.to) == (WaitingListEntry.Status.CLOSED, "ada@example.org")
    assert "The workshop is not on our site for now, so its list is closed. We write to you no more" in mail.text


def test_a_place_that_is_only_offered_does_not_hold_it_on_the_site():
    workshop, entry = full_with_one_waiting()
    places.lapse_ended_holds(workshop)
    waiting_offers.offer_places_of(workshop.pk)
    entry.refresh_from_db()
    was = entry.status

    assert (was, take_back_workshop(workshop)) == (WaitingListEntry.Status.OFFERED, True)

    entry.refresh_from_db()
    assert (entry.status, workshop.tickets.occupying().count()) == (WaitingListEntry.Status.CLOSED, 0)


# The last session --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("ticket", [Ticket.Status.HELD, Ticket.Status.CONFIRMED])
def test_whoever_has_a_place_keeps_a_date_whatever_the_status(status, ticket):
    workshop = make_workshop(day=DAY, status=status)
    make_ticket(workshop, ticket)

    with pytest.raises(PlacesTaken):
        schedule.check_may_be_dateless(workshop)


def test_a_published_workshop_keeps_a_date_and_a_draft_need_not():
    draft, published = make_workshop(day=DAY, status="draft"), make_workshop(day=DAY)

    assert schedule.check_may_be_dateless(draft) is None
    with pytest.raises(NoSessionLeft):
        schedule.check_may_be_dateless(published)


def test_what_was_published_after_the_form_was_read_keeps_a_date():
    read_before = make_workshop(day=DAY, status="draft")
    publish_workshop(read_before)

    with pytest.raises(NoSessionLeft):
        schedule.check_may_be_dateless(read_before)


# In words ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [Status.DRAFT, Status.CANCELLED])
def test_a_status_is_said_in_a_word(status):
    assert standing(make_workshop(day=DAY, status=status)) == status


def test_since_when_it_is_published_is_said(time_machine):
    workshop = make_workshop(day=DAY, status="draft")
    publish_workshop(workshop)
    take_back_workshop(workshop)
    time_machine.shift(timedelta(days=2))
    publish_workshop(workshop)

    assert standing(stored(workshop)) == "published since Tue 24 Nov 2026"


def test_one_that_was_published_before_entries_were_kept_says_when_it_was_first_seen():
    workshop = make_workshop(day=DAY, first_published_at=at("2026-10-01 09:00"))

    assert (standing(workshop), standing(make_workshop(day=DAY))) == ("published since Thu 1 Oct 2026", "published")


def test_a_published_workshop_of_a_course_that_is_not_says_that_nobody_sees_it():
    workshop = make_workshop(day=DAY, course=make_course(is_published=False))

    assert standing(workshop) == "published, but its course is not, so nobody sees it"


def test_two_sessions_are_part_of_what_was_seen():
    workshop = make_workshop(day=DAY, status="draft")
    seen = seal(publishing.facts_seen(workshop))
    make_session(workshop, DAY + timedelta(days=7), title="Day 2")

    with pytest.raises(ChangedMeanwhile) as raised:
        publish_workshop(workshop, seen=seen)

    assert raised.value.changes == ["Session “Day 2” is new."]
