"""A place that is sold while the workshop goes on: whoever buys it comes in at once, and the organiser sees them."""

from datetime import date, time, timedelta

import pytest
from django.contrib.auth.models import Group

from courses import reminders
from courses.models import Session, Ticket, Workshop
from courses.schedule import note_span
from learning import day
from orders.checkout import placing
from outbox.models import Message
from practice_site.groups import set_up_groups
from tests.builders import at, make_cities, make_practice, make_session, make_user, make_workshop
from tests.orders.purchases import buy, place

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2027, 1, 15)
STARTED, HOUR_LATER = at("2027-01-15 10:05"), at("2027-01-15 11:05")
CLOSES = at("2027-01-15 11:00")  # an hour after the start


@pytest.fixture
def workshop(time_machine):
    """It began five minutes ago, has a second day, and is sold for another 55 minutes."""
    time_machine.move_to(at("2027-01-10 12:00"))
    make_practice()
    make_cities()
    made = make_workshop(day=DAY, sales_close_at=CLOSES)
    make_session(made, DAY + timedelta(days=7), start=time(10), title="Second day")
    note_span(made)
    time_machine.move_to(STARTED)
    return Workshop.objects.get()


def test_whoever_books_late_has_the_button_and_the_mail_at_once(client, standin, workshop):
    order = buy(standin, workshop)

    ticket = order.lines.get().ticket
    page = client.get(ticket.get_absolute_url()).text
    assert (ticket.status, "Join on Zoom" in page) == (Ticket.Status.CONFIRMED, True)
    mail = Message.objects.get(key=f"order:{order.pk}:confirmation")
    assert ticket.get_absolute_url() in mail.text
    assert [each["content_type"] for each in mail.attachments if "method" in each["content_type"]] == [
        "text/calendar; method=REQUEST"
    ] * 2


def test_the_page_of_the_workshop_says_that_it_may_still_be_booked(client, workshop):
    page = client.get(workshop.get_absolute_url()).text

    assert f"/book/{workshop.slug}/" in page
    assert client.get(f"/book/{workshop.slug}/").status_code == 200


def test_the_organiser_sees_a_late_booking_and_may_write_to_it(client, standin, workshop):
    set_up_groups()
    organiser = make_user(is_staff=True)
    organiser.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(organiser)
    session = workshop.sessions.earliest("starts_at")

    ticket = buy(standin, workshop).lines.get().ticket

    assert [each.ticket for each in day.day_of(Session.objects.get(pk=session.pk)).missing] == [ticket]
    page = client.get(f"/admin/learning/joinclick/day/{session.pk}/").text
    assert (f'id="place-{ticket.pk}"' in page, f"?tickets={ticket.pk}" in page) == (True, True)


def test_reminders_of_moments_that_passed_are_left_out_and_later_ones_come(standin, workshop, time_machine):
    buy(standin, workshop)
    assert reminders.remind() == 0

    sent = []
    for moment in ("2027-01-15 12:00", "2027-01-21 10:30", "2027-01-22 09:10"):
        time_machine.move_to(at(moment))
        sent.append(reminders.remind())
    assert sent == [0, 1, 1]  # a day and an hour before the second day


def test_once_the_sale_has_closed_nobody_comes_in_that_way(client, workshop, time_machine):
    time_machine.move_to(HOUR_LATER)

    with pytest.raises(placing.SaleClosed):
        place(workshop)
    assert Ticket.objects.count() == 0
