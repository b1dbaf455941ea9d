"""What of the sale waits for a person: what no machine can settle, and what does not get on by itself."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse_lazy
from django.utils import timezone

from courses.models import Ticket, Workshop
from kit.desk.jobs import Job, counted, finds
from kit.local.money import money
from kit.local.times import moment_label
from orders import stripe_api
from orders.models import (
    BalanceReading,
    BankLine,
    BooksFinding,
    Dispute,
    GeneralCode,
    Order,
    OrderLine,
    Payment,
    Payout,
    Refund,
    StripeEvent,
)
from orders.models.payments import PaymentQuerySet
from orders.settling import transfers_back
from practice import entered_hours
from practice.models import Practice

STUCK_AFTER = timedelta(hours=1)  # the worker asks every minute
SILENT_AFTER = timedelta(minutes=45)  # it reads the balance every quarter of an hour
entered_hours.watch(GeneralCode, permission="orders.change_generalcode", starts_at="good from", ends_at="good until")


@finds("orders.change_generalcode")
def hours_of_codes() -> Iterator[Job]:
    return entered_hours.jobs_of(GeneralCode)


@finds("orders.view_order", of_money=True, alarm=True)
def pages_refused_for_all() -> Iterator[Job]:
    """Nobody can pay by card, until somebody mends the key or the account at Stripe."""
    return _not_opened(Payment.objects.refused_for_all())


@finds("orders.view_order", of_money=True, alarm=True)
def silent_stripe() -> Iterator[Job]:
    """Whoever it leaves without an answer is asked about again by itself, and nobody else would say so."""
    last = BalanceReading.objects.filter(is_live=stripe_api.is_live(), read_until__lt=timezone.now() - SILENT_AFTER)
    for reading in last:
        since = moment_label(reading.read_until, Practice.current().time_zone)
        words = f"The balance at Stripe was last read {since}: if Stripe is silent, nobody can pay by card"
        yield Job(words, reverse_lazy("admin:orders_payment_changelist"))


@finds("orders.view_order", of_money=True)
def pages_refused_alone() -> Iterator[Job]:
    return _not_opened(Payment.objects.refused_alone())


@finds("orders.view_order", of_money=True)
def orders_in_doubt() -> Iterator[Job]:
    for status, one, many in (
        (Order.Status.REVIEW, "order was paid with the wrong amount", "orders were paid with the wrong amount"),
        (Order.Status.UNSEATED, "order was paid too late for a place", "orders were paid too late for a place"),
        (Order.Status.OWED, "order is owed money that a bank sent back", "orders are owed money that a bank sent back"),
    ):
        rows = Order.objects.filter(status=status)
        if status == Order.Status.REVIEW:
            rows = rows.exclude(pk__in=_paid_late())
        yield from counted(rows, f"?status__exact={status}", one, many, _order_line)


@finds("orders.view_order", of_money=True)
def orders_paid_late() -> Iterator[Job]:
    """When the workshop had begun: a person gives the place, or sends the money back."""
    for order in Order.objects.filter(status=Order.Status.REVIEW, pk__in=_paid_late()).order_by("pk"):
        url = reverse_lazy("admin:orders_order_change", args=[order.pk])
        words = f"Paid when the workshop had begun: {order}. Give the place or send the money back"
        yield Job(words, url, [f"order {order}: paid when the workshop had begun"])


@finds("orders.view_payout", of_money=True)
def payouts_that_came_back() -> Iterator[Job]:
    """Until a later one has arrived: then the account at Stripe is right again, and the money went with it."""
    later = Payout.objects.filter(
        status=Payout.Status.PAID, is_live=OuterRef("is_live"), created_at__gt=OuterRef("created_at")
    )
    for payout in Payout.objects.filter(~Exists(later), status=Payout.Status.FAILED).order_by("created_at", "pk"):
        url = reverse_lazy("admin:orders_payout_change", args=[payout.pk])
        words = f"The bank sent a payout back: {payout}. See to the account at Stripe"
        yield Job(words, url, [f"payout {payout.payout_id}: the bank sent it back"])


@finds("orders.view_order", of_money=True)
def surpluses() -> Iterator[Job]:
    one, many = "order has more money than it comes to", "orders have more money than they come to"
    rows = transfers_back.orders_with_surplus()
    yield from counted(rows, "?invoice=surplus", one, many, lambda o: f"order {o}: a surplus is to be sent back")


@finds("orders.view_bankline", of_money=True)
def bank_lines() -> Iterator[Job]:
    """Read out of a bank's file, and nobody has said yet whose money they are."""
    words = "line of a bank's file is to be assigned", "lines of a bank's file are to be assigned"
    yield from counted(BankLine.objects.waiting(), "?status__exact=waiting", *words)


@finds("orders.view_booksfinding", of_money=True)
def unseen_findings() -> Iterator[Job]:
    """Of the books, as the worker asks them each hour, and of what follows a workshop, each day."""
    rows, query = BooksFinding.objects.present().unseen(), "?is_present__exact=1&seen_at__isempty=1"
    words = "finding of the books is not seen yet", "findings of the books are not seen yet"
    yield from counted(rows, query, *words)


