import csv
import re
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket
from orders.admin.forms import SOMEBODY_ELSE, TicketAdminForm
from orders.models import DiscountCode, Order
from orders.settling.workshop_cancellation import cancel_workshop
from outbox.models import Message
from tests.builders import (
    at,
    make_discount,
    make_practice,
    make_terms,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)
from tests.orders import purchases

pytestmark = pytest.mark.django_db
ORDERS, TICKETS = "/admin/orders/order/", "/admin/courses/ticket/"
TYPES = re.compile(r'<select name="ticket_type".*?</select>', re.DOTALL)
TYPE = re.compile(r'<option value="\d+">([^<]+)</option>')


@pytest.fixture(autouse=True)
def desk(client):
    make_practice()
    make_terms()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def buy(workshop=None, **who):
    return purchases.place(workshop or make_workshop(), by=purchases.buyer(**who))


def free_place(ticket_type, **fields):
    return {
        "workshop": ticket_type.workshop_id,
        "ticket_type": ticket_type.pk,
        "attendee_name": "Ivo Novak",
        "attendee_email": "ivo@example.org",
        "attendee_time_zone": "Europe/Paris",
    } | fields


def details(ticket, **fields):
    return {
        "attendee_name": ticket.attendee_name,
        "attendee_email": ticket.attendee_email,
        "attendee_time_zone": ticket.attendee_time_zone,
        "access_needs": ticket.access_needs,
    } | fields


