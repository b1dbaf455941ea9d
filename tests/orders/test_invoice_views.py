from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket
from orders.booking import booking_views
from orders.deeds import Deed, address_after
from orders.models import Order, Payment
from orders.pricing import codes
from tests.builders import make_discount, make_sale_terms, make_terms, make_user, make_workshop
from tests.markup import markup, words_of
from tests.orders.invoices import ACCOUNT, invoice, make_invoicing_practice
from tests.orders.test_views import answers, errors_in

pytestmark = pytest.mark.django_db(transaction=True)
OFFER = "An organisation pays: send an invoice"
PAYER = {"organisation": "Humber Care Trust", "organisation_address": "1 Dock Road\r\nHull", "po_number": "PO-77"}


@pytest.fixture
def workshop():
    make_invoicing_practice()
    make_terms()
    return make_workshop(capacity=4)


def url(workshop):
    return reverse("orders:book", args=[workshop.slug])


def book(client, workshop, **changes):
    return client.post(url(workshop), answers(workshop, by="invoice", start="on", **(PAYER | changes)))


def test_the_checkout_offers_an_invoice_and_asks_nothing_about_it_yet(client, workshop):
    page = client.get(url(workshop)).content.decode()

    assert (page.count(OFFER), page.count('name="organisation"'), page.count('name="by"')) == (1, 0, 0)


def test_the_choice_shows_the_form_with_all_that_was_filled_in(client, workshop):
    response = client.post(url(workshop), answers(workshop, action="invoice", name="", terms=""))

    page = response.content.decode()
    due = (timezone.localdate() + timedelta(days=23)).strftime("%-d %B %Y")
    assert (response.status_code, errors_in(response)) == (200, [])
    assert [page.count(f'name="{name}"') for name in [*PAYER, "by"]] == [1, 1, 1, 1]
    assert 'value="noor@example.org"' in page
    assert f"{due}, by bank transfer." in words_of(response)
    assert "Book by invoice: £105.00" in page


def test_a_link_leads_straight_to_it(client, workshop):
    page = client.get(url(workshop), {"by": "invoice"}).content.decode()

    assert (page.count('name="organisation"'), page.count("Pay by card instead")) == (1, 1)


def test_the_way_back_to_the_card(client, workshop):
    response = book(client, workshop, action="card")

    page = response.content.decode()
    assert (page.count('name="organisation"'), page.count(OFFER), Order.objects.count()) == (0, 1, 0)


def test_booking_by_invoice_leads_to_the_orders_page(client, workshop, standin):
    client.force_login(make_user("noor@example.org"))

    response = book(client, workshop)

    order = Order.objects.get()
    page = words_of(client.get(response["Location"]))
    assert (response.status_code, response["Location"]) == (303, address_after(Deed.PLACED, order))
    assert (order.status, order.organisation_address, order.po_number) == ("invoiced", "1 Dock Road\nHull", "PO-77")
    assert [
        word for word in ["Your place is held.", *ACCOUNT.split("\n"), "PO-77", order.number] if word not in page
    ] == []
    assert (Payment.objects.count(), standin.requests) == (0, [])


def test_a_second_submit_finds_the_first_order(client, workshop):
    form = answers(workshop, by="invoice", start="on", **PAYER)

    locations = {client.post(url(workshop), form)["Location"] for _ in range(2)}

    assert (len(locations), Order.objects.count()) == (1, 1)


def test_several_places_by_invoice(client, workshop):
    kind = str(workshop.ticket_types.first().pk)
    second = {"place1-ticket_type": kind, "place1-name": "Ada", "place1-email": "ada@example.org"}

    book(client, workshop, places="2", shown_total="210.00", **second)

    assert list(Ticket.objects.values_list("attendee_name", "status")) == [("Noor Haddad", "held"), ("Ada", "held")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"organisation": ""}, "Enter the name of the organisation that pays."),
        ({"organisation": " \t "}, "Enter the name of the organisation that pays."),
        ({"organisation_address": ""}, "Enter the address that the invoice is made out to."),
        ({"organisation": "x" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
        ({"organisation_address": "x" * 501}, "Ensure this value has at most 500 characters (it has 501)."),
        ({"po_number": "x" * 61}, "Ensure this value has at most 60 characters (it has 61)."),
        ({"po_number": "PO\x0077"}, "Null characters are not allowed."),
        ({"terms": ""}, "Accept the booking terms to carry on."),
    ],
)
def test_bad_input_is_told_and_books_nothing(client, workshop, changes, words):
    response = book(client, workshop, **changes)

    assert (response.status_code, Order.objects.count()) == (422, 0)
    assert words in " ".join(errors_in(response))
    assert response.content.decode().count('name="organisation"') == 1


