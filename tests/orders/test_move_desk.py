import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from courses.models import Ticket
from kit.local.times import moment_label
from orders.changes import moves
from orders.checkout import paying, placing
from orders.models import Order, Payment, Refund
from orders.settling import settle
from orders.stripe_api import StripeUnavailable
from outbox.models import Message
from tests.builders import make_refund_tiers, make_sale_terms, make_ticket, make_workshop
from tests.markup import words_of
from tests.orders.purchases import as_stripe_sees_it, buy, open_session, place
from tests.orders.test_refund_desk import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(standin):
    """Too late for the buyer to move it by herself."""
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))
    return buy(standin, make_workshop(day=timezone.localdate() + timedelta(days=3)))


@pytest.fixture
def desk(client):
    return sign_in(client, "Organisers")


def url(order):
    return f"/admin/orders/order/{order.pk}/move/"


def form(desk, order, to, **fields):
    key = re.search(r'name="key" value="([^"]+)"', desk.get(url(order)).content.decode())[1]
    return {"place": order.lines.get().pk, "to": to.ticket_types.get().pk, "key": key} | fields


def confirm(desk, order, data):
    page = desk.post(url(order), data).content.decode()
    shown = re.search(r'name="shown" value="([^"]*)"', page)[1]
    response = desk.post(url(order), data | {"shown": shown, "confirm": "Confirm"}, follow=True)
    return re.findall(r'<li class="(\w+)">(.*?)</li>', response.content.decode())


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Order, Ticket, Payment, Refund, Message)]


def test_the_order_leads_to_the_page_and_the_preview_shows_who_from_where_to_where(desk, order):
    to = make_workshop(price="80.00")
    before = snapshot()

    page = words_of(desk.post(url(order), form(desk, order, to)))

    assert f'href="{url(order)}"' in desk.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert f"Noor Haddad {order.workshop.title}, {order.workshop.starts_on} {to.title}, {to.starts_on}" in page
    assert "£80.00 £80.00 £25.00 comes back" in page
    assert snapshot() == before


def test_confirmed_it_moves_and_is_written_down(desk, order, standin):
    to = make_workshop(price="80.00")

    told = confirm(desk, order, form(desk, order, to))

    new = Order.objects.get(moved_from__order=order)
    assert told == [("success", f"Moved to order {new.number}: Noor Haddad. Buyer and attendee are told by email.")]
    assert (new.status, [each["amount"] for each in standin.refunds]) == (Order.Status.PAID, [2500])
    assert LogEntry.objects.get(object_id=order.pk).get_change_message() == f"Moved to order {new.number}: Noor Haddad."


def test_no_preview_promises_a_place_that_cannot_be_had(desk, order):
    full, ended = make_workshop(capacity=1), make_workshop()
    make_ticket(full)
    ended.ticket_types.update(last_day=timezone.localdate() - timedelta(days=1))
    before = snapshot()

    pages = [desk.post(url(order), form(desk, order, to) | {"confirm": "1", "shown": "0.00"}) for to in (full, ended)]

    assert [page.status_code for page in pages] == [422, 422]
    assert "No place is left there." in words_of(pages[0])
    assert "This is not on sale at present." in words_of(pages[1])
    assert snapshot() == before


def test_the_difference_to_a_dearer_workshop_may_be_waived(desk, order, standin):
    confirm(desk, order, form(desk, order, make_workshop(price="120.00"), waive="on"))

    new = Order.objects.get(moved_from__order=order)
    assert (new.status, new.total, new.discount_amount) == (Order.Status.PAID, Decimal("105.00"), Decimal("15.00"))


def test_otherwise_the_buyer_gets_the_link_to_pay_it(desk, order, standin):
    confirm(desk, order, form(desk, order, make_workshop(price="120.00")))

    new = Order.objects.get(moved_from__order=order)
    mail = Message.objects.get(key=f"order:{new.pk}:difference")
    assert (new.status, mail.to) == (Order.Status.PENDING, "noor@example.org")
    assert "£15.00" in mail.text
    assert new.get_absolute_url() in mail.text


