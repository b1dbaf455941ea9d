import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket, TicketType, Workshop
from courses.seats import places
from orders.checkout.placing import Buyer
from orders.deeds import Deed, address_after
from orders.models import GeneralCode, Order, Payment
from orders.pricing import codes, general_codes
from orders.settling import reconcile, settle
from tests.builders import (
    make_discount,
    make_general_code,
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_terms,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)
from tests.markup import markup
from tests.orders.purchases import as_stripe_sees_it, buy, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop():
    make_practice()
    make_terms()
    return make_workshop(capacity=4)


def answers(workshop, **changes):
    """What the checkout page posts for one place."""
    ticket_type = workshop.ticket_types.first()
    form = {
        "action": "pay",
        "places": "1",
        "key": str(uuid4()),
        "shown_total": str(ticket_type.price),
        "name": "Noor Haddad",
        "email": "noor@example.org",
        "time_zone": "America/New_York",
        "code": "",
        "terms": "on",
        "place0-ticket_type": str(ticket_type.pk),
        "place0-access_needs": "Captions",
    }
    return form | changes


def book(client, workshop, **changes):
    return client.post(reverse("orders:book", args=[workshop.slug]), answers(workshop, **changes))


def errors_in(response):
    page = markup(response)
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r'<ul class="errors__list">(.*?)</ul>', page, re.S)]


def test_booking_leads_to_the_payment_page(client, workshop, standin):
    response = book(client, workshop)

    ticket = Ticket.objects.get()
    assert (response.status_code, response["Location"]) == (303, Payment.objects.get().session_url)
    assert (ticket.attendee_name, ticket.attendee_email, ticket.attendee_time_zone, ticket.access_needs) == (
        "Noor Haddad",
        "noor@example.org",
        "America/New_York",
        "Captions",
    )


def test_a_workshop_that_is_deleted_while_it_is_booked_is_not_found(client, workshop, standin, monkeypatch):
    lock = places.lock_workshop

    def deleted_before(pk):
        Workshop.objects.filter(pk=pk).delete()
        return lock(pk)

    monkeypatch.setattr(places, "lock_workshop", deleted_before)

    response = book(client, workshop)

    assert (response.status_code, Order.objects.count(), standin.sessions) == (404, 0, [])


BY_INVOICE = {"by": "invoice", "start": "on", "organisation": "Osier Trust", "organisation_address": "1 Osier Yard"}


@pytest.mark.parametrize("payer", [{}, BY_INVOICE], ids=["card", "invoice"])
def test_a_ticket_that_is_deleted_while_it_is_booked_is_said_to_be_gone_and_what_was_typed_stays(
    client, workshop, standin, monkeypatch, payer
):
    """Whoever deletes it has the workshop’s lock, and the form was read before."""
    make_sale_terms(takes_invoices=True, bank_details="Withy Rooms, 12-34-56")
    other = make_ticket_type(workshop, "Student", "45.00")
    lock = places.lock_workshop

    def deleted_before(pk):
        TicketType.objects.filter(pk=other.pk).delete()
        return lock(pk)

    monkeypatch.setattr(places, "lock_workshop", deleted_before)
    response = book(client, workshop, shown_total="45.00", **{"place0-ticket_type": str(other.pk)}, **payer)

    assert (response.status_code, Order.objects.count(), standin.sessions) == (422, 0, [])
    assert errors_in(response) == ["One of these tickets is no longer on sale. Please choose again."]
    assert 'value="Noor Haddad"' in markup(response)


def test_a_general_code_that_is_deleted_while_it_is_booked_with_is_said_to_be_unknown(
    client, workshop, standin, monkeypatch
):
    make_general_code("SPRING26", 10)
    uses_left = general_codes.find_usable

    def deleted_after(*args, **kwargs):
        code = uses_left(*args, **kwargs)
        GeneralCode.objects.filter(pk=code.pk).delete()
        return code

    monkeypatch.setattr(general_codes, "find_usable", deleted_after)

    response = book(client, workshop, code="SPRING26", shown_total="94.50")

    assert (response.status_code, Order.objects.count(), standin.sessions) == (422, 0, [])
    assert errors_in(response) == [codes.UNKNOWN]


