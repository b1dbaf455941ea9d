import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from courses.models import Ticket
from orders.models import Order, Payment, Refund
from orders.settling import reconcile, transfers_back
from outbox.models import Message
from practice_site.desk import jobs
from tests.builders import at, make_user, make_workshop
from tests.markup import words_of
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import buy, buyer, place
from tests.orders.test_buyer_desk import press
from tests.orders.test_refund_desk import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2027, 1, 11)
NOTHING_DONE = "This transfer was recorded already, or none is expected. Nothing was done."


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to(at("2027-01-11 09:00", "Europe/London"), tick=False)


@pytest.fixture
def order():
    make_invoicing_practice()
    return invoice(make_workshop(day=TODAY + timedelta(days=60), capacity=3), 2)


@pytest.fixture
def desk(client):
    return sign_in(client, "Organisers")


def url(order, page="transfer"):
    return f"/admin/orders/order/{order.pk}/{page}/"


def refund_url(refund, page="sent"):
    return f"/admin/orders/refund/{refund.pk}/{page}/"


def form(**fields):
    return {"amount": "210.00", "received_on": "2027-01-11", "attempt": "1"} | fields


def confirm(desk, order, **fields):
    response = desk.post(url(order), form(**fields) | {"confirm": "Confirm"}, follow=True)
    return told(response)


def told(response):
    return re.findall(r'<li class="(\w+)">(.*?)</li>', response.content.decode())


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Order, Payment, Ticket, Refund, Message)]


def test_the_order_leads_to_the_page_and_it_is_filled_in_already(desk, order):
    change = desk.get(url(order, "change")).content.decode()
    page = desk.get(url(order)).content.decode()

    assert f'href="{url(order)}"' in change
    assert [f'value="{value}"' in page for value in ("210.00", "2027-01-11", "1")] == [True] * 3


def test_nothing_happens_before_it_is_confirmed(desk, order):
    before = snapshot()

    response = desk.post(url(order), form())

    assert (response.status_code, snapshot()) == (200, before)
    assert "£210.00 is written down as received on 11 January 2027. The places are booked." in words_of(response)


def test_the_money_is_recorded_and_the_places_are_booked(desk, order):
    messages = confirm(desk, order)

    order.refresh_from_db()
    words = "Recorded £210.00 by transfer. The places are booked, and everybody is told by email."
    assert (messages, order.status) == ([("success", words)], Order.Status.PAID)
    assert LogEntry.objects.get().change_message == "Recorded £210.00 by transfer."


def test_confirming_twice_records_once(desk, order):
    confirm(desk, order)

    messages = confirm(desk, order)

    assert (messages, Payment.objects.count()) == ([("warning", NOTHING_DONE)], 1)


def test_another_sum_is_warned_of_before_and_after(desk, order):
    preview = words_of(desk.post(url(order), form(amount="200.00")))

    messages = confirm(desk, order, amount="200.00")

    order.refresh_from_db()
    words = "Recorded £200.00 by transfer. The rest is missing; the places stay held, and the buyer is told."
    assert "£10.00 is missing after this. The places stay held" in preview
    assert (messages, order.status) == ([("warning", words)], Order.Status.PART_PAID)
    assert "£200.00 has come, £10.00 is missing. A part has come" in words_of(desk.get(url(order, "change")))


def test_more_than_the_sum_is_warned_of_and_its_surplus_sent_back_by_a_button(desk, order):
    preview = words_of(desk.post(url(order), form(amount="215.00")))

    messages = confirm(desk, order, amount="215.00")
    page = desk.get(url(order, "change")).content.decode()
    sent = told(desk.post(url(order, "send-back-surplus"), {"shown": "5.00"}, follow=True))
    again = told(desk.post(url(order, "send-back-surplus"), {"shown": "5.00"}, follow=True))

    words = "Recorded £215.00 by transfer. More came than the order comes to: decide about the surplus below."
    assert "The places are booked." in preview
    assert "£5.00 is more than the order comes to" in preview
    assert (messages, 'name="shown" value="5.00"' in page) == ([("warning", words)], True)
    assert sent == [("success", "Now send £5.00 from the bank, and say so on the refund&#x27;s page below.")]
    assert again == [("warning", "There is nothing of it to send back by hand. Nothing was done.")]


@pytest.mark.parametrize("shown", ["", "x", "5", "6.00", "1e1", "9" * 5000])
def test_a_surplus_that_was_not_shown_so_is_not_sent_back(desk, order, shown):
    transfer(order, "215.00")

    response = desk.post(url(order, "send-back-surplus"), {"shown": shown}, follow=True)

    assert (response.status_code, Refund.objects.count()) == (200, 0)


