"""What the mails of a booking say of its days, and to whom they say nothing of them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from courses.models import TicketType
from courses.seats.places import Attendee
from kit.local.times import long_day
from orders.changes import attendees, cancellations, moves
from orders.settling import workshop_cancellation
from outbox.models import Message
from tests.builders import (
    make_course,
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_session,
    make_terms,
    make_ticket_type,
    make_workshop,
)
from tests.orders.purchases import buy, buyer, ticket

pytestmark = pytest.mark.django_db(transaction=True)
OF_THE_DAY = ("Zoom", "calendar file", "10:00")


@pytest.fixture
def workshop():
    make_practice()
    made = make_workshop()
    make_ticket_type(made, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    return made


def calendars(message):
    """The files for somebody's calendar; the terms and the form to cancel come beside them."""
    return [each for each in message.attachments if each["name"] == "workshop.ics"]


def recording(workshop):
    return workshop.ticket_types.get(name="Catch-up only")


def said(message):
    return [word for word in OF_THE_DAY for text in (message.text, message.html) if word in text]


@pytest.mark.parametrize("email", ["noor@example.org", "boss@example.org"])
def test_each_session_is_told_with_its_day(client, standin, email):
    make_practice()
    first, second = (timezone.localdate() + timedelta(days=days) for days in (30, 37))
    evenings = make_workshop(day=first)
    make_session(evenings, second, title="Second evening")

    order = buy(standin, evenings, by=buyer(email))

    mail = Message.objects.get(to="noor@example.org")
    said = [mail.text, mail.html, client.get(order.get_absolute_url()).content.decode()]
    for words in (long_day(first), f"Second evening, {long_day(second)}"):
        assert [words in each for each in said] == [True, True, True]
    assert ["The calendar files are attached." in " ".join(each.split()) for each in said[:2]] == [True, True]


@pytest.mark.parametrize("email", ["noor@example.org", "boss@example.org"])
def test_the_mails_of_a_recording_tell_of_no_live_session(workshop, standin, email):
    buy(standin, workshop, ticket_types=[recording(workshop)], by=buyer(email))

    for message in Message.objects.exclude(to=make_practice().email):
        assert (said(message), calendars(message)) == ([], [])
        assert "On catch-up" in message.text


def test_one_booking_of_both_tells_of_both(workshop, standin):
    live = workshop.ticket_types.get(name="Full price")
    buy(standin, workshop, ticket_types=[live, recording(workshop)])

    message = Message.objects.get(key__endswith=":confirmation")
    assert message.text.count("shows the Zoom link from 30 minutes before the start") == 1
    assert message.text.count("It is for the recording alone; the live session is not part of it.") == 1
    assert len(calendars(message)) == 1


def test_a_free_place_on_the_recording_ends_without_a_calendar_file(workshop):
    attendees.give_free_place(workshop, ticket=ticket(recording(workshop)))
    workshop_cancellation.cancel_workshop(workshop, because="Our presenter is ill.")

    ended = Message.objects.get(key__endswith=":workshop-cancelled")
    assert (said(ended), calendars(ended)) == ([], [])


def test_what_a_buyer_agreed_to_comes_with_the_confirmation_and_stays_at_its_address(client, standin):
    make_practice(legal_name="Osier Rooms Ltd", address="1 Yard\nLondon")
    terms = make_terms()
    order = buy(standin, make_workshop())

    mail = Message.objects.get(key=f"order:{order.pk}:confirmation")
    papers = {each["name"]: each for each in mail.attachments if not each["name"].endswith(".ics")}
    assert list(papers) == ["booking-terms-1.html", "cancellation-form.txt"]
    assert "<p>Terms.</p>" in papers["booking-terms-1.html"]["content"]
    form = papers["cancellation-form.txt"]["content"]
    assert "To: Osier Rooms Ltd, 1 Yard, London, " in form
    assert f"order {order.number}" in form
    assert ["/legal/terms/1/" in part for part in (mail.text, mail.html)] == [True, True]
    assert client.get(terms.version_url).status_code == 200
    assert f'href="{terms.version_url}"' in client.get(order.get_absolute_url()).text