def test_the_buyer_need_not_be_an_attendee(client, workshop, standin):
    kind = str(workshop.ticket_types.first().pk)
    book(
        client,
        workshop,
        places="2",
        shown_total="210.00",
        **{
            "place0-name": "Ada Field",
            "place0-email": "ada@example.org",
            "place1-ticket_type": kind,
            "place1-name": "Ben Moor",
            "place1-email": "ben@example.org",
            "place1-time_zone": "Europe/Paris",
        },
    )

    found = Ticket.objects.order_by("place_number").values_list("attendee_email", "attendee_time_zone")
    assert list(found) == [("ada@example.org", "America/New_York"), ("ben@example.org", "Europe/Paris")]
    assert Order.objects.get().buyer_email == "noor@example.org"


def test_a_double_click_books_once(client, workshop, standin):
    key = str(uuid4())

    first, second = book(client, workshop, key=key), book(client, workshop, key=key)

    assert first["Location"] == second["Location"]
    assert (Order.objects.count(), Ticket.objects.count(), len(standin.sessions)) == (1, 1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Noor H. Haddad"},
        {"email": "noor.haddad@example.org"},
        {"place0-name": "Ben Olsen", "place0-email": "ben@example.org"},
        {"place0-access_needs": ""},
        {"code": "SPRING26"},
        {"shown_total": "84.00"},
    ],
)
def test_a_form_that_came_back_and_was_changed_does_not_pass_for_the_order_it_made(client, workshop, standin, changes):
    key = str(uuid4())
    book(client, workshop, key=key)
    order = Order.objects.get()

    response = book(client, workshop, key=key, **changes)

    assert response.status_code == 422
    assert f'href="{order.get_absolute_url()}"' in response.content.decode()
    assert [error.startswith("You sent this form before, with other answers.") for error in errors_in(response)] == [
        True
    ]
    assert (Order.objects.count(), len(standin.sessions)) == (1, 1)


def test_a_changed_form_books_when_it_is_sent_once_more(client, workshop, standin):
    key = str(uuid4())
    book(client, workshop, key=key)
    changes = {"place0-name": "Ben Olsen", "place0-email": "ben@example.org"}
    page = book(client, workshop, key=key, **changes).content.decode()

    hidden = dict(re.findall(r'name="(key|instead)" value="([^"]+)"', page))
    responses = [book(client, workshop, **hidden, **changes) for _ in range(2)]

    assert [each.status_code for each in responses] == [303, 303]
    assert list(Ticket.objects.order_by("pk").values_list("attendee_name", "status")) == [
        ("Noor Haddad", "cancelled"),
        ("Ben Olsen", "held"),
    ]
    assert [(each.status, each.payments.count()) for each in Order.objects.order_by("pk")] == [
        ("cancelled", 1),
        ("pending", 1),
    ]
    assert [each["status"] for each in standin.sessions] == ["expired", "open"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Enter your name."),
        ({"email": ""}, "Enter your email address."),
        ({"email": "noor@"}, "Enter an email address like name@example.org."),
        ({"terms": ""}, "Accept the booking terms to carry on."),
        ({"time_zone": "../../etc/passwd"}, "Use a time zone name such as Europe/London."),
        ({"place0-ticket_type": "999999"}, "This ticket is not on sale any more. Choose one of those shown."),
        ({"place0-ticket_type": "1e309"}, "This ticket is not on sale any more. Choose one of those shown."),
        ({"name": "Noor\x00"}, "Null characters are not allowed."),
        ({"key": "none"}, "Enter a valid UUID."),
        ({"shown_total": "NaN"}, "Enter a number."),
        ({"name": "x" * 500}, "Ensure this value has at most 120 characters (it has 500)."),
    ],
)
def test_a_bad_answer_is_named_and_what_was_typed_is_kept(client, workshop, changes, said):
    response = book(client, workshop, **changes)

    assert response.status_code == 422
    assert [said in error for error in errors_in(response)] == [True]
    assert "Captions" in response.content.decode()
    assert Order.objects.count() == 0


@pytest.mark.parametrize("places", ["0", "-1", "1e309", "abc", "\x00", "9" * 50, ""])
def test_a_senseless_number_of_places_becomes_a_sensible_one(client, workshop, places, standin):
    response = book(client, workshop, places=places)

    assert response.status_code in {303, 422}
    assert Ticket.objects.count() <= 1


def test_who_comes_back_to_the_form_is_told_of_the_place_that_waits(client, workshop, standin):
    before = client.get(f"/book/{workshop.slug}/").content.decode()
    book(client, workshop)
    after = client.get(f"/book/{workshop.slug}/").content.decode()

    assert ("You have a place waiting." in before, "You have a place waiting." in after) == (False, True)
    assert Order.objects.get().get_absolute_url() in after