def test_what_came_is_accepted_with_a_reason(desk, order):
    transfer(order, "209.50")

    without = press(desk, order, "accept-what-came", why="")
    messages = told(press(desk, order, "accept-what-came", why="The bank kept a fee."))

    order.refresh_from_db()
    assert (without.status_code, "£0.50 is missing" in words_of(without)) == (422, True)
    assert messages == [("success", "Accepted: the places are booked, and everybody is told by email.")]
    assert (order.status, order.total) == (Order.Status.PAID, Decimal("209.50"))


def test_a_difference_is_not_accepted_once_another_transfer_came(desk, order):
    transfer(order, "200.00")
    page = desk.get(url(order, "accept-what-came")).text
    transfer(order, "9.00", attempt=2)

    seen = re.findall(r'name="seen" value="([^"]*)"', page)
    response = desk.post(url(order, "accept-what-came"), {"seen": seen, "why": "A fee."})

    order.refresh_from_db()
    assert (response.status_code, order.status) == (409, Order.Status.PART_PAID)


def test_a_slip_of_the_finger_is_undone_with_a_reason(desk, order):
    transfer(order, "20.00")

    messages = told(press(desk, order, "undo-a-transfer", transfer=str(Payment.objects.get().pk), why="A nought."))

    order.refresh_from_db()
    words = "Undone. The order is: invoice sent, waiting for the transfer."
    assert (messages, order.status) == ([("success", words)], Order.Status.INVOICED)


def test_a_transfer_that_booked_the_places_says_what_undoing_it_does(desk, order):
    transfer(order)
    page = words_of(desk.get(url(order, "undo-a-transfer")))

    messages = told(press(desk, order, "undo-a-transfer", transfer=str(Payment.objects.get().pk), why="Another’s."))

    order.refresh_from_db()
    words = "Undone. The order is: invoice sent, waiting for the transfer."
    assert "The places were booked by it, so they no longer are" in page
    assert (messages, order.status) == ([("success", words)], Order.Status.INVOICED)


def test_a_transfer_that_cannot_be_undone_says_why(desk, order):
    transfer(order)
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=1))

    assert "A paid place stays paid; it can be refunded or cancelled." in words_of(
        desk.get(url(order, "undo-a-transfer"))
    )


@pytest.mark.parametrize(("choice", "count"), [("part", 1), ("surplus", 1), ("open", 2)])
def test_the_list_finds_what_was_not_paid_in_one_sum(desk, order, choice, count):
    transfer(order, "200.00")
    transfer(_other_order(), "250.00")
    _other_order()

    page = desk.get("/admin/orders/order/", {"invoice": choice})

    assert page.context["cl"].result_count == count


def _other_order():
    return invoice(make_workshop(day=TODAY + timedelta(days=60), capacity=3), 2)


def test_a_late_transfer_says_what_is_free_now(client, order, time_machine):
    time_machine.move_to(order.held_until, tick=False)
    reconcile.close_ended_holds()
    place(order.workshop, 2, by=buyer("ada@example.org"))
    desk = sign_in(client, "Organisers")

    preview = words_of(desk.post(url(order), form()))
    messages = confirm(desk, order)

    assert "The places went back on sale. 1 is free at this moment" in preview
    words = "Recorded £210.00 by transfer. The places had gone. Send it back from the bank; the buyer is told."
    assert messages == [("warning", words)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": ""}, "This field is required."),
        ({"amount": "0"}, "Ensure this value is greater than or equal to 0.01."),
        ({"amount": "-5"}, "Ensure this value is greater than or equal to 0.01."),
        ({"amount": "1e9"}, "Ensure that there are no more than 8 digits before the decimal point."),
        ({"amount": "NaN"}, "Enter a number."),
        ({"amount": "12.345"}, "Ensure that there are no more than 2 decimal places."),
        ({"received_on": "yesterday"}, "Enter a valid date."),
        ({"received_on": "2027-01-12"}, "This day is still to come. Record the money when it is in the bank."),
        ({"received_on": "2027-01-10"}, "The order did not exist on that day."),
        ({"received_on": "0001-01-01"}, "The order did not exist on that day."),
        ({"attempt": "x"}, "Nothing was done."),
        ({"attempt": "99999999999999999999"}, "Nothing was done."),
    ],
)
def test_bad_input_is_told_and_does_nothing(desk, order, fields, words):
    before = snapshot()

    response = desk.post(url(order), form(**fields) | {"confirm": "Confirm"})

    assert (response.status_code, snapshot()) == (422, before)
    assert words in words_of(response)


def test_a_page_that_is_out_of_date_does_nothing(desk, order):
    assert confirm(desk, order, attempt="2") == [("warning", NOTHING_DONE)]


def test_an_order_by_card_has_no_such_page(desk, standin):
    make_invoicing_practice()
    order = place(make_workshop())

    response = desk.get(url(order), follow=True)

    assert told(response) == [("warning", NOTHING_DONE)]
    assert url(order) not in response.content.decode()