def test_a_mail_says_what_comes_back_until_which_day_by_the_rules_of_its_order(standin):
    make_practice()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))
    day = timezone.localdate() + timedelta(days=30)
    workshop = make_workshop(day=day)
    buy(standin, workshop)
    late = make_workshop(day=timezone.localdate() + timedelta(days=10))
    buy(standin, late, by=buyer("late@example.org"))
    free = make_workshop(day=day, price="0.00")
    buy(standin, free, by=buyer("free@example.org"))

    said = {mail.to: mail for mail in Message.objects.filter(kind="orders/order_confirmation")}
    last = long_day(day - timedelta(days=14))
    assert f"Cancel until the end of {last}, London time, and everything comes back." in said["noor@example.org"].text
    assert f"until the end of {last}" in said["noor@example.org"].html
    assert ", and £52.50 comes back." in said["late@example.org"].text
    assert "Cancel until" not in said["free@example.org"].text


def test_mails_of_a_booking_say_the_hours_whose_place_it_is_and_what_to_keep(standin):
    make_practice()
    workshop = make_workshop(course=make_course("Grief", cpd_hours="4.5"))
    buy(standin, workshop, by=buyer("noor@example.org"))
    buy(standin, workshop, by=buyer("boss@example.org"))

    own = Message.objects.get(to="noor@example.org", kind="orders/order_confirmation")
    joining = Message.objects.get(to="noor@example.org", kind="orders/ticket_joining")
    for mail in (own, joining):
        assert ["4.5 CPD hours" in each for each in (mail.text, mail.html)] == [True, True]
    assert ["Keep this message: it has everything" in each for each in (own.text, own.html)] == [True, True]
    assert ["Noor" in each for each in (joining.text, joining.html)] == [True, True]


@pytest.mark.parametrize(("price", "most"), [("0.00", 5), ("105.00", 7)])
def test_who_is_booked_for_nothing_and_cancelled_again_and_again_gets_few_mails_and_who_is_paid_for_each(
    standin, price, most
):
    make_practice()
    make_terms()
    workshop = make_workshop(price=price)

    for _ in range(7):
        order = buy(standin, workshop, by=buyer("boss@example.org"))
        cancellations.cancel_places(order, tickets=order.load_lines(), shown=order.total)

    to_noor = Message.objects.filter(to="noor@example.org")
    began, ended = "Your place: ", "Your place is cancelled: "
    assert [to_noor.filter(subject__startswith=each).count() for each in (began, ended)] == [most, most]


def test_a_paid_place_that_is_given_on_and_on_writes_few_mails_to_one_mailbox(standin):
    """That it was booked is said however often it was given on: somebody has paid for it."""
    make_practice()
    workshop = make_workshop(price="50.00")
    order = buy(standin, workshop, by=buyer("boss@example.org"))

    for number in range(13):
        [place] = order.load_lines()
        attendees.hand_over(order, ticket=place, to=Attendee("Ada Field", f"ada+{number}@example.org", "Europe/London"))

    to_ada = Message.objects.filter(to__startswith="ada")
    assert [to_ada.filter(kind=f"orders/ticket_{each}:given").count() for each in ("joining", "handed_over")] == [
        10,
        10,
    ]
    assert Message.objects.filter(to="boss@example.org", kind="orders/ticket_handed_over").count() == 13


def test_a_place_that_is_moved_to_and_fro_writes_few_mails_to_one_mailbox(standin):
    make_practice()
    make_refund_tiers((0, 100))
    here, there = make_workshop(price="50.00"), make_workshop(price="50.00")
    order = buy(standin, here, by=buyer("boss@example.org"))

    for turn in range(12):
        to = (there, here)[turn % 2].ticket_types.get()
        order = moves.move_place(moves.MoveWish(order.lines.get(), to, Decimal(), uuid4()))

    to_noor = Message.objects.filter(to="noor@example.org")
    assert to_noor.filter(kind="orders/ticket_struck_out").count() == 10
    assert to_noor.filter(kind="orders/ticket_joining:given").count() == 10


def test_a_free_place_that_is_given_on_and_on_writes_few_mails_to_one_mailbox(standin):
    make_practice()
    workshop = make_workshop(price="0.00")
    order = buy(standin, workshop, by=buyer("boss@example.org"))

    for number in range(9):
        [place] = order.load_lines()
        attendees.hand_over(order, ticket=place, to=Attendee("Ada Field", f"ada+{number}@example.org", "Europe/London"))

    to_ada = Message.objects.filter(to__startswith="ada")
    assert [to_ada.filter(kind=f"orders/ticket_{each}:free").count() for each in ("joining", "handed_over")] == [5, 5]