@pytest.mark.parametrize("cookie", ["a\x00b", "x" * 5000, "'; --"])
def test_a_cookie_that_holds_no_order_is_nothing(client, workshop, cookie):
    client.cookies["begun"] = cookie

    assert client.get(f"/book/{workshop.slug}/").status_code == 200


def test_the_form_of_this_workshop_alone_knows_which_order_was_begun(client, workshop, standin):
    other = make_workshop()

    answer = book(client, workshop)
    kept = answer.cookies["begun"]
    elsewhere = client.get(reverse("orders:book", args=[other.slug]), headers={"cookie": f"begun={kept.value}"})

    path = reverse("orders:book", args=[workshop.slug])
    assert (kept["path"], kept["max-age"], kept["httponly"], kept["samesite"]) == (path, 10_800, True, "Lax")
    assert kept.value == Order.objects.get().secret
    assert "You have a place waiting." not in elsewhere.content.decode()
    assert "sessionid" not in client.cookies


def test_prices_come_from_the_server_alone(client, workshop, standin):
    book(client, workshop, price="0", total="0", status="paid", is_staff="1", **{"place0-price": "0"})

    order = Order.objects.get()
    assert (order.total, order.status, standin.sessions[0]["amount_total"]) == (
        Decimal("105.00"),
        Order.Status.PENDING,
        10500,
    )


def test_a_price_that_changed_meanwhile_is_shown_before_it_is_paid(client, workshop, standin):
    form = answers(workshop)
    workshop.ticket_types.update(price=Decimal("120.00"))

    response = client.post(reverse("orders:book", args=[workshop.slug]), form)

    assert response.status_code == 422
    assert "The price is not the one that you saw before" in errors_in(response)[0]
    assert 'name="shown_total" value="120.00"' in response.content.decode()
    assert Order.objects.count() == 0


def test_a_code_is_shown_before_it_is_paid(client, workshop, standin):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)

    seen = book(client, workshop, action="update", code=str(code), terms="").content.decode()
    paid = book(client, workshop, code=str(code).lower(), shown_total="84.00")

    assert ("−£21.00" in seen, "£84.00" in seen, "Code applied" in seen) == (True, True, True)
    assert (paid.status_code, Order.objects.get().total) == (303, Decimal("84.00"))


def test_a_code_that_was_typed_but_not_applied_changes_the_price_only_after_it_was_seen(client, workshop, standin):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)

    response = book(client, workshop, code=str(code))

    assert response.status_code == 422
    assert (Order.objects.count(), "£84.00" in response.content.decode()) == (0, True)


def test_an_unknown_code_and_another_persons_code_are_refused_with_one_text(client, workshop):
    other = codes.issue_code(discount=make_discount(), email="ada@example.org", percent=20)

    said = [
        errors_in(book(client, workshop, code=text)) for text in ("ZZZZZ-ZZZZZ", str(other), "\u202e" * 9, "x" * 60)
    ]

    assert said[0] == said[1] == said[2] == said[3]
    assert Order.objects.count() == 0


def test_codes_cannot_be_guessed_without_end(client, workshop):
    for _ in range(20):
        book(client, workshop, action="update", code="ZZZZZ-ZZZZZ")

    response = book(client, workshop, code="ZZZZZ-ZZZZZ")

    assert "Too many tries with codes from here" in errors_in(response)[0]


def test_a_good_code_is_no_guess(client, workshop, standin):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    for _ in range(25):
        book(client, workshop, action="update", code=str(code))

    response = book(client, workshop, code=str(code), shown_total="84.00")

    assert (response.status_code, Order.objects.get().discount_code) == (303, code)


def test_places_are_added_and_removed_without_losing_what_was_typed(client, workshop):
    more = book(client, workshop, action="add").content.decode()
    fewer = book(client, workshop, action="remove", places="2").content.decode()

    assert ('name="place1-name"' in more, 'value="Noor Haddad"' in more) == (True, True)
    assert ('name="place1-name"' in fewer, "£105.00" in fewer) == (False, True)


