"""What the checkout asks for where a place would begin within the days to change one's mind, and what is kept of it."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket, TicketType
from courses.seats.places import Attendee
from orders import consents
from orders.changes import attendees, moves
from orders.models import Consent, Order, Refund
from orders.pricing import codes
from orders.pricing.refund_policy import refund_for
from outbox.models import Message
from practice.models import SaleTerms
from practice.refund_policy import recording_consent, start_request
from tests.builders import (
    make_discount,
    make_general_code,
    make_practice,
    make_sale_terms,
    make_session,
    make_terms,
    make_ticket_type,
    make_workshop,
)
from tests.orders.invoices import make_invoicing_practice
from tests.orders.purchases import buy
from tests.orders.test_views import answers
from tests.orders.test_views import errors_in as all_errors_in

pytestmark = pytest.mark.django_db(transaction=True)
CATCH_UP = TicketType.Access.CATCH_UP
START, RECORDING = Consent.Kind.START, Consent.Kind.RECORDING
KEY = str(uuid4())
WHY = (
    "This workshop starts within 14 days of the booking, while you can still change your mind. "
    "We may start only if you ask us to: tick the box to book a live place."
)


@pytest.fixture(autouse=True)
def _practice(time_machine):
    time_machine.move_to("2027-02-01 12:00+00:00", tick=False)
    make_practice()
    make_terms()


def in_days(days, *, price="105.00", catch_up=True, **fields):
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=days), price=price, **fields)
    if catch_up:
        make_ticket_type(workshop, "Catch-up only", "85.00", access=CATCH_UP)
    return workshop


def live(workshop):
    return workshop.ticket_types.exclude(access=CATCH_UP).get()


def recording(workshop):
    return workshop.ticket_types.get(access=CATCH_UP)


def url(workshop):
    return reverse("orders:book", args=[workshop.slug])


def book(client, workshop, *kinds, **changes):
    kinds = kinds or (live(workshop),)
    fields = {f"place{number}-ticket_type": str(kind.pk) for number, kind in enumerate(kinds)}
    for number in range(1, len(kinds)):
        fields |= {f"place{number}-name": "Ada Field", f"place{number}-email": "ada@example.org"}
    fields |= {"places": str(len(kinds)), "shown_total": str(sum(kind.price for kind in kinds))}
    return client.post(url(workshop), answers(workshop, **(fields | changes)))


def asked(page):
    """The boxes on the page, and whether each is ticked."""
    boxes = re.findall(r'<input type="checkbox" name="(start|recording)"([^>]*)>', page)
    return [(name, "checked" in rest) for name, rest in boxes]


def errors_in(response):
    return [error.strip() for error in all_errors_in(response)]


def read(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&#x27;", "'").split())


@pytest.mark.parametrize(("days", "boxes"), [(14, [("start", False)]), (15, []), (1, [("start", False)])])
def test_a_live_place_that_starts_within_the_days_is_asked_for_expressly(client, days, boxes):
    """To the end of the fourteenth day after today, where the workshop is organised."""
    assert asked(client.get(url(in_days(days))).text) == boxes


@pytest.mark.parametrize(("days", "boxes"), [(14, [("recording", False)]), (15, [])])
def test_a_recording_that_may_be_there_within_the_days_is_asked_for_if_the_buyer_likes(client, days, boxes):
    workshop = in_days(days)

    assert asked(client.get(url(workshop), {"ticket": recording(workshop).pk}).text) == boxes


def test_the_end_of_a_workshop_decides_when_its_recording_may_be_there(client):
    workshop = in_days(10)
    make_session(workshop, timezone.localdate() + timedelta(days=17))

    assert asked(client.get(url(workshop), {"ticket": recording(workshop).pk}).text) == []


def test_another_ticket_is_asked_about_once_the_page_is_updated(client):
    workshop = in_days(5)

    pages = [
        book(client, workshop, *kinds, action="update").text
        for kinds in ([live(workshop)], [recording(workshop)], [live(workshop), recording(workshop)])
    ]

    assert [asked(page) for page in pages] == [
        [("start", False)],
        [("recording", False)],
        [("start", False), ("recording", False)],
    ]


def test_a_tick_is_kept_while_the_page_changes(client):
    page = book(client, in_days(5), action="add", start="on").text

    assert asked(page) == [("start", True)]


def test_without_the_request_no_live_place_is_booked_and_the_box_says_why(client):
    response = book(client, in_days(5))

    assert (response.status_code, errors_in(response), Order.objects.count()) == (422, [WHY], 0)
    assert asked(response.text) == [("start", False)]


def test_a_ticket_that_was_changed_without_an_update_is_asked_about_before_it_is_booked(client):
    """The page was opened for the recording, and the live place was chosen in its list."""
    response = book(client, in_days(5), recording="on")

    assert (response.status_code, errors_in(response)) == (422, [WHY])


def test_what_was_ticked_is_kept_for_each_place_with_time_and_words(client, standin):
    workshop = in_days(5)

    response = book(client, workshop, live(workshop), recording(workshop), start="on", recording="on")

    policy = SaleTerms.current().refund_policy
    kept = Consent.objects.order_by("line").values_list("line__ticket__access", "kind", "words", "given_at")
    assert response.status_code == 303
    assert list(kept) == [
        ("live", START, start_request(policy), timezone.now()),
        ("catch_up", RECORDING, recording_consent(policy), timezone.now()),
    ]


def test_a_recording_is_booked_without_the_tick(client, standin):
    workshop = in_days(5)

    response = book(client, workshop, recording(workshop))

    assert (response.status_code, Consent.objects.count()) == (303, 0)


def test_a_tick_that_nobody_was_asked_for_is_not_kept(client, standin):
    book(client, in_days(30), start="on", recording="on")

    assert (Order.objects.count(), Consent.objects.count()) == (1, 0)


def test_the_words_follow_the_days_of_the_practice(client, standin):
    make_sale_terms(refund_free_days=30)
    workshop = in_days(25)

    book(client, workshop, start="on")

    assert Consent.objects.get().words.startswith("Start within 30 days: I ask for it")


def test_a_free_place_has_nothing_to_ask(client, standin):
    workshop = in_days(5, price="0.00", catch_up=False)

    assert asked(client.get(url(workshop)).text) == []
    assert book(client, workshop).status_code == 303


def test_a_code_that_leaves_nothing_to_pay_leaves_nothing_to_ask(client, standin):
    make_general_code("ALLFREE", percent=100)
    workshop = in_days(5, catch_up=False)

    seen = book(client, workshop, action="update", code="ALLFREE").text
    responses = [book(client, workshop, code="ALLFREE", shown_total="0.00", key=KEY) for _ in range(2)]

    assert asked(seen) == []
    assert [response.status_code for response in responses] == [303, 303]
    assert (Order.objects.get().total, Consent.objects.count()) == (Decimal(), 0)


def test_a_code_that_leaves_something_does_not(client):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)

    response = book(client, in_days(5), code=str(code), shown_total="84.00")

    assert (errors_in(response), Order.objects.count()) == ([WHY], 0)


def test_a_form_that_comes_back_with_another_tick_does_not_pass_for_the_order_it_made(client, standin):
    workshop = in_days(5)
    book(client, workshop, recording(workshop), key=KEY)

    response = book(client, workshop, recording(workshop), key=KEY, recording="on")

    assert response.status_code == 422
    assert errors_in(response)[0].startswith("You sent this form before, with other answers.")


def test_an_invoice_asks_where_its_transfer_may_come_as_late_as_that(client, standin):
    """In 40 days: payable for 30 and held for a week more, so that the workshop may fall into the days after that."""
    make_invoicing_practice()
    payer = {"by": "invoice", "organisation": "Humber Care Trust", "organisation_address": "1 Dock Road"}
    near, far = in_days(40, catch_up=False), in_days(60, catch_up=False)

    pages = [client.get(url(workshop), {"by": "invoice"}).text for workshop in (near, far)]
    refused, taken = book(client, near, **payer), book(client, near, start="on", **payer)

    assert [asked(page) for page in pages] == [[("start", False)], []]
    assert "The days count from when the transfer arrives." in read(pages[0])
    assert (errors_in(refused), taken.status_code) == ([WHY], 303)
    assert (Order.objects.get().status, Consent.objects.get().kind) == ("unconfirmed", START)


def test_order_page_mail_and_desk_repeat_what_was_ticked(client, standin, admin_client):
    workshop = in_days(5)
    order = buy(standin, workshop, agreed={START})
    words = f"“{start_request(SaleTerms.current().refund_policy)}”"
    when = "ticked this on Monday 1 February 2027 at 12:00, London time."

    mail = Message.objects.get(key=f"order:{order.pk}:confirmation")
    desk = [admin_client.get(f"/admin/orders/order/{order.pk}/{page}/").text for page in ("change", "refund")]

    for text in (client.get(order.get_absolute_url()).text, mail.text, mail.html):
        assert f"{words} You {when}" in read(text)
    for text in desk:
        assert f"{words} The buyer {when}" in read(text)


def test_an_order_without_a_tick_repeats_nothing(client, standin):
    order = buy(standin, in_days(30))

    page, mail = client.get(order.get_absolute_url()).text, Message.objects.get(key=f"order:{order.pk}:confirmation")

    assert ("What you asked for" in page, "What you asked for" in mail.text + mail.html) == (False, False)


# Moves --------------------------------------------------------------------------


def move_url(order, to):
    return reverse("orders:move_place", args=[order.secret, order.lines.get().pk]) + f"?to={to.pk}"


def seals(page):
    """Of the words beside the boxes, as the page would send them."""
    return dict(re.findall(r'<input type="hidden" name="(start_words|recording_words)" value="([^"]*)">', page))


def move(client, order, to, **fields):
    shown = moves.quote_move(order.lines.get(), to).difference
    return client.post(move_url(order, to), {"to": to.pk, "shown": str(shown), "key": str(uuid4()), **fields})


def test_a_move_to_what_starts_within_the_days_asks_as_a_booking_does(client, standin):
    order, soon = buy(standin, in_days(60)), live(in_days(5))

    seen = client.get(move_url(order, soon)).text
    refused, taken = move(client, order, soon), move(client, order, soon, start="on")

    new = Order.objects.get(moved_from__isnull=False)
    assert (asked(seen), refused.status_code, WHY in read(refused.text)) == ([("start", False)], 422, True)
    assert (taken.status_code, taken["Location"]) == (303, f"{new.get_absolute_url()}?done=moved")
    assert (Consent.objects.get().line.order, Consent.objects.get().kind) == (new, START)


def test_what_was_ticked_on_the_page_of_a_move_beside_other_words_is_asked_anew(client, standin):
    order, soon = buy(standin, in_days(60)), live(in_days(5))
    before = seals(client.get(move_url(order, soon)).text)
    make_sale_terms(refund_free_days=30)

    refused = move(client, order, soon, start="on", **before)
    kept = Consent.objects.count()
    taken = move(client, order, soon, start="on", **seals(refused.text))

    assert (refused.status_code, consents.ASKED_ANEW in read(refused.text), asked(refused.text), kept) == (
        422,
        True,
        [("start", False)],
        0,
    )
    assert (taken.status_code, Consent.objects.get().words.split(":")[0]) == (303, "Start within 30 days")


def test_a_move_to_a_later_workshop_asks_nothing(client, standin):
    order, later = buy(standin, in_days(60)), live(in_days(70))

    assert asked(client.get(move_url(order, later)).text) == []
    assert (move(client, order, later).status_code, Consent.objects.count()) == (303, 0)


def test_a_place_that_the_desk_moves_brings_everything_back_and_the_desk_is_told(
    client, standin, admin_client, time_machine
):
    order, soon = buy(standin, in_days(60)), live(in_days(5))
    form = {"place": order.lines.get().pk, "to": soon.pk, "key": str(uuid4()), "shown": "0.00"}
    page = f"/admin/orders/order/{order.pk}/move/"

    preview = read(admin_client.post(page, form).text)
    admin_client.post(page, form | {"confirm": "Confirm"})
    time_machine.move_to(soon.workshop.starts_at)

    new = Order.objects.get(moved_from__isnull=False)
    assert "Moved here, the place brings everything back in that time, also after the start." in preview
    assert refund_for(new, list(new.lines.all()), timezone.now()).total == Decimal("105.00")


# From the tick to the money ------------------------------------------------------


def two_evenings():
    workshop = in_days(5, catch_up=False)
    make_session(workshop, timezone.localdate() + timedelta(days=12))
    return workshop


def cancel_url(order):
    return reverse("orders:cancel_place", args=[order.secret, order.lines.get().pk])


def test_after_the_first_of_two_evenings_page_mail_desk_and_bank_say_half(client, standin, admin_client, time_machine):
    workshop = two_evenings()
    book(client, workshop, start="on")
    order = Order.objects.get()
    standin.pay(order.payments.get().session_id)
    client.get(reverse("orders:payment_return", args=[order.secret]))
    time_machine.move_to(workshop.starts_at + timedelta(hours=8), tick=False)
    reason = "One of two sessions has begun, so half comes back."

    order_page = client.get(order.get_absolute_url()).text
    page = read(client.get(cancel_url(order)).text)
    desk = read(admin_client.get(f"/admin/orders/order/{order.pk}/refund/").text)
    client.post(cancel_url(order), {"shown": "52.50"})

    mail = Message.objects.get(key__contains=":cancelled:")
    assert f'href="{cancel_url(order)}"' in order_page
    assert f"Comes back £52.50 {reason} This holds until Saturday 13 February 2027 at 10:00, London time." in page
    assert f"by the policy £52.50: {reason}" in desk
    assert f"Noor Haddad, Full price: £52.50 comes back. {reason}" in mail.text
    assert (Refund.objects.get().amount, [each["amount"] for each in standin.refunds]) == (Decimal("52.50"), [5250])
    assert Refund.objects.get().reason == reason


def test_the_place_of_a_course_that_has_begun_is_free_again_and_its_link_ends(client, standin, time_machine):
    workshop = two_evenings()
    order = buy(standin, workshop, agreed={START})
    time_machine.move_to(workshop.starts_at + timedelta(hours=8))
    taken = workshop.free_places()

    client.post(cancel_url(order), {"shown": "52.50"})

    page = client.get(Ticket.objects.get().get_absolute_url()).text
    assert (taken, workshop.free_places(), "zoom.example" in page) == (9, 10, False)


def test_a_start_between_page_and_click_is_shown_first(client, standin, time_machine):
    workshop = two_evenings()
    order = buy(standin, workshop, agreed={START})
    time_machine.move_to(workshop.starts_at)

    response = client.post(cancel_url(order), {"shown": "105.00"})

    assert (response.status_code, 'name="shown" value="52.50"' in response.text) == (422, True)
    assert Refund.objects.count() == 0


def test_what_began_unasked_can_be_cancelled_for_everything_after_its_end(client, standin, time_machine):
    workshop = in_days(5)
    order = buy(standin, workshop)
    time_machine.move_to(workshop.ends_at + timedelta(days=1))

    client.post(cancel_url(order), {"shown": "105.00"})

    assert [each["amount"] for each in standin.refunds] == [10500]


def test_of_two_places_only_the_one_that_is_worth_something_can_be_given_up(client, standin, time_machine):
    workshop = in_days(5)
    order = buy(standin, workshop, ticket_types=[live(workshop), recording(workshop)], agreed={START})
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))
    worth, nothing = (
        reverse("orders:cancel_place", args=[order.secret, order.lines.get(ticket__access=access).pk])
        for access in (CATCH_UP, TicketType.Access.LIVE)
    )

    page = client.get(order.get_absolute_url()).text

    assert (f'href="{worth}"' in page, f'href="{nothing}"' in page) == (True, False)
    assert "This place can no longer be cancelled here." in read(client.get(nothing).text)
    assert client.post(worth, {"shown": "85.00"}).status_code == 303
    assert [each["amount"] for each in standin.refunds] == [8500]


def test_a_post_without_a_token_is_refused(standin):
    response = Client(enforce_csrf_checks=True).post(url(in_days(5)), {"start": "on"})

    assert response.status_code == 403


def test_several_places_are_asked_about_once_and_kept_each(client, standin):
    workshop = in_days(5)

    book(client, workshop, live(workshop), live(workshop), start="on")

    order = Order.objects.get()
    assert ([line.has_consent(START) for line in order.lines.all()], len(order.consents)) == ([True, True], 1)


def test_a_place_given_to_a_colleague_keeps_what_its_buyer_asked_for(standin, time_machine):
    workshop = two_evenings()
    order = buy(standin, workshop, agreed={START})
    attendees.hand_over(
        order, ticket=Ticket.objects.get(), to=Attendee("Ada Field", "ada@example.org", "Europe/London")
    )
    time_machine.move_to(workshop.starts_at)

    assert refund_for(order, list(order.lines.all()), timezone.now()).total == Decimal("52.50")
