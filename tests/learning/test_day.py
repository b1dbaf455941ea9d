"""The organiser's page for the day: who is coming, who pressed the button, and what one tap does for them."""

import re
from datetime import date, time, timedelta

import pytest
from django.contrib.auth.models import Group

from courses.models import Session, Ticket
from learning import day
from learning.admin import joining
from learning.models import JoinClick
from outbox.models import Message
from practice_site.groups import set_up_groups
from tests.builders import at, make_practice, make_ticket, make_user, make_workshop
from tests.markup import markup

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 15)


@pytest.fixture
def session():
    make_practice()
    return make_workshop(day=DAY).sessions.get()


@pytest.fixture
def organiser(client, session, time_machine):
    """Five minutes after the start."""
    time_machine.move_to(at("2027-01-15 10:05"))
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(user)
    return client


def page(client, session):
    return client.get(f"/admin/learning/joinclick/day/{session.pk}/")


def press(ticket, session, moment):
    JoinClick.objects.create(ticket=ticket, session=session, clicked_at=at(moment))


def test_who_has_not_come_stands_first_and_of_presses_the_first_counts(session):
    ada = make_ticket(session.workshop, attendee_name="Ada")
    ben = make_ticket(session.workshop, attendee_name="Ben")
    make_ticket(session.workshop, Ticket.Status.CANCELLED, attendee_name="Cora")
    make_ticket(session.workshop, attendee_name="Dina", access="catch_up", place_number=None)
    for moment in ("2027-01-15 09:50", "2027-01-15 11:00"):
        press(ada, session, moment)

    found = day.day_of(Session.objects.get())

    assert [(each.ticket, each.pressed_at) for each in found.people] == [(ben, None), (ada, at("2027-01-15 09:50"))]
    assert (found.pressed, [each.ticket for each in found.missing]) == (1, [ben])


def test_another_sessions_press_says_nothing_of_this_one(session):
    ticket = make_ticket(session.workshop)
    other = make_workshop(day=DAY, start=time(18), end=time(20)).sessions.get()
    press(ticket, other, "2027-01-15 18:00")

    assert day.day_of(session).pressed == 0


@pytest.mark.parametrize(
    ("moment", "is_todays"),
    [
        ("2027-01-14 13:59", False),
        ("2027-01-14 14:01", True),
        ("2027-01-15 17:59", True),
        ("2027-01-15 18:01", False),
    ],
)
def test_the_first_page_leads_there_on_the_day(session, moment, is_todays, time_machine):
    time_machine.move_to(at(moment))

    assert ([each.pk for each in day.todays_sessions()] == [session.pk]) == is_todays


def test_it_shows_who_is_there_what_they_need_and_writes_to_the_others(organiser, session):
    ada = make_ticket(session.workshop, attendee_name="Ada", access_needs="Captions")
    ben = make_ticket(session.workshop, attendee_name="Ben")
    press(ada, session, "2027-01-15 09:50")

    text = markup(page(organiser, session))

    assert "<b>1 of 2</b> pressed the button to join." in text
    assert "Pressed the button Friday 15 January 2027 at 09:50, London time." in text
    assert re.search(r"<span>Needs: Captions\s+\(no answer yet\)</span>", text)
    assert f"?tickets={ben.pk}" in text


def test_of_more_than_a_mail_goes_to_nobody_is_left_out(organiser, session, monkeypatch):
    monkeypatch.setattr(joining, "MOST_CHOSEN", 2)
    places = [make_ticket(session.workshop, attendee_name=f"Person {number}") for number in range(5)]

    text = markup(page(organiser, session))

    found = re.findall(r'\?tickets=([\d,]+)">([^<]+)</a>', text)
    words = "Write to those who are not there"
    assert [name for _, name in found] == [f"{words}: {some}" for some in ("1 to 2", "3 to 4", "5 to 5")]
    assert ",".join(keys for keys, _ in found) == ",".join(str(place.pk) for place in places)
    assert "5 are not there: that is a mail for each 2 of them, by name." in text


@pytest.mark.parametrize(
    ("moment", "words"), [("2027-01-15 10:05", "Not yet."), ("2027-01-15 16:05", "Did not press it.")]
)
def test_nobody_is_awaited_once_it_is_over(organiser, session, moment, words, time_machine):
    make_ticket(session.workshop)
    time_machine.move_to(at(moment))

    assert re.findall(r"<span><b>(.+?)</b></span>", page(organiser, session).text) == [words]


def test_one_tap_sends_the_link_again_to_one_person(organiser, session):
    ada, _ = (make_ticket(session.workshop, attendee_email=f"{name}@example.org") for name in ("ada", "ben"))
    address = f"/admin/learning/joinclick/day/{session.pk}/again/{ada.pk}/"

    answer = organiser.post(address)

    message = Message.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/learning/joinclick/day/{session.pk}/")
    assert (message.to, ada.get_absolute_url() in message.text) == ("ada@example.org", True)
    assert (organiser.get(address).status_code, Message.objects.count()) == (405, 1)


def test_a_place_of_another_workshop_or_a_cancelled_one_is_sent_nothing(organiser, session):
    other = make_ticket(make_workshop(day=DAY + timedelta(days=1)))
    gone = make_ticket(session.workshop, Ticket.Status.CANCELLED)

    codes = [
        organiser.post(f"/admin/learning/joinclick/day/{session.pk}/again/{ticket.pk}/").status_code
        for ticket in (other, gone)
    ]

    assert (codes, Message.objects.count()) == ([403, 404], 0)


def test_a_link_that_is_missing_is_said_first(organiser, session):
    Session.objects.update(join_url="")

    assert "It has no Zoom link yet, so nobody can come in." in markup(page(organiser, session))
