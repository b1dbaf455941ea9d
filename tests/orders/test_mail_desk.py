import re
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.audit import acting
from courses.models import Announcement, WorkshopChange
from courses.reminders import remind
from courses.seats.places import NewTicket
from kit.forms.seen import seal
from orders.changes import announcements, attendees, buyers, moves, taking_back, workshop_changes
from orders.changes.moves import MoveWish
from orders.mails import booking_mails
from orders.mails.sent import mails_of
from orders.models import Dispute, RebookingOffer, Refund
from outbox.models import Message
from outbox.post import send_again
from tests.builders import at, make_practice, make_ticket, make_workshop, queue_words
from tests.desk_forms import save
from tests.markup import words_of
from tests.orders.purchases import buy, buyer
from tests.orders.test_refund_desk import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
KEY = UUID(int=7)


@pytest.fixture
def desk(client):
    make_practice()
    return sign_in(client, "Organisers")


@pytest.fixture
def order(desk, standin):
    with acting("Stripe"):
        return buy(standin, make_workshop())


def told(response):
    return re.findall(r'<li class="(\w+)">(.*?)</li>', response.text)


def page_of(desk, order):
    return desk.get(reverse("admin:orders_order_mails", args=[order.pk]))


def again(desk, order, mail):
    return told(desk.post(reverse("admin:orders_order_mail_again", args=[order.pk, mail.pk]), follow=True))


def test_all_mails_of_an_order_are_shown_with_their_text_and_who_caused_them(desk, order, standin):
    ticket = order.lines.get().ticket
    attendees.change_attendee(_at(ticket, "tia@example.org"))
    other = buy(standin, make_workshop(), by=buyer("ada@example.org"))

    page = words_of(page_of(desk, order))

    assert [mail.to for mail in mails_of(order)] == ["noor@example.org", "noor@example.org", "tia@example.org"]
    assert ("You are booked, Noor Haddad." in page, "Caused by Stripe" in page, "tia@example.org" in page) == (
        True,
        True,
        True,
    )
    assert other.get_absolute_url() not in page
    assert f"/admin/orders/order/{order.pk}/mails/" in desk.get(f"/admin/orders/order/{order.pk}/change/").text


def test_what_was_written_of_its_money_are_mails_of_an_order_too(desk, order, standin):
    """Of a refund, a payment, a dispute and a choice; and of no other order's."""
    expected = [mail.pk for mail in mails_of(order)]
    for each in (order, buy(standin, make_workshop(), by=buyer("ada@example.org"))):
        payment = each.payments.get()
        refund = Refund.objects.create(payment=payment, amount=5, reason="Sorry.")
        dispute = Dispute.objects.create(payment=payment, dispute_id=f"dp_{each.pk}", amount=5, status="won")
        offer = RebookingOffer.objects.create(line=each.lines.get(), refund_at=timezone.now())
        for row in (refund, payment, dispute, offer):
            kind = "rebooking" if row is offer else row._meta.model_name
            written = queue_words(key=f"{kind}:{row.pk}:news")
            expected += [written.pk] if each == order else []

    assert [mail.pk for mail in mails_of(order)] == expected


def test_the_news_of_its_workshop_are_mails_of_an_order_too(desk, order):
    announcement = Announcement(workshop=order.workshop, key=KEY, whom="buyers", subject="Hello", text="Hello")
    announcements.send_announcement(announcement, by=None)
    announcements.write_announcements()
    WorkshopChange.objects.create(workshop=order.workshop, words=[["Session", "then", "now"]])
    workshop_changes.tell_of_changes()
    with time_machine.travel(order.workshop.starts_at - timedelta(hours=20)):
        remind()

    news = ["orders/announcement", "orders/workshop_changed", "courses/session_reminder"]
    assert [mail.kind for mail in mails_of(order)][1:] == news


def _at(ticket, email):
    ticket.attendee_email = email
    return ticket


def test_a_mail_is_sent_again_as_it_was_and_a_double_click_sends_one(desk, order):
    mail = mails_of(order).get()

    first, second = again(desk, order, mail), again(desk, order, mail)

    copy = mails_of(order).exclude(pk=mail.pk).get()
    assert first == second == [("success", f"“{mail.subject}” is on its way to noor@example.org once more.")]
    assert (copy.text, copy.html, copy.attachments, copy.state) == (mail.text, mail.html, mail.attachments, "queued")
    assert copy.caused_by == "the desk"


@pytest.mark.parametrize(("seconds", "mails"), [(0, 1), (1, 1), (9, 1), (12, 2), (61, 2)])
@pytest.mark.parametrize("began", ["11:59:59.999", "12:00:00.000"])
def test_two_clicks_are_one_mail_also_where_a_minute_ends_between_them(order, began, seconds, mails):
    mail, ticket = mails_of(order).get(), order.tickets()[0]
    first = at(f"2027-03-01 {began}")
    before = Message.objects.count()

    for moment in (first, first + timedelta(seconds=seconds, milliseconds=1)):
        with time_machine.travel(moment, tick=False):
            send_again(mail)
            booking_mails.tell_attendee_again(ticket)

    assert Message.objects.count() - before == 2 * mails