@finds("orders.view_refund", of_money=True)
def failed_refunds() -> Iterator[Job]:
    failed = Refund.objects.filter(status=Refund.Status.FAILED).select_related("payment__order")
    yield from counted(failed, "?status__exact=failed", "refund failed", "refunds failed", _saying("failed"))


@finds("courses.change_ticket")
def places_whose_money_went_back() -> Iterator[Job]:
    """In Stripe's dashboard, which takes no place away: whether they come is for a person to say."""
    there = Refund.objects.filter(payment__order=OuterRef("order"), origin=Refund.Origin.STRIPE)
    booked = OrderLine.objects.filter(
        Exists(there), order__status=Order.Status.REFUNDED, ticket__status=Ticket.Status.CONFIRMED
    )
    in_time = booked.filter(ticket__workshop__in=Workshop.objects.published().upcoming())
    for line in in_time.select_related("order", "ticket").order_by("pk"):
        url = reverse_lazy("admin:courses_ticket_changelist", query={"q": line.ticket.attendee_email})
        yield Job(f"Refunded at Stripe, and the place is still booked: {line.ticket.attendee_name}, {line.order}", url)


@finds("orders.view_dispute", of_money=True)
def disputes_to_answer() -> Iterator[Job]:
    zone = Practice.current().time_zone
    for dispute in Dispute.objects.to_be_answered().select_related("payment__order").order_by("evidence_due_at", "pk"):
        until = f" by {moment_label(dispute.evidence_due_at, zone)}" if dispute.evidence_due_at else ""
        url = reverse_lazy("admin:orders_dispute_change", args=[dispute.pk])
        yield Job(f"A bank disputes {dispute}: answer at Stripe{until}", url, [_dispute_line(dispute)])


@finds("orders.view_stripeevent", of_money=True)
def stuck_events() -> Iterator[Job]:
    yield from counted(
        StripeEvent.objects.stuck(),
        "?done_at__isempty=1",
        "word of Stripe fits no payment",
        "words of Stripe fit no payment",
        lambda event: f"event {event.event_id}: {event.type} is not worked on",
    )


@finds("orders.view_order", of_money=True)
def overdue_invoices() -> Iterator[Job]:
    overdue, one, many = Order.objects.overdue(), "invoice is overdue", "invoices are overdue"
    yield from counted(
        overdue, "?invoice=overdue", one, many, lambda o: f"order {o}: its invoice was due on {o.invoice_due_on}"
    )


@finds("orders.view_refund", of_money=True)
def transfers_to_send() -> Iterator[Job]:
    one, many = "refund to be sent by bank transfer", "refunds to be sent by bank transfer"
    rows = Refund.objects.to_send_by_hand().select_related("payment__order")
    yield from counted(rows, "?by_hand=waiting", one, many, _saying("is to be sent by bank transfer"))


@finds("orders.view_refund", of_money=True, alarm=True)
def stuck_refunds() -> Iterator[Job]:
    """They send themselves within a minute, unless something is in their way."""
    late = Refund.objects.filter(status=Refund.Status.REQUESTED, created_at__lt=timezone.now() - STUCK_AFTER)
    yield from counted(
        late.exclude(pk__in=Refund.objects.to_send_by_hand()).select_related("payment__order"),
        "?status__exact=requested",
        "refund has not reached Stripe",
        "refunds have not reached Stripe",
        _saying("has not reached Stripe since it was asked for"),
    )


def _paid_late() -> QuerySet:
    return Payment.objects.filter(is_late=True).values("order")


def _not_opened(payments: PaymentQuerySet) -> Iterator[Job]:
    """`2 orders could not open their payment page since 28 Nov 2026, 10:40: Stripe says permission_denied`"""
    refused = list(payments.select_related("order").order_by("refused_at"))
    if not refused:
        return
    orders = {each.order_id for each in refused}
    codes = ", ".join(sorted({each.refused_code for each in refused}))
    count = "1 order could not open its" if len(orders) == 1 else f"{len(orders)} orders could not open their"
    since = moment_label(refused[0].refused_at, Practice.current().time_zone)
    url = reverse_lazy("admin:orders_payment_changelist", query={"refused_at__isempty": 0})
    lines = [f"order {each.order}: Stripe opens no payment page and says {each.refused_code}" for each in refused]
    yield Job(f"{count} payment page since {since}: Stripe says {codes}", url, lines)


def _order_line(order: Order) -> str:
    return f"order {order}: {order.get_status_display()}"


def _saying(words: str) -> Callable[[Refund], str]:
    return lambda refund: f"order {refund.payment.order}: a refund of {_sum_of(refund)} {words}"


def _sum_of(row: Refund | Dispute) -> str:
    return money(row.amount, row.payment.currency)


def _dispute_line(dispute: Dispute) -> str:
    due = f"; evidence is due by {dispute.evidence_due_at:%Y-%m-%d %H:%M} UTC" if dispute.evidence_due_at else ""
    return f"order {dispute.payment.order}: a dispute of {_sum_of(dispute)}, {dispute.get_status_display()}{due}"