def test_the_form_begins_with_the_ticket_that_the_workshops_page_ticks(client, workshop):
    workshop.ticket_types.update(position=1)
    early = make_ticket_type(workshop, "Early bird", "90.00", position=0)
    path = reverse("orders:book", args=[workshop.slug])

    full = workshop.ticket_types.get(is_full_price=True)
    begun = [client.get(path).text, client.get(f"{path}?ticket={full.pk}").text]

    assert [re.findall(r'<option value="(\d+)" selected', page)[-1:] for page in begun] == [
        [str(early.pk)],
        [str(full.pk)],
    ]


def test_a_place_that_is_added_begins_with_the_first_ones_ticket(client, workshop):
    concession = make_ticket_type(workshop, "Concession", "60.00")

    page = book(client, workshop, action="add", **{"place0-ticket_type": str(concession.pk)}).text

    assert page.count(f'<option value="{concession.pk}" selected') == 2
    assert "£120.00" in page


def test_the_last_place_lost_to_another_is_a_calm_answer(client, workshop):
    for _ in range(4):
        make_ticket(workshop)

    response = book(client, workshop)

    assert response.status_code == 422
    assert "The last place has just gone. Nothing was charged." in errors_in(response)[0]


def test_a_workshop_without_anything_on_sale_sends_back_to_its_page(client, workshop):
    workshop.ticket_types.update(last_day=timezone.localdate() - timedelta(days=2))

    response = client.get(reverse("orders:book", args=[workshop.slug]))

    assert (response.status_code, response["Location"]) == (302, workshop.get_absolute_url())


def test_when_stripe_does_not_answer_the_order_page_says_what_was_kept(client, workshop, standin):
    standin.faults.add(method="POST", path="/v1/checkout/sessions", kind="drop_before")

    response = book(client, workshop)
    page = client.get(response["Location"]).content.decode()

    assert (response.status_code, response["Location"]) == (303, address_after(Deed.PLACED, Order.objects.get()))
    assert ("The payment page did not open." in page, "Pay £105.00" in page) == (True, True)


def test_the_pay_button_opens_the_same_payment_page_again(client, workshop, standin):
    location = book(client, workshop)["Location"]

    response = client.post(reverse("orders:pay", args=[Order.objects.get().secret]))

    assert (response.status_code, response["Location"]) == (303, location)


def test_the_return_page_settles_what_stripe_confirms(client, workshop, standin):
    standin.webhooks.mode = "drop"
    book(client, workshop)
    order = Order.objects.get()
    standin.pay(order.payments.get().session_id)

    response = client.get(reverse("orders:payment_return", args=[order.secret]) + "?session_id=cs_forged", follow=True)

    assert "You are booked, Noor Haddad." in response.content.decode()


def test_coming_back_without_having_paid_changes_nothing(client, workshop, standin):
    book(client, workshop)
    order = Order.objects.get()

    response = client.get(reverse("orders:payment_return", args=[order.secret]), follow=True)

    order.refresh_from_db()
    assert ("Your place is held." in response.content.decode(), order.status) == (True, Order.Status.PENDING)


def test_a_place_is_given_back_by_a_post_alone(client, workshop, standin):
    book(client, workshop)
    url = reverse("orders:give_back", args=[Order.objects.get().secret])

    by_get = client.get(url).status_code
    by_post = client.post(url, follow=True).content.decode()

    assert (by_get, "Your place was given back." in by_post) == (405, True)


STATES = {
    Order.Status.UNCONFIRMED: "One press is missing.",
    Order.Status.UNANSWERED: "This booking was not confirmed.",
    Order.Status.PENDING: "Your place is held.",
    Order.Status.PROCESSING: "Your payment is on its way.",
    Order.Status.PAID: "You are booked, Noor Haddad.",
    Order.Status.UNSEATED: "We are sorry: your place was gone.",
    Order.Status.REVIEW: "We are looking at your payment.",
    Order.Status.LAPSED: "Your hold has ended.",
    Order.Status.CANCELLED: "Your place was given back.",
    Order.Status.REFUNDED: "Your money is on its way back.",
    Order.Status.CLOSED: "Your place is cancelled.",
    Order.Status.OWED: "Your money has not reached you yet.",
}