def test_changing_the_number_of_places_asks_for_no_organisation_yet(client, workshop):
    response = book(client, workshop, action="add", organisation="")

    assert (response.status_code, errors_in(response)) == (200, [])
    assert response.content.decode().count('name="organisation"') == 1


def test_nothing_is_offered_where_the_practice_takes_no_invoices(client, workshop):
    make_sale_terms(takes_invoices=False)

    assert OFFER not in client.get(url(workshop)).content.decode()


def test_too_close_to_the_workshop_the_buyer_is_told_and_may_pay_by_card(client, workshop):
    make_sale_terms(invoice_min_days_before=31)

    response = book(client, workshop)

    page = markup(response)
    assert (response.status_code, Order.objects.count(), page.count('name="organisation"')) == (422, 0, 0)
    assert "This booking cannot be paid by invoice. Nothing was booked; you can pay by card." in words_of(response)
    assert "Book and pay £105.00" in page


def test_a_free_place_needs_no_invoice(client, workshop):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=100)

    response = book(client, workshop, code=str(code), shown_total="0.00")

    page = response.content.decode()
    assert (response.status_code, Order.objects.count()) == (422, 0)
    assert (page.count('name="by"'), page.count("Book this free place")) == (0, 1)


def test_a_place_that_went_meanwhile_is_told(client, workshop):
    invoice(workshop, 4)

    response = book(client, workshop)

    assert (response.status_code, Order.objects.count()) == (422, 1)
    assert "The last place has just gone." in words_of(response)


def test_nobody_holds_the_whole_calendar(client, workshop, monkeypatch):
    monkeypatch.setattr(booking_views, "INVOICES_PER_HOUR", 1)
    book(client, workshop)

    response = book(client, workshop)

    assert (response.status_code, Order.objects.count()) == (422, 1)
    assert booking_views.TOO_MANY_INVOICES in words_of(response)


def test_the_places_are_given_back_on_the_orders_page(client, workshop):
    order = invoice(workshop, 2)
    assert "Give the places back" in client.get(order.get_absolute_url()).content.decode()

    response = client.post(reverse("orders:give_back", args=[order.secret]), follow=True)

    assert "Your place was given back." in words_of(response)
    assert workshop.places_left() == 4


def test_the_order_page_never_offers_the_card(client, workshop, time_machine):
    order = invoice(workshop)
    held = client.get(order.get_absolute_url()).content.decode()
    time_machine.move_to(order.held_until, tick=False)

    ended = client.get(order.get_absolute_url())

    pay = reverse("orders:pay", args=[order.secret])
    assert (held.count(pay), ended.content.decode().count(pay)) == (0, 0)
    assert "No transfer reached us in time, so your place went back on sale. Nothing is owed." in words_of(ended)
    assert ACCOUNT.split("\n")[2] not in words_of(ended)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, ["Your place is held.", "It is booked as soon as", "The place is held until", "Give the place back"]),
        (
            2,
            [
                "Your places are held.",
                "They are booked as soon as",
                "The places are held until",
                "Give the places back",
            ],
        ),
    ],
)
def test_the_order_page_speaks_of_one_place_or_of_several(client, workshop, count, words):
    page = words_of(client.get(invoice(workshop, count).get_absolute_url()))

    assert [each for each in words if each not in page] == []


def test_paying_an_invoiced_order_by_a_hand_made_post_leads_back_to_it(client, workshop, standin):
    order = invoice(workshop)

    response = client.post(reverse("orders:pay", args=[order.secret]))

    back = address_after(Deed.PLACED, order)
    assert (response.status_code, response["Location"], standin.requests) == (303, back, [])
