"""What the mails of a booking ask calendars to do, from the purchase to each way in which a place ends."""

from datetime import time, timedelta
from email import message_from_bytes, policy
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from icalendar import Calendar

from courses import changes
from courses.models import Ticket
from courses.schedule import settle_times, store_sessions
from courses.seats.places import Attendee
from orders.changes import attendees, cancellations, moves, taking_back, workshop_changes
from orders.changes.moves import MoveWish
from orders.checkout import placing
from orders.settling import settle, workshop_cancellation
from outbox.delivery import deliver_due
from outbox.models import Message
from tests.builders import make_practice, make_refund_tiers, make_sale_terms, make_session, make_workshop
from tests.orders.calendar_histories import misinformed
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, ticket, wish

pytestmark = pytest.mark.django_db(transaction=True)
NOOR, ADA = "noor@example.org", "ada@example.org"


@pytest.fixture
def workshop():
    make_practice()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((1, 100))
    return make_workshop(day=timezone.localdate() + timedelta(days=30))


@pytest.fixture
def order(standin, workshop):
    """Noor comes; she has paid it herself."""
    return buy(standin, workshop)


def requests_in(message):
    """What it asks of a calendar: `(method, session and place, number, whom)`."""
    found = []
    for each in message.attachments:
        if "method=" in each["content_type"]:
            calendar = Calendar.from_ical(each["content"])
            (event,) = calendar.walk("VEVENT")
            assert each["content_type"] == f"text/calendar; method={calendar['METHOD']}"
            assert str(event["ATTENDEE"]) == f"mailto:{message.to}"
            found.append((str(calendar["METHOD"]), str(event["UID"]).split("@")[0], event["SEQUENCE"], message.to))
    return found


def all_requests():
    return [each for message in Message.objects.order_by("pk") for each in requests_in(message)]


def name_of(ticket, session=None):
    return f"session-{(session or ticket.workshop.sessions.earliest('starts_at')).pk}-{ticket.pk}"


def test_a_booking_is_put_into_the_calendar_of_whoever_comes(order):
    assert all_requests() == [("REQUEST", name_of(Ticket.objects.get()), 0, NOOR)]


def test_who_only_pays_gets_nothing_into_the_calendar(standin, workshop):
    buy(standin, workshop, by=buyer("boss@example.org"))

    assert [each[3] for each in all_requests()] == [NOOR]


def cancelled_by_the_buyer(order):
    ticket = Ticket.objects.get()
    cancellations.cancel_places(order, tickets=[ticket], shown=order.total)


def taken_back_by_the_desk(order):
    order.lines.all()[0].refunds.all()
    type(order).objects.filter(pk=order.pk).update(status="refunded")
    taking_back.take_back(Ticket.objects.all())


def handed_on(order):
    attendees.hand_over(order, ticket=Ticket.objects.get(), to=Attendee("Ada Field", ADA, "Europe/Paris"))


def given_another_address_by_the_desk(order):
    ticket = Ticket.objects.get()
    ticket.attendee_email = ADA
    attendees.change_attendee(ticket)


def moved(order):
    to = make_workshop(day=timezone.localdate() + timedelta(days=60)).ticket_types.get()
    moves.move_place(MoveWish(order.lines.get(), to, order.total - order.total, uuid4()))


def workshop_cancelled(order):
    workshop_cancellation.cancel_workshop(order.workshop, because="Our presenter is ill.")


WAYS = [
    cancelled_by_the_buyer,
    taken_back_by_the_desk,
    handed_on,
    given_another_address_by_the_desk,
    moved,
    workshop_cancelled,
]


@pytest.mark.parametrize("end_it", WAYS, ids=lambda each: each.__name__)
def test_however_a_place_ends_it_is_struck_out_once_with_a_higher_number(order, end_it):
    ticket = Ticket.objects.get()

    end_it(order)

    struck_out = [each for each in all_requests() if each[0] == "CANCEL"]
    assert struck_out == [("CANCEL", name_of(ticket), 1, NOOR)]


def test_whoever_has_a_place_now_gets_it_into_the_calendar(order):
    handed_on(order)

    assert all_requests()[1:] == [
        ("REQUEST", name_of(Ticket.objects.get()), 1, ADA),
        ("CANCEL", name_of(Ticket.objects.get()), 1, NOOR),
    ]