@pytest.mark.parametrize(("status", "title"), STATES.items())
def test_every_state_has_its_page(client, workshop, status, title):
    order = place(workshop)
    Order.objects.update(status=status)
    if status == Order.Status.PAID:
        Ticket.objects.update(status=Ticket.Status.CONFIRMED)

    response = client.get(order.get_absolute_url())

    assert (response.status_code, f"<h1>{title}</h1>" in response.content.decode()) == (200, True)
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_the_page_tells_the_times_in_the_buyers_own_zone_beside_the_organisers(client, workshop, standin):
    order = buy(standin, workshop, by=Buyer("Noor Haddad", "noor@example.org", "Australia/Sydney"))

    page = client.get(order.get_absolute_url()).content.decode()

    cities = re.findall(r"<dt>(\w+)</dt>", page[page.index('<dl class="times">') :])
    assert cities[:2] == ["London", "Sydney"]


def test_a_hold_that_ended_says_so_before_any_job_ran(client, workshop):
    order = place(workshop)
    Order.objects.update(held_until=timezone.now() - timedelta(minutes=1))

    assert "Your hold has ended." in client.get(order.get_absolute_url()).content.decode()


@pytest.mark.parametrize("name", ["order", "pay", "payment_return", "give_back"])
@pytest.mark.parametrize("secret", ["guess", "x" * 5000, "a%00b"])
def test_a_guessed_link_is_404(client, workshop, name, secret):
    place(workshop)
    url = reverse("orders:order", args=["SECRET"]).replace("SECRET", secret)
    suffix = {"order": "", "pay": "pay/", "payment_return": "return/", "give_back": "give-back/"}[name]
    ask = client.post if name in {"pay", "give_back"} else client.get

    assert ask(url + suffix).status_code == 404


def test_bookings_are_for_people_who_have_signed_in(client):
    assert client.get("/bookings/")["Location"] == "/accounts/login/?next=/bookings/"


def test_an_account_lists_the_orders_of_its_verified_addresses_alone(client, workshop):
    mine, other = place(workshop), place(workshop, by=checkout_buyer("ada@example.org"))
    user = make_user("Noor@example.org")
    user.emailaddress_set.create(email="ada@example.org", verified=False)
    client.force_login(user)

    page = client.get("/bookings/").content.decode()

    assert (mine.number in page, other.number in page) == (True, False)


def test_a_foreign_host_cannot_post_a_booking(workshop):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post(f"/book/{workshop.slug}/", answers(workshop))

    assert (response.status_code, Order.objects.count()) == (403, 0)


def test_catch_up_is_sold_when_the_live_places_are_gone(client, workshop, standin):
    for _ in range(4):
        make_ticket(workshop)
    catch_up = make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)

    response = book(client, workshop, shown_total="85.00", **{"place0-ticket_type": str(catch_up.pk)})

    assert (response.status_code, Order.objects.get().total) == (303, Decimal("85.00"))


def test_the_order_page_asks_a_fixed_number_of_queries(client, workshop, standin, django_assert_num_queries):
    kind = workshop.ticket_types.first()
    one, three = place(workshop), place(workshop, ticket_types=[kind] * 3)
    for order in (one, three):
        session_id = open_session(order)
        standin.pay(session_id)
        settle.settle(as_stripe_sees_it(session_id))
    client.get(one.get_absolute_url())

    for order in (one, three):
        with django_assert_num_queries(2):
            client.get(order.get_absolute_url())


def test_an_order_of_which_more_is_to_be_told_asks_four_times_more(
    client, workshop, standin, django_assert_num_queries
):
    order = buy(standin, workshop, 2)
    standin.refund_from_dashboard(order.payments.get().intent_id, amount=100)
    reconcile.find_untold_refunds()
    client.get(order.get_absolute_url())

    with django_assert_num_queries(2 + 4):
        page = client.get(order.get_absolute_url()).content.decode()

    assert "Money back" in page


def test_an_order_asks_once_who_sells_and_what_is_refunded(client):
    make_refund_tiers((14, 100), (7, 50))
    workshop = make_workshop(price="0.00")
    kind = str(workshop.ticket_types.first().pk)
    second = {"place1-ticket_type": kind, "place1-name": "Ada Field", "place1-email": "ada@example.org"}

    client.force_login(make_user("noor@example.org"))
    asked = []
    with connection.execute_wrapper(lambda execute, sql, *rest: asked.append(sql) or execute(sql, *rest)):
        book(client, workshop, places="2", **second)

    assert Ticket.objects.filter(status=Ticket.Status.CONFIRMED).count() == 2
    sql = "\n".join(map(str, asked))
    assert [sql.count(f'FROM "{table}"') for table in ("practice_practice", "practice_refundtier")] == [1, 1]


def checkout_buyer(email):
    from tests.orders.purchases import buyer

    return buyer(email)