def test_a_second_mail_goes_out_at_once_where_the_address_was_corrected(order):
    ticket, before = order.tickets()[0], Message.objects.count()

    with time_machine.travel(at("2027-03-01 12:00"), tick=False) as clock:
        for email in ("wrong@example.org", "right@example.org"):
            booking_mails.tell_attendee_again(_at(ticket, email))
            clock.shift(2)

    assert Message.objects.count() - before == 2


def test_a_mail_whose_text_is_forgotten_or_secret_is_not_sent_again(desk, order):
    mail = mails_of(order).get()
    for fields in ({"text": ""}, {"is_secret": True, "text": "sealed"}):
        Message.objects.filter(pk=mail.pk).update(**fields)

        assert again(desk, order, mail)[0][0] == "warning"
        assert ("sealed" in page_of(desk, order).text, Message.objects.count()) == (False, 1)


def test_a_mail_with_links_that_have_ended_is_not_sent_again(desk, order):
    mail = mails_of(order).get()
    seen = seal(buyers.facts_seen(order))
    buyers.correct_buyer(order, name="Noor Haddad", email="noor@example.net", seen=seen)

    assert again(desk, order, mail)[0][0] == "warning"
    assert Message.objects.filter(key__startswith="again:").count() == 0


def test_a_mail_of_another_order_is_not_sent_from_here(desk, order, standin):
    other = buy(standin, make_workshop(), by=buyer("ada@example.org"))
    mail, before = mails_of(other).first(), Message.objects.count()

    response = desk.post(reverse("admin:orders_order_mail_again", args=[order.pk, mail.pk]))

    assert (response.status_code, Message.objects.count()) == (404, before)


def test_a_moved_order_says_where_it_went_also_while_the_difference_is_waited_for(desk, order):
    line, dearer = order.lines.get(), make_workshop(price="150.00")
    to = dearer.ticket_types.get()
    shown = moves.quote_move(line, to).difference

    new = moves.move_at_desk(MoveWish(line, to, shown, KEY))

    old, page = (words_of(desk.get(f"/admin/orders/order/{each.pk}/change/")) for each in (order, new))
    assert f"A place is to move to order {new}, once the buyer has paid the difference there." in old
    assert f"waits for the difference of order {new}" in old
    assert str(order) in page


def test_an_order_that_moved_as_a_whole_names_the_new_one_and_asks_for_nothing(desk, order):
    line, equal = order.lines.get(), make_workshop()
    to = equal.ticket_types.get()

    new = moves.move_at_desk(MoveWish(line, to, moves.quote_move(line, to).difference, KEY))

    old = words_of(desk.get(f"/admin/orders/order/{order.pk}/change/"))
    assert f"Nothing. It has moved to order {new}: look there for the place and the money." in old
    assert "take their places back" not in old


def test_whoever_loses_a_free_place_is_told(desk):
    ticket = make_ticket(make_workshop(), attendee_email="ivo@example.org")

    taking_back.take_back([ticket])
    taking_back.take_back([ticket])

    mail = Message.objects.get()
    assert (mail.to, "The place that Withy Rooms had booked for" in mail.text) == ("ivo@example.org", True)


@pytest.mark.parametrize("email", ["ivo@example.org", "IVO@example.org"])
def test_a_second_free_place_for_one_person_is_asked_about(desk, email):
    workshop = make_workshop()
    ticket_type = workshop.ticket_types.get()
    who = NewTicket(ticket_type, "Ivo Novak", "ivo@example.org", "Europe/Paris")
    attendees.give_free_place(workshop, ticket=who)
    answers = {"workshop": workshop.pk, "ticket_type": ticket_type.pk, "attendee_name": "Ivo Novak"}
    answers |= {"attendee_email": email, "attendee_time_zone": "Europe/Paris"}

    asked = desk.post("/admin/courses/ticket/add/", answers)
    before = workshop.tickets.count()
    desk.post("/admin/courses/ticket/add/", answers | {"is_second": "on"})

    assert "Ivo Novak has a place there already (confirmed). If this is to be a second one" in words_of(asked)
    assert (before, workshop.tickets.count()) == (1, 2)


@pytest.mark.parametrize(("email", "is_said"), [("IVO@example.org", True), ("ada@example.org", False)])
def test_a_place_that_becomes_somebodys_second_is_said_to_be(desk, email, is_said):
    workshop = make_workshop()
    make_ticket(workshop, attendee_email="ivo@example.org")
    ticket = make_ticket(workshop, attendee_email="ruth@example.org")

    page = save(desk, reverse("admin:courses_ticket_change", args=[ticket.pk]), attendee_email=email)

    words = "This address has another place there, too."
    assert (words in words_of(desk.get(page["Location"])), workshop.tickets.count()) == (is_said, 2)