def test_a_place_that_comes_back_to_somebody_is_newer_than_its_end(order):
    handed_on(order)
    ticket = Ticket.objects.get()
    attendees.hand_over(order, ticket=ticket, to=Attendee("Noor Haddad", NOOR, "Europe/Paris"))

    numbers = [(each[0], each[2]) for each in all_requests() if each[3] == NOOR]
    assert numbers == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 2)]


def cancelled(order, place):
    cancellations.cancel_places(order, tickets=[place], shown=order.total)


def given_on(order, place):
    attendees.hand_over(order, ticket=place, to=Attendee("Lea Moor", "lea@example.org", "Europe/Paris"))


@pytest.mark.parametrize("end", [cancelled, given_on])
def test_a_place_from_other_hands_stands_for_one_that_was_booked_later(standin, order, workshop, end):
    """Of both there is one in the calendar, and when the first ends, the other."""
    handed_on(order)
    [given] = Ticket.objects.all()
    own = wish([ticket(workshop.ticket_types.get(), "Ada Field", ADA)], by=buyer(ADA))
    page = open_session(placing.place_order(workshop, own).order)
    standin.pay(page)
    [later] = settle.settle(as_stripe_sees_it(page)).tickets()
    assert misinformed() == []

    end(order, given)

    assert [each[:2] for each in all_requests() if each[3] == ADA][-2:] == [
        ("CANCEL", name_of(given)),
        ("REQUEST", name_of(later)),
    ]
    assert misinformed() == []


def test_a_moved_place_is_asked_for_where_it_is_now(order):
    moved(order)

    old, new = Ticket.objects.order_by("pk")
    assert all_requests()[1:] == [("CANCEL", name_of(old), 1, NOOR), ("REQUEST", name_of(new), 0, NOOR)]


def change(workshop, make_it):
    with transaction.atomic():
        before = changes.booked_of([workshop])
        make_it()
        changes.note_changes(changes.plans_since(before), by=None)
    workshop_changes.tell_of_changes()


def test_each_change_that_people_are_told_of_has_a_higher_number(order, workshop):
    ticket = Ticket.objects.get()

    def later():
        workshop.sessions.update(start_time=time(11))
        settle_times(workshop)

    change(workshop, later)
    change(workshop, lambda: type(workshop).objects.filter(pk=workshop.pk).update(catch_up_days=14))

    assert [each[:2] for each in all_requests()] == [("REQUEST", name_of(ticket))] * 3
    first, second, third = (each[2] for each in all_requests())
    assert first < second < third


def test_a_session_that_is_called_off_is_struck_out_and_the_others_stay(standin, workshop):
    second = make_session(workshop, timezone.localdate() + timedelta(days=37))
    number = second.pk
    order = buy(standin, workshop)
    ticket = Ticket.objects.get()

    change(workshop, lambda: store_sessions(workshop, removed=[second]))

    told = Message.objects.get(key__startswith="workshop-change:", to=order.buyer_email)
    assert requests_in(told) == [
        ("CANCEL", f"session-{number}-{ticket.pk}", 1, NOOR),
        ("REQUEST", name_of(ticket), 1, NOOR),
    ]


def test_a_place_that_waited_for_its_money_does_not_stand_beside_one_that_was_booked_meanwhile(standin, workshop):
    make_invoicing_practice()
    waiting = invoice(workshop, by=buyer(NOOR))
    buy(standin, workshop, by=buyer(NOOR))
    transfer(waiting)

    assert misinformed() == []


def test_on_the_wire_the_request_stands_beside_the_words_and_says_each_thing_once(order):
    deliver_due()

    [sent] = [each for each in mail.outbox if each.to == [NOOR]]
    parsed = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    alternatives = [part for part in parsed.walk() if part.get_content_type() == "multipart/alternative"]
    assert [part.get_content_type() for part in alternatives[0].iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    raw = sent.message().as_string()
    assert raw.count('text/calendar; method="REQUEST"; charset="utf-8"') == 1
    assert 'charset="utf-8"; charset' not in raw
    request = list(alternatives[0].iter_parts())[-1]
    assert request.get_content().count("METHOD:REQUEST") == 1
    assert next(part.get_filename() for part in parsed.iter_attachments() if part.get_filename()) == "workshop.ics"


@pytest.mark.parametrize("end_it", [None, *WAYS], ids=lambda each: each.__name__ if each else "booked")
def test_no_mail_and_no_file_has_the_link_to_zoom(client, order, end_it):
    if end_it:
        end_it(order)

    for message in Message.objects.all():
        told = "".join([message.text, message.html, *(each["content"] for each in message.attachments)])
        assert [word for word in ("zoom.example", "willow") if word in told] == []