@pytest.mark.parametrize("group", ["Editors"])
def test_who_may_not_change_orders_may_not_record_money(client, order, group):
    editor = sign_in(client, group)
    before = snapshot()

    codes = [editor.get(url(order)).status_code]
    codes += [
        editor.post(url(order, page), form() | {"confirm": "1"}).status_code for page in ("transfer", "send-back")
    ]

    assert (codes, snapshot()) == ([403] * 3, before)


def test_a_visitor_is_asked_to_sign_in(client, order):
    response = client.post(url(order), form() | {"confirm": "1"})

    assert (response.status_code, Payment.objects.count()) == (302, 0)


def test_a_wrong_sum_is_sent_back_from_the_orders_page(desk, order):
    transfer(order, "200.00")
    assert f'action="{url(order, "send-back")}"' in desk.get(url(order, "change")).content.decode()

    first = told(desk.post(url(order, "send-back"), follow=True))
    second = told(desk.post(url(order, "send-back"), follow=True))

    assert first == [("success", "Now send £200.00 from the bank, and say so on the refund&#x27;s page below.")]
    assert second == [("warning", "There is nothing of it to send back by hand. Nothing was done.")]
    assert Refund.objects.get().amount == Decimal("200.00")


def test_a_refund_is_marked_as_sent_with_one_button(desk, order):
    transfer(order, "200.00")
    [refund] = transfers_back.send_back_by_hand(order)
    assert f'action="{refund_url(refund)}"' in desk.get(refund_url(refund, "change")).content.decode()

    first = told(desk.post(refund_url(refund), follow=True))
    second = told(desk.post(refund_url(refund), follow=True))

    refund.refresh_from_db()
    assert (first, refund.status) == ([("success", "Noted as sent.")], Refund.Status.SUCCEEDED)
    assert second == [("warning", "This refund was sent already, or is not sent by hand. Nothing was done.")]
    assert refund_url(refund) not in desk.get(refund_url(refund, "change")).content.decode()


def test_buttons_that_act_are_posts(desk, order):
    transfer(order, "200.00")
    [refund] = transfers_back.send_back_by_hand(order)

    assert [desk.get(page).status_code for page in (url(order, "send-back"), refund_url(refund))] == [405, 405]


def test_the_front_page_says_that_more_came_until_it_goes_back(desk, order):
    organiser = make_user(is_superuser=True)
    confirm(desk, order, amount="215.00")

    [before] = [job.url for job in jobs(organiser) if job.words == "1 order has more money than it comes to"]
    found = desk.get(before).context["cl"].result_count
    desk.post(url(order, "send-back-surplus"), {"shown": "5.00"})

    assert found == 1
    assert [job.words for job in jobs(organiser)] == ["1 refund to be sent by bank transfer"]


def test_the_front_page_lists_what_is_overdue_and_what_is_to_be_sent(desk, order, time_machine):
    other = _other_order()
    transfer(other, "200.00")
    transfers_back.send_back_by_hand(other)
    organiser = make_user(is_superuser=True)
    due = at("2027-02-10 23:59", "Europe/London")
    time_machine.move_to(due, tick=False)
    on_the_day = [job.words for job in jobs(organiser)]
    time_machine.move_to(due + timedelta(minutes=1), tick=False)

    found = {job.words: job.url for job in jobs(organiser)}

    to_send = "1 refund to be sent by bank transfer"
    assert ("1 invoice is overdue" in on_the_day, to_send in on_the_day) == (False, True)
    assert [found[words] for words in ("1 invoice is overdue", to_send)] == [
        "/admin/orders/order/?invoice=overdue",
        "/admin/orders/refund/?by_hand=waiting",
    ]


@pytest.mark.parametrize(("choice", "count"), [("", 3), ("open", 1), ("overdue", 0), ("all", 2), ("nonsense", 3)])
def test_the_list_finds_bookings_by_invoice(client, order, choice, count):
    owner = make_user(is_staff=True, is_superuser=True)
    client.force_login(owner)
    transfer(_other_order())
    place(make_workshop(), by=buyer("ada@example.org"))

    page = client.get("/admin/orders/order/", {"invoice": choice})

    assert page.context["cl"].result_count == count


def test_the_list_of_refunds_finds_those_to_send(desk, order, standin):
    transfer(order, "200.00")
    [refund] = transfers_back.send_back_by_hand(order)
    paid = buy(standin, make_workshop())
    Refund.objects.create(payment=paid.payments.get(), amount=Decimal("5.00"), reason="Test.")

    page = desk.get("/admin/orders/refund/", {"by_hand": "waiting"})

    assert list(page.context["cl"].queryset) == [refund]
