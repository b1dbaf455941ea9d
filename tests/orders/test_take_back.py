"""The page of the desk that takes places back: who loses which, in which words, and once."""

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from courses.models import Ticket, WaitingListEntry
from courses.seats.places import Attendee, set_attendee
from courses.seats.waiting import join_waiting_list
from kit.desk.confirm import MOST_WORDS
from kit.forms.seen import seal
from orders.admin.announcement_desk import MOST_CHOSEN
from orders.admin.take_back_desk import NOTHING_LEFT
from orders.changes import taking_back
from orders.changes.taking_back import BOUGHT, CANCELLED, NOT_BOOKED, chosen_places, facts_seen
from orders.models import Order
from outbox.models import Message
from tests.builders import make_practice, make_terms, make_ticket, make_user, make_workshop
from tests.orders.purchases import buyer, place

pytestmark = pytest.mark.django_db
TICKETS = "/admin/courses/ticket/"
SEAL = re.compile(r'name="seen" value="([^"]+)"')
OWN_WORDS = "Sorry, Noor:\nyou have two places <b>& keep</b> the other."


@pytest.fixture(autouse=True)
def desk(client):
    make_practice()
    make_terms()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def choose(desk, *tickets):
    chosen = {"action": "take_back", "_selected_action": [ticket.pk for ticket in tickets]}
    return desk.post(TICKETS, chosen, follow=True)


def page_of(*tickets):
    return reverse("admin:courses_ticket_take_back", args=[",".join(str(ticket.pk) for ticket in tickets)])


def press(desk, *tickets, seen=None, note=""):
    """As the button does, of a page that was opened now or has this seal."""
    seen = seen or seal_of(desk.get(page_of(*tickets)))
    return desk.post(page_of(*tickets), {"note": note, "seen": seen}, follow=True)


def seal_of(response):
    return SEAL.search(response.content.decode())[1]


def told(response):
    return [str(message) for message in response.context["messages"]]


def words(response):
    return " ".join(unescape(response.content.decode()).split())


def bought(status, **fields):
    ticket = place(make_workshop(), by=buyer()).lines.get().ticket
    Ticket.objects.filter(pk=ticket.pk).update(status="confirmed", held_until=None)
    Order.objects.update(status=status)
    return Ticket.objects.get(pk=ticket.pk)


def states():
    return list(Ticket.objects.order_by("pk").values_list("status", flat=True))


def test_the_list_leads_to_a_page_that_asks_and_changes_nothing(desk):
    workshop = make_workshop()
    tickets = [
        make_ticket(workshop),
        make_ticket(workshop, attendee_name="Ivo Novak", attendee_email="ivo@example.org"),
    ]

    page = choose(desk, *tickets)

    assert page.redirect_chain == [(page_of(*tickets), 302)]
    assert "2 of 2 places can be taken back" in words(page)
    assert "ends; told at ivo@example.org" in words(page)
    assert "“Your place is cancelled" in words(page)
    assert (states(), Message.objects.count(), AuditEntry.objects.filter(after="cancelled").count()) == (
        ["confirmed", "confirmed"],
        0,
        0,
    )


def test_confirmed_it_frees_the_places_and_tells_each_in_the_organisers_words(desk):
    workshop = make_workshop(capacity=2)
    tickets = [make_ticket(workshop), make_ticket(workshop, attendee_email="ivo@example.org")]

    response = press(desk, *tickets, note=OWN_WORDS)

    assert told(response) == ["2 taken back. Their joining pages no longer work, and each of them is told by email."]
    assert (states(), workshop.places_left()) == (["cancelled", "cancelled"], 2)
    mails = list(Message.objects.order_by("to"))
    assert [mail.to for mail in mails] == ["ivo@example.org", "noor@example.org"]
    assert all(f"\n\n{OWN_WORDS}\n\n" in mail.text for mail in mails)
    assert all("you have two places &lt;b&gt;&amp; keep&lt;/b&gt;" in mail.html for mail in mails)
    reasons = AuditEntry.objects.filter(model="courses.ticket", after="cancelled").values_list("reason", flat=True)
    assert list(reasons) == [OWN_WORDS, OWN_WORDS]


def test_without_words_the_mail_says_what_it_said(desk):
    press(desk, make_ticket(make_workshop()))

    mail = Message.objects.get()
    assert "\n\n\n" not in mail.text
    assert "The place that Withy Rooms had booked for Noor Haddad is cancelled" in mail.text


def test_the_page_of_one_place_has_the_button_while_it_is_booked(desk):
    ticket = make_ticket(make_workshop())

    before = desk.get(f"{TICKETS}{ticket.pk}/change/").content.decode()
    response = press(desk, ticket)

    assert f'href="{page_of(ticket)}"' in before
    assert response.redirect_chain == [(f"{TICKETS}{ticket.pk}/change/", 302)]
    assert f'href="{page_of(ticket)}"' not in response.content.decode()


