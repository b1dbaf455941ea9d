"""What no machine can settle: it waits for a person at the desk. Rows are named as the desk can search for them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

from kit.money import money
from orders.models import Dispute, Order, Refund, StripeEvent, order_status
from practice.models import Practice

STUCK_AFTER = timedelta(hours=1)  # the worker asks every minute


class Waiting(NamedTuple):
    about: str
    words: str


def waiting() -> Iterator[Waiting]:
    of_money = (_orders_in_doubt, _failed_refunds, _refunds_not_sent, _open_disputes)
    for find in (*of_money, _unfinished_events, _overdue_invoices):
        yield from find()


def _orders_in_doubt() -> Iterator[Waiting]:
    for order in Order.objects.filter(status__in=order_status.IN_DOUBT).order_by("pk"):
        yield Waiting(f"order {order}", order.get_status_display())


def _failed_refunds() -> Iterator[Waiting]:
    failed = Refund.objects.filter(status=Refund.Status.FAILED).select_related("payment__order")
    for refund in failed.order_by("pk"):
        currency = refund.payment.currency
        yield Waiting(f"order {refund.payment.order}", f"a refund of {money(refund.amount, currency)} failed")


def _refunds_not_sent() -> Iterator[Waiting]:
    """By hand: a person sends them. Others send themselves, unless something is in their way."""
    by_hand = Refund.objects.to_send_by_hand()
    late = Refund.objects.filter(status=Refund.Status.REQUESTED, created_at__lt=timezone.now() - STUCK_AFTER)
    for words, found in (
        ("is to be sent by bank transfer", by_hand),
        ("has not reached Stripe since it was asked for", late.exclude(pk__in=by_hand)),
    ):
        for refund in found.select_related("payment__order").order_by("pk"):
            sum = money(refund.amount, refund.payment.currency)
            yield Waiting(f"order {refund.payment.order}", f"a refund of {sum} {words}")


def _open_disputes() -> Iterator[Waiting]:
    for dispute in Dispute.objects.open().select_related("payment__order").order_by("pk"):
        due = f"; evidence is due by {dispute.evidence_due_at:%Y-%m-%d %H:%M} UTC" if dispute.evidence_due_at else ""
        words = f"a dispute of {money(dispute.amount, dispute.payment.currency)}, {dispute.get_status_display()}{due}"
        yield Waiting(f"order {dispute.payment.order}", words)


def _unfinished_events() -> Iterator[Waiting]:
    for event in StripeEvent.objects.stuck().order_by("pk"):
        yield Waiting(f"event {event.event_id}", f"{event.type} is not worked on")


def _overdue_invoices() -> Iterator[Waiting]:
    today = timezone.localdate(timezone=ZoneInfo(Practice.current().time_zone))
    for order in Order.objects.filter(status=Order.Status.INVOICED, invoice_due_on__lt=today).order_by("pk"):
        yield Waiting(f"order {order}", f"its invoice was due on {order.invoice_due_on}")
