import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.utils import timezone

from courses.models import Ticket
from orders.changes import cancellations
from orders.models import Order, Refund
from orders.settling import reconcile
from outbox.models import Message
from practice_site import middleware
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_refund_tiers, make_sale_terms, make_user, make_workshop
from tests.markup import words_of
from tests.orders.purchases import buy, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(standin):
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))
    return buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=9)), 2)


def sign_in(client, group):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return client


@pytest.fixture
def desk(client):
    return sign_in(client, "Organisers")


def url(order):
    return f"/admin/orders/order/{order.pk}/refund/"


def form(order, *, count=1, **fields):
    return {"places": [line.pk for line in order.lines.all()[:count]], "amount": "", "reason": ""} | fields


def confirm(desk, order, data):
    """Looks at the preview and presses the button there; returns what the desk is told."""
    page = desk.post(url(order), data).content.decode()
    shown = dict(re.findall(r'name="(shown|shown_left)" value="([^"]*)"', page))
    response = desk.post(url(order), data | shown | {"confirm": "Confirm"}, follow=True)
    return re.findall(r'<li class="(\w+)">(.*?)</li>', response.content.decode())


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Order, Ticket, Refund, Message)]


def test_the_order_leads_to_the_page_and_it_shows_what_the_policy_gives(desk, order):
    link = f'href="{url(order)}"'

    page = words_of(desk.get(url(order)))

    assert link in desk.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    words = "£105.00 left; by the policy £52.50: The workshop is 9 days away, so half comes back."
    assert (page.count(words), "We hold £210.00 for this order." in page) == (2, True)


def test_nothing_happens_before_it_is_confirmed(desk, order):
    before = snapshot()

    response = desk.post(url(order), form(order))

    assert (response.status_code, snapshot()) == (200, before)
    assert "is cancelled; the joining link dies £52.50" in words_of(response)


def test_a_place_is_cancelled_by_the_policy(desk, order, standin):
    told = confirm(desk, order, form(order))

    assert told == [
        ("success", "Cancelled: Noor Haddad. Sent back: £52.50. The buyer is told by email."),
    ]
    assert [ticket.status for ticket in Ticket.objects.order_by("pk")] == ["cancelled", "confirmed"]
    assert [each["amount"] for each in standin.refunds] == [5250]
    assert LogEntry.objects.get().change_message == "Cancelled: Noor Haddad. Sent back: £52.50."


def asked_for_refunds(standin):
    return len([each for each in standin.requests if (each["method"], each["path"]) == ("POST", "/v1/refunds")])


@pytest.fixture
def order_of_six(standin):
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((7, 50))
    return buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=9)), 6)


def test_one_click_waits_for_a_silent_stripe_once_and_the_worker_does_the_rest(desk, order_of_six, standin):
    standin.faults.add(method="POST", path="/v1/refunds", kind="drop_before", times=99)

    told = confirm(desk, order_of_six, form(order_of_six, count=6))
    asked = asked_for_refunds(standin)
    standin.faults.clear()
    reconcile.send_waiting_refunds()

    assert told[1] == ("warning", "Stripe did not answer yet. The money is asked for again every minute.")
    assert (asked, [each["amount"] for each in standin.refunds]) == (1, [5250] * 6)
    assert set(Refund.objects.values_list("status", flat=True)) == {Refund.Status.SUCCEEDED}


def test_one_click_waits_for_a_slow_stripe_a_bounded_time(desk, order_of_six, standin, monkeypatch):
    monkeypatch.setattr(middleware, "PATIENT_FOR", 1.5)
    standin.faults.add(method="POST", path="/v1/refunds", kind="slow", seconds=1.6, times=99)

    confirm(desk, order_of_six, form(order_of_six, count=6))
    asked = asked_for_refunds(standin)
    standin.faults.clear()
    reconcile.send_waiting_refunds()

    assert (asked, len(standin.refunds)) == (1, 6)


def test_another_amount_needs_a_reason_and_the_buyer_reads_it(desk, order):
    confirm(desk, order, form(order, count=2, amount="200.00", reason="The presenter was ill."))

    order.refresh_from_db()
    assert (order.status, order.balance()) == (Order.Status.CLOSED, Decimal("10.00"))
    assert "The presenter was ill." in Message.objects.get(key__contains=":cancelled:").text


def test_money_goes_back_while_the_place_stays(desk, order):
    told = confirm(desk, order, form(order, keep="on", amount="20.00", reason="Bad sound"))

    order.refresh_from_db()
    assert told[0][1] == "Kept: Noor Haddad. Sent back: £20.00. The buyer is told by email."
    assert (order.status, order.balance()) == (Order.Status.PAID, Decimal("190.00"))
    assert Ticket.objects.filter(status=Ticket.Status.CONFIRMED).count() == 2
    mail = Message.objects.get(key__endswith=":told")
    assert ("Why: Bad sound" in mail.text, "Why: Bad sound" in mail.html) == (True, True)


def test_confirming_twice_acts_once(desk, order, standin):
    for data in (form(order, keep="on", amount="20.00", reason="Bad sound"), form(order)):
        page = desk.post(url(order), data).content.decode()
        shown = dict(re.findall(r'name="(shown|shown_left)" value="([^"]*)"', page))
        for _ in range(2):
            desk.post(url(order), data | shown | {"confirm": "Confirm"})

    assert sorted(each["amount"] for each in standin.refunds) == [2000, 5250]