def act(desk, action, *tickets):
    return desk.post(TICKETS, {"action": action, "_selected_action": [ticket.pk for ticket in tickets]}, follow=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


# Orders ------------------------------------------------------------------------
def test_an_order_is_found_by_number_buyer_and_attendee(desk):
    order = buy(email="ruth@example.org", name="Ruth Adler")
    buy(email="piotr@example.org", name="Piotr Zielinski")
    Ticket.objects.filter(pk=order.lines.get().ticket_id).update(
        attendee_name="Luc Armand", attendee_email="luc@example.org"
    )

    words = [order.number, "Ruth", "ruth@", "Armand", "luc@"]
    found = [[each.pk for each in desk.get(ORDERS, {"q": word}).context["cl"].result_list] for word in words]

    assert found == [[order.pk]] * 5


def test_an_order_links_to_workshop_attendee_and_buyers_page(desk):
    order = buy()

    page = desk.get(f"{ORDERS}{order.pk}/change/").content.decode()

    ticket, workshop = order.lines.get().ticket, order.workshop
    assert f'href="/admin/courses/ticket/{ticket.pk}/change/"' in page
    assert f'href="/admin/courses/workshop/{workshop.pk}/change/"' in page
    assert f'href="{order.get_absolute_url()}"' in page


# Free places --------------------------------------------------------------------
def test_a_free_place_takes_a_number_and_is_told_by_mail(desk):
    workshop = make_workshop(capacity=1)

    desk.post(f"{TICKETS}add/", free_place(workshop.ticket_types.get()))

    ticket, message = Ticket.objects.get(), Message.objects.get()
    assert (ticket.status, ticket.place_number, Order.objects.count()) == ("confirmed", 1, 0)
    assert (message.to, ticket.get_absolute_url() in message.text) == ("ivo@example.org", True)
    assert "Withy Rooms has booked a place for you, in the name of " in message.text


def test_no_free_place_where_none_is_left(desk):
    workshop = make_workshop(capacity=1)
    make_ticket(workshop)

    desk.post(f"{TICKETS}add/", free_place(workshop.ticket_types.get()))

    assert (Ticket.objects.count(), Message.objects.count()) == (1, 0)


def test_no_free_place_on_a_cancelled_workshop(desk):
    workshop = make_workshop()
    cancel_workshop(workshop, because="Ill.")

    page = desk.post(f"{TICKETS}add/", free_place(workshop.ticket_types.get())).content.decode()

    assert "This workshop is cancelled, so nobody can be given a place on it." in page
    assert (Ticket.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "meanwhile", [make_ticket, partial(cancel_workshop, because="Ill.")], ids=["full", "cancelled"]
)
def test_a_free_place_that_is_gone_while_it_is_given_is_said_to_be_gone(desk, meanwhile, monkeypatch):
    workshop = make_workshop(capacity=1)
    meanwhile(workshop)
    monkeypatch.setattr(TicketAdminForm, "clean", lambda form: form.cleaned_data)  # it had looked just before

    answer = desk.post(f"{TICKETS}add/", free_place(workshop.ticket_types.get()), follow=True)

    said = [str(message) for message in answer.context["messages"]]
    assert said == ["Somebody was faster: no place is left to give. Nothing was saved."]
    assert Ticket.objects.filter(attendee_email="ivo@example.org").count() == 0


def types_offered(page):
    return TYPE.findall(TYPES.search(page.text)[0])


def test_ticket_types_are_told_apart_and_narrowed_to_the_workshop(desk):
    grief = make_workshop(slug="grief")
    make_ticket_type(grief, "Early bird", "80")
    make_workshop(slug="siblings")

    everything = types_offered(desk.get(f"{TICKETS}add/"))
    narrowed = types_offered(desk.get(f"{TICKETS}add/", {"workshop": grief.pk}))

    assert everything == ["grief: Full price", "grief: Early bird", "siblings: Full price"]
    assert narrowed == ["grief: Full price", "grief: Early bird"]


def test_a_ticket_type_of_another_workshop_is_refused(desk):
    workshop, other = make_workshop(), make_workshop()

    desk.post(f"{TICKETS}add/", free_place(other.ticket_types.get(), workshop=workshop.pk))

    assert Ticket.objects.count() == 0


# Attendees ----------------------------------------------------------------------
def test_a_corrected_name_changes_nothing_else(desk):
    ticket = make_ticket(make_workshop())

    desk.post(f"{TICKETS}{ticket.pk}/change/", details(ticket, attendee_name="Noor El Haddad"))

    secret = ticket.secret
    ticket.refresh_from_db()
    assert (ticket.attendee_name, ticket.secret, Message.objects.count()) == ("Noor El Haddad", secret, 0)


def test_a_new_address_gets_a_new_joining_page_and_the_old_one_is_gone(desk):
    ticket = make_ticket(make_workshop())

    desk.post(f"{TICKETS}{ticket.pk}/change/", details(ticket, attendee_email="ivo@example.org"))

    old = ticket.get_absolute_url()
    ticket.refresh_from_db()
    told = {each.to: (each.kind, ticket.get_absolute_url() in each.text) for each in Message.objects.all()}
    assert told == {
        "noor@example.org": ("orders/ticket_struck_out", False),
        "ivo@example.org": ("orders/ticket_joining", True),
    }
    assert (desk.get(old).status_code, desk.get(ticket.get_absolute_url()).status_code) == (410, 200)


def test_a_place_of_a_workshop_that_is_over_stays_with_who_had_it(desk):
    ticket = make_ticket(make_workshop(day=timezone.localdate() - timedelta(days=1)))
    page = f"{TICKETS}{ticket.pk}/change/"
    name, address = {"attendee_name": "Ivo Novak"}, {"attendee_email": "ivo@example.org"}

    refused = desk.post(page, details(ticket, **name, **address))
    ticket.refresh_from_db()
    before = ticket.attendee_name, ticket.attendee_email
    corrected = [desk.post(page, details(Ticket.objects.get(), **each)).status_code for each in (name, address)]

    assert refused.context["adminform"].form.errors == {"attendee_name": [SOMEBODY_ELSE]}
    assert (before, corrected) == (("Noor Haddad", "noor@example.org"), [302, 302])


def test_the_joining_page_is_sent_again_to_confirmed_places_alone(desk):
    workshop = make_workshop()
    confirmed = make_ticket(workshop)
    cancelled = make_ticket(workshop, Ticket.Status.CANCELLED, attendee_email="gone@example.org")

    act(desk, "send_joining_pages", confirmed, cancelled)

    assert Message.objects.get().to == "noor@example.org"


def test_the_list_downloads_with_access_needs_and_without_formulas(desk):
    ticket = make_ticket(make_workshop(), attendee_name="=1+1", access_needs="Captions, please")

    response = act(desk, "download", ticket)

    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    told = ["Full price", "confirmed", "may be opened", "Captions, please"]
    assert rows[1] == ["1", "'=1+1", "noor@example.org", "Europe/London", *told]


def test_the_list_asks_as_many_questions_for_three_places_as_for_one(desk):
    workshop = make_workshop()
    make_ticket(workshop)
    desk.get(TICKETS)  # the first request of a session notes when it came
    with CaptureQueriesContext(connection) as for_one:
        desk.get(TICKETS)
    for _ in range(2):
        make_ticket(workshop)

    with CaptureQueriesContext(connection) as for_three:
        desk.get(TICKETS)

    assert len(for_three) == len(for_one)


def test_a_workshop_leads_to_attendees_orders_waiting_list_and_page(desk):
    workshop = make_workshop()

    page = desk.get(f"/admin/courses/workshop/{workshop.pk}/change/").content.decode()

    assert f"{TICKETS}?workshop__id__exact={workshop.pk}&amp;status__exact=confirmed" in page
    assert f"{ORDERS}?workshop__id__exact={workshop.pk}" in page
    assert f"/admin/courses/waitinglistentry/?workshop__id__exact={workshop.pk}" in page
    assert reverse("admin:courses_workshop_preview", args=[workshop.pk]) in page
    assert desk.get(TICKETS, {"workshop__id__exact": workshop.pk}).status_code == 200


# Codes --------------------------------------------------------------------------
def test_a_code_is_extended_in_the_practices_zone(desk):
    make_practice(time_zone="America/New_York")
    code = DiscountCode.objects.create(
        discount=make_discount(),
        code="XXH36-JJ9RB",
        percent=20,
        issued_to="noor@example.org",
        benefit_key="noor@example.org",
        expires_at=at("2027-02-01 05:00"),
    )
    url = f"/admin/orders/discountcode/{code.pk}/change/"

    desk.post(url, {"expires_at_0": "2027-06-02", "expires_at_1": "00:00"})

    code.refresh_from_db()
    assert code.expires_at == at("2027-06-02 04:00")
    assert "1 Jun 2027" in desk.get("/admin/orders/discountcode/").content.decode()