def waiting_for_the_difference(desk, order):
    confirm(desk, order, form(desk, order, make_workshop(price="120.00")))
    return Order.objects.get(moved_from__order=order)


def test_the_place_waits_a_day_for_the_difference_and_its_page_says_until_when(client, desk, order):
    new = waiting_for_the_difference(desk, order)

    page = client.get(new.get_absolute_url()).content.decode()
    assert timedelta(hours=23, minutes=59) < new.held_until - timezone.now() <= moves.HOLD_AT_DESK
    assert f"until <b>{moment_label(new.held_until, 'Europe/London')}</b>" in page
    assert "hold__time" not in page


@pytest.mark.parametrize("hours_before", [20, 1, 0.1])
def test_it_waits_no_longer_than_the_place_that_is_given_for_it_is_unused(desk, order, time_machine, hours_before):
    starts_at = order.workshop.starts_at
    time_machine.move_to(starts_at - timedelta(hours=hours_before), tick=False)

    new = waiting_for_the_difference(desk, order)

    assert new.held_until == max(starts_at, timezone.now() + placing.HOLD)


@pytest.mark.parametrize("minutes_before_the_end", [20 * 60, 46, 20, 1])
def test_the_difference_can_be_paid_until_the_last_minute(desk, order, standin, time_machine, minutes_before_the_end):
    new = waiting_for_the_difference(desk, order)
    time_machine.move_to(new.held_until - timedelta(minutes=minutes_before_the_end))

    session_id = open_session(new)
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    new.refresh_from_db()
    assert (new.status, order.lines.get().ticket.status) == (Order.Status.PAID, Ticket.Status.CANCELLED)
    assert new.payments.exclude(method=Payment.Method.CREDIT).get().status == Payment.Status.PAID


def test_a_page_that_stripe_refused_takes_nothing_of_the_day(desk, order, standin, time_machine):
    new = waiting_for_the_difference(desk, order)
    until = new.held_until
    time_machine.move_to(timezone.now() + timedelta(hours=5))
    standin.faults.add(method="POST", path="/v1/checkout/sessions", kind="saved_500")
    with pytest.raises(StripeUnavailable):
        paying.start_payment(new)

    open_session(new)

    new.refresh_from_db()
    assert (new.held_until, Ticket.objects.get(pk=new.lines.get().ticket_id).held_until) == (until, until)
    assert [each.status for each in new.payments.order_by("attempt")] == [Payment.Status.FAILED, Payment.Status.OPEN]


def test_nobody_begins_to_pay_for_a_move_when_the_old_workshop_has_started(desk, order, time_machine):
    time_machine.move_to(order.workshop.starts_at - timedelta(minutes=10))
    new = waiting_for_the_difference(desk, order)
    time_machine.move_to(order.workshop.starts_at)

    with pytest.raises(paying.HoldEnded):
        open_session(new)


def test_confirming_twice_moves_once(desk, order):
    data = form(desk, order, make_workshop()) | {"shown": "0.00", "confirm": "Confirm"}

    for _ in range(2):
        desk.post(url(order), data)

    assert Order.objects.filter(moved_from__order=order).count() == 1


def test_another_difference_than_the_previewed_one_moves_nothing(desk, order):
    data = form(desk, order, make_workshop()) | {"shown": "5.00", "confirm": "Confirm"}

    desk.post(url(order), data)

    assert Order.objects.filter(moved_from__order=order).count() == 0


def test_only_paid_orders_are_moved_and_editors_may_not(client, desk, order):
    unpaid = place(make_workshop())

    assert desk.get(url(unpaid))["Location"] == f"/admin/orders/order/{unpaid.pk}/change/"
    assert sign_in(client, "Editors").get(url(order)).status_code == 403