def test_money_for_a_place_cancelled_earlier_goes_back_later(desk, order):
    confirm(desk, order, form(order, count=2))

    told = confirm(desk, order, form(order, count=2, keep="on", amount="105.00", reason="We thought again."))

    order.refresh_from_db()
    assert (told[0][0], order.status, order.balance()) == ("success", Order.Status.REFUNDED, Decimal())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"places": []}, "This field is required."),
        ({"places": ["999999"]}, "Select a valid choice. 999999 is not one of the available choices."),
        ({"places": ["x"]}, "“x” is not a valid value."),
        ({"amount": "10"}, "Say why, in words for the buyer."),
        ({"keep": "on"}, "Say how much to send back while the places stay."),
        ({"keep": "on", "amount": "0", "reason": "Why"}, "Say how much to send back while the places stay."),
        ({"amount": "105.01", "reason": "Why"}, "At most £105.00 is left for these places."),
        ({"amount": "-1", "reason": "Why"}, "Ensure this value is greater than or equal to 0."),
        ({"amount": "NaN", "reason": "Why"}, "Enter a number."),
        ({"amount": "1e309", "reason": "Why"}, "Ensure that there are no more than 10 digits in total."),
        ({"amount": "0.001", "reason": "Why"}, "Ensure that there are no more than 2 decimal places."),
        ({"amount": "1", "reason": "x" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
        ({"amount": "1", "reason": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_a_bad_answer_is_named_and_nothing_is_done(desk, order, fields, said):
    before = snapshot()

    response = desk.post(url(order), form(order, **fields) | {"confirm": "Confirm", "shown": "52.50"})

    assert (response.status_code, said in words_of(response), snapshot()) == (422, True, before)


@pytest.mark.parametrize("shown", ["", "NaN", "105.00", "x", "9" * 500])
def test_what_was_not_shown_is_not_done(desk, order, shown):
    before = snapshot()

    response = desk.post(url(order), form(order) | {"confirm": "Confirm", "shown": shown}, follow=True)

    assert ("Something changed since you looked." in words_of(response), snapshot()) == (True, before)


def test_an_order_that_is_not_paid_has_no_such_page(desk, order):
    unpaid = place(order.workshop)

    response = desk.get(url(unpaid), follow=True)

    assert "Only the places of an order that is paid" in words_of(response)


def test_editors_and_strangers_cannot_open_it(client, order):
    assert client.get(url(order)).status_code == 302
    sign_in(client, "Editors")
    before = snapshot()

    assert client.post(url(order), form(order) | {"confirm": "1", "shown": "52.50"}).status_code == 403
    assert snapshot() == before


def test_a_refund_that_failed_is_asked_for_again_by_a_button(desk, order, standin):
    standin.faults.add(method="POST", path="/v1/refunds", kind="status", status=402)
    told = confirm(desk, order, form(order))
    failed = Refund.objects.get()
    page = f"/admin/orders/refund/{failed.pk}/change/"
    seen = "Ask for it again" in desk.get(page).content.decode()

    by_get = desk.get(f"/admin/orders/refund/{failed.pk}/again/").status_code
    first = words_of(desk.post(f"/admin/orders/refund/{failed.pk}/again/", follow=True))
    second = words_of(desk.post(f"/admin/orders/refund/{failed.pk}/again/", follow=True))

    assert [kind for kind, _ in told] == ["success", "error"]
    assert (seen, by_get) == (True, 405)
    assert "answer so far: done." in first
    assert "was asked for again already. Nothing was done." in second
    assert (len(standin.refunds), "Ask for it again" in desk.get(page).content.decode()) == (1, False)


def test_staff_without_the_permission_cannot_ask_for_a_refund_again(client, order, standin):
    standin.faults.add(method="POST", path="/v1/refunds", kind="status", status=402)
    confirm(sign_in(client, "Organisers"), order, form(order))
    client.force_login(make_user(is_staff=True))

    assert client.post(f"/admin/orders/refund/{Refund.objects.get().pk}/again/").status_code == 403
    assert standin.refunds == []


def test_what_is_left_of_a_refund_that_failed_can_be_sent_by_the_desk(desk, standin):
    make_practice()
    order = buy(standin, make_workshop(), 2)
    tickets = list(Ticket.objects.all())
    cancellations.cancel_at_desk(order, tickets=tickets, shown=order.total)
    standin.fail_refund(standin.refunds[0]["id"])
    standin.refund_from_dashboard(order.payments.get().intent_id, 5250)
    reconcile.find_untold_refunds()
    order.refresh_from_db()
    owed = (order.status, order.balance())

    rest = form(order, amount="52.50", reason="Sorry")
    refused = words_of(desk.post(url(order), rest))
    told = confirm(desk, order, rest | {"keep": "on"})

    order.refresh_from_db()
    assert owed == (Order.Status.OWED, Decimal("52.50"))
    assert "Only money is still to go back. To send it, keep the places." in refused
    assert told[0][0] == "success"
    assert (order.status, order.balance()) == (Order.Status.REFUNDED, Decimal())
