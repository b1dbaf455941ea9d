from datetime import timedelta

import pytest
from django.urls import reverse

from courses import reminders
from courses.models import Reminder, Ticket
from courses.seats import places
from courses.seats.places import Attendee
from orders.changes import attendees, cancellations
from orders.models import Order
from outbox.models import Message
from tests.builders import make_practice, make_workshop
from tests.markup import words_of
from tests.orders.purchases import buy, buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
ADA = {"name": "Ada Field", "email": "ada@example.org", "time_zone": "Europe/Paris", "access_needs": "Captions"}


@pytest.fixture
def order(standin):
    make_practice()
    return buy(standin, make_workshop())


def url(order):
    return reverse("orders:hand_over", args=[order.secret, order.lines.get().pk])


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Order, Ticket, Message)]


def test_the_place_is_the_colleagues_and_the_old_link_and_calendar_die(client, order):
    before = Ticket.objects.get()

    response = client.post(url(order), ADA)

    after = Ticket.objects.get()
    assert (response.status_code, "?done=handed-over&place=" in response["Location"]) == (303, True)
    assert (after.attendee_name, after.attendee_email, after.attendee_time_zone, after.access_needs) == (
        *("Ada Field", "ada@example.org"),
        *("Europe/Paris", "Captions"),
    )
    assert (after.pk, after.place_number, after.status) == (before.pk, before.place_number, Ticket.Status.CONFIRMED)
    for link, gone in (("learning:join", 410), ("courses:ticket_calendar", 404)):
        answers = [client.get(reverse(link, args=[each.secret])).status_code for each in (before, after)]
        assert answers == [gone, 200]


def test_the_colleague_is_reminded_whatever_the_other_had_turned_off(client, order):
    reminders.set_wanted(Ticket.objects.get(), [])

    client.post(url(order), ADA)

    assert reminders.wanted_of(Ticket.objects.get()) == Reminder.values


def test_the_colleague_gets_the_joining_page_and_the_others_are_told(client, standin):
    make_practice()
    order = buy(standin, make_workshop(), by=buyer("pay@example.org", "Pia Pay"))
    old = Ticket.objects.get().secret
    Message.objects.all().delete()

    client.post(url(order), ADA)

    new = Ticket.objects.get().secret
    mails = {message.to: message for message in Message.objects.all()}
    assert sorted(mails) == ["ada@example.org", "noor@example.org", "pay@example.org"]
    assert [new in mails[to].text for to in sorted(mails)] == [True, False, False]
    assert not any(old in message.text or new in message.key for message in mails.values())
    assert [order.secret in mails[to].text for to in sorted(mails)] == [False, False, True]
    assert mails["noor@example.org"].subject.startswith("Your place is now Ada Field’s: ")
    assert mails["noor@example.org"].text.startswith("Your place is now Ada Field’s.\n")
    assert mails["pay@example.org"].subject.startswith("A place changed hands: ")
    assert "The place of Noor Haddad is now Ada Field’s." in mails["pay@example.org"].text


def test_who_paid_and_was_to_come_gets_one_mail(client, order):
    Message.objects.all().delete()

    client.post(url(order), ADA)

    assert sorted(Message.objects.values_list("to", flat=True)) == ["ada@example.org", "noor@example.org"]


def test_sending_the_form_twice_hands_over_once(client, order):
    client.post(url(order), ADA)
    before = snapshot()

    client.post(url(order), ADA)

    assert snapshot() == before


def test_handed_back_it_is_told_again_with_yet_another_link(client, order):
    first = Ticket.objects.get().secret
    for who in (ADA, ADA | {"name": "Noor Haddad", "email": "noor@example.org"}, ADA):
        client.post(url(order), who)

    assert Message.objects.filter(to="ada@example.org", key__contains=":joining:").count() == 2
    assert Ticket.objects.get().secret != first


def test_a_corrected_name_keeps_the_link_and_sends_no_mail(client, order):
    before = Ticket.objects.get()
    Message.objects.all().delete()

    client.post(url(order), ADA | {"name": "Noor Haddad-Reed", "email": "Noor@example.org"})

    after = Ticket.objects.get()
    assert (after.attendee_name, after.secret, Message.objects.count()) == ("Noor Haddad-Reed", before.secret, 0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Enter the name of the person who takes this place."),
        ({"email": "ada@"}, "Enter an email address like name@example.org."),
        ({"email": "ada@example.org\nBcc: x@example.org"}, "Enter one address only."),
        ({"time_zone": "../../etc/passwd"}, "Use a time zone name such as Europe/London."),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"access_needs": "x" * 1001}, "Ensure this value has at most 1000 characters (it has 1001)."),
    ],
)
def test_a_bad_answer_is_named_and_changes_nothing(client, order, changes, said):
    before = snapshot()

    response = client.post(url(order), ADA | changes)

    assert (response.status_code, said in words_of(response), snapshot()) == (422, True, before)


def test_once_it_has_started_nobody_takes_over(client, order, time_machine):
    time_machine.move_to(order.workshop.starts_at - timedelta(seconds=1), tick=False)
    seen = "Who comes instead?" in words_of(client.get(url(order)))
    time_machine.move_to(order.workshop.starts_at, tick=False)
    before = snapshot()

    response = client.post(url(order), ADA)

    assert (seen, response.status_code, snapshot()) == (True, 422, before)
    assert "The workshop has started" in words_of(response)


def test_a_place_that_was_cancelled_meanwhile_is_not_handed_over(order):
    ticket = Ticket.objects.get()
    cancellations.cancel_places(order, tickets=[ticket], shown=order.total)

    with pytest.raises(places.NotHandedOver):
        attendees.hand_over(order, ticket=ticket, to=Attendee("Ada", "ada@example.org", "Europe/Paris"))

    assert Ticket.objects.get().attendee_name == "Noor Haddad"


def test_an_unpaid_order_has_no_place_to_give(client, order):
    unpaid = place(order.workshop)
    before = snapshot()

    assert (client.post(url(unpaid), ADA).status_code, snapshot()) == (303, before)


def test_a_place_of_another_order_is_404(client, order, standin):
    other = buy(standin, order.workshop)
    before = snapshot()

    path = f"{order.get_absolute_url()}places/{other.lines.get().pk}/hand-over/"

    assert (client.get(path).status_code, client.post(path, ADA).status_code, snapshot()) == (404, 404, before)


def test_nobody_writes_to_addresses_without_end(client, order):
    answers = [client.post(url(order), ADA | {"email": f"ada{n}@example.org"}).status_code for n in range(11)]

    assert answers == [303] * 10 + [429]


def test_nobody_is_written_to_by_hand_overs_without_end(client, order):
    """One address, however it is written; each time the place goes away and comes back."""
    to = ["ada@example.org", "ben@example.org"]
    answers = [
        client.post(url(order), ADA | {"email": to[n % 2].replace("@", f"+{n}@")}).status_code for n in range(10)
    ]
    too_many = client.post(url(order), ADA | {"email": "ada+again@example.org"}).status_code

    assert (answers, too_many) == ([303] * 10, 429)
