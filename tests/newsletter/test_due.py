from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter import signup
from newsletter.due import ask_buyers_to_confirm
from newsletter.models import ConsentEvent, Subscriber
from orders.models import Order
from outbox.models import Message
from tests.builders import make_offer
from tests.orders.test_codes import make_order

pytestmark = pytest.mark.django_db
NEWS = "Send me the newsletter, as this box once said."


def make_paid_order(**fields):
    return make_order(**({"status": Order.Status.PAID, "paid_at": timezone.now(), "news_words": NEWS} | fields))


def test_a_buyer_who_ticked_the_newsletter_is_asked_to_confirm_once():
    make_offer(20)
    order = make_paid_order()

    done = [ask_buyers_to_confirm() for _ in range(3)]

    assert done == [1, 0, 0]
    assert Message.objects.get().subject == "Please confirm your address"
    assert list(ConsentEvent.objects.values_list("subscriber__email", "kind", "source", "text")) == [
        (
            "noor@example.org",
            "requested",
            f"order {order.number}",
            NEWS,
        )
    ]
    assert Subscriber.objects.values_list("status", "offer").get() == ("pending", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"news_words": ""},
        {"status": Order.Status.PENDING, "paid_at": None},
        {"status": Order.Status.REFUNDED},
        {"paid_at": timezone.now() - timedelta(days=8)},
    ],
)
def test_nobody_else_is_asked(fields):
    make_paid_order(**fields)

    assert ask_buyers_to_confirm() == 0
    assert Subscriber.objects.count() == 0


def test_a_buyer_who_is_subscribed_gets_no_mail_about_it():
    subscriber = signup.subscribe(email="noor@example.org", placement="everywhere")
    signup.confirm(subscriber, percent=0)
    Message.objects.all().delete()
    make_paid_order()

    done = [ask_buyers_to_confirm() for _ in range(2)]

    assert (done, Message.objects.count()) == ([1, 0], 0)
    assert Subscriber.objects.get().status == "active"


def test_one_buyers_order_does_not_hide_anothers():
    make_paid_order()
    ask_buyers_to_confirm()
    make_paid_order(email="ruth@example.org")

    assert ask_buyers_to_confirm() == 1
    assert sorted(Subscriber.objects.values_list("email", flat=True)) == ["noor@example.org", "ruth@example.org"]