@pytest.mark.parametrize(
    ("status", "after"), [("paid", "confirmed"), ("review", "confirmed"), ("refunded", "cancelled")]
)
def test_a_bought_place_is_taken_back_only_once_it_is_refunded(desk, status, after):
    ticket = bought(status)

    page = desk.get(page_of(ticket))
    response = desk.post(page_of(ticket), {"note": "", "seen": seal(facts_seen(chosen_places([ticket])))}, follow=True)

    assert (BOUGHT in words(page), "and tell them" in words(page)) == (after == "confirmed", after == "cancelled")
    assert (told(response) == [NOTHING_LEFT], states()) == (after == "confirmed", [after])


def test_what_cannot_be_taken_back_is_named_with_why_and_left(desk):
    workshop = make_workshop()
    tickets = [
        make_ticket(workshop),
        make_ticket(workshop, Ticket.Status.CANCELLED, place_number=None),
        make_ticket(workshop, Ticket.Status.LAPSED, place_number=None),
    ]

    page = desk.get(page_of(*tickets))
    response = press(desk, *tickets)

    assert "1 of 3 places can be taken back" in words(page)
    assert (f"stays: {CANCELLED}" in words(page), f"stays: {NOT_BOOKED}" in words(page)) == (True, True)
    assert states() == ["cancelled", "cancelled", "lapsed"]
    assert told(response)[1] == f"2 left alone: {CANCELLED}; {NOT_BOOKED}."


def test_a_second_press_does_nothing_and_says_so(desk):
    ticket = make_ticket(make_workshop())
    seen = seal_of(desk.get(page_of(ticket)))

    press(desk, ticket, seen=seen)
    again = press(desk, ticket, seen=seen)

    assert told(again) == [NOTHING_LEFT]
    assert (states(), Message.objects.count()) == (["cancelled"], 1)
    assert AuditEntry.objects.filter(model="courses.ticket", after="cancelled").count() == 1


def handed_over(ticket):
    set_attendee(ticket, to=Attendee("Ivo Novak", "ivo@example.org", "Europe/Paris"))


def cancelled_elsewhere(ticket):
    taking_back.take_back([ticket])


@pytest.mark.parametrize(
    ("meanwhile", "now"),
    [
        (handed_over, "Ivo Novak, ivo@example.org, booked"),
        (cancelled_elsewhere, f"Noor Haddad, noor@example.org, {CANCELLED}"),
    ],
)
def test_a_page_that_is_not_true_any_more_says_what_changed_and_does_nothing(desk, meanwhile, now):
    workshop = make_workshop()
    tickets = [make_ticket(workshop), make_ticket(workshop, attendee_email="ada@example.org")]
    seen = seal_of(desk.get(page_of(*tickets)))
    meanwhile(tickets[0])
    Message.objects.all().delete()

    response = press(desk, *tickets, seen=seen, note="Sorry.")

    assert (response.status_code, "> Sorry.</textarea>" in words(response)) == (409, True)
    assert f"place 1: “Noor Haddad, noor@example.org, booked” before, “{now}” now." in words(response)
    assert (Ticket.objects.get(pk=tickets[1].pk).status, Message.objects.count()) == ("confirmed", 0)


@pytest.mark.parametrize("note", ["x" * (MOST_WORDS + 1), "a\0b"])
def test_words_that_cannot_stand_there_are_refused_and_nothing_is_done(desk, note):
    ticket = make_ticket(make_workshop())

    response = press(desk, ticket, note=note)

    assert (response.status_code, states(), Message.objects.count()) == (422, ["confirmed"], 0)


@pytest.mark.parametrize("seen", ["", "nonsense"])
def test_without_the_seal_of_its_page_nothing_is_done(desk, seen):
    ticket = make_ticket(make_workshop())

    response = desk.post(page_of(ticket), {"note": "", "seen": seen})

    assert (response.status_code, states()) == (409, ["confirmed"])


@pytest.mark.parametrize("tickets", ["0", "x", "1,", "9" * 19, "1;2"])
def test_an_address_without_places_is_not_found(desk, tickets):
    make_ticket(make_workshop())

    assert desk.get(f"{TICKETS}take-back/{tickets}/").status_code == 404


def test_too_many_at_once_are_refused_before_anything_is_asked(desk):
    workshop = make_workshop(capacity=MOST_CHOSEN + 1)
    number = Ticket.objects.bulk_create(
        Ticket(workshop=workshop, ticket_type=workshop.ticket_types.get(), access="live", place_number=each + 1)
        for each in range(MOST_CHOSEN + 1)
    )

    response = choose(desk, *number)

    assert told(response) == [f"Choose {MOST_CHOSEN} places at most. Nothing was done."]


def test_what_comes_free_is_offered_to_who_waits(desk):
    workshop = make_workshop(capacity=1)
    ticket = make_ticket(workshop)
    join_waiting_list(workshop=workshop, email="ben@example.org")
    WaitingListEntry.objects.update(status="waiting")

    press(desk, ticket)

    assert WaitingListEntry.objects.get().status == "offered"
