"""Money as it moved, line by line: through the balance at Stripe, and through the practice's bank by transfer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from kit.texts.csv_cells import csv_lines, csv_rows
from orders import stripe_api
from orders.models import Movement, Order, Payment, Refund

TRANSFER, SENT_BACK = "transfer", "transfer_back"
KINDS = {**dict(Movement.Kind.choices), TRANSFER: "bank transfer", SENT_BACK: "sent back by bank transfer"}
COLUMNS = [
    *("Day", "Time", "What", "Order", "Amount", "Fee", "Net", "Currency"),
    *("Through", "Payout", "Reference", "Stripe's words"),
]


@dataclass(frozen=True)
class Entry:
    """One movement of money; negative where it left the practice. Without an order it is none of this site's."""

    moved_at: datetime
    kind: str
    amount: Decimal
    fee: Decimal
    currency: str
    order_id: int | None = None
    order_number: str = ""
    payout_id: str = ""
    source_id: str = ""  # Stripe's, of the refund, the payout ...
    reference: str = ""
    words: str = ""

    @property
    def net(self) -> Decimal:
        return self.amount - self.fee

    @property
    def is_at_stripe(self) -> bool:
        return self.kind not in {TRANSFER, SENT_BACK}

    @property
    def goes_to_the_bank(self) -> bool:
        return self.kind in Movement.TO_THE_BANK

    @property
    def to_the_bank(self) -> Decimal:
        """Of a payout: what the bank sees of it."""
        return -self.amount

    @property
    def is_of_nobody(self) -> bool:
        return self.is_at_stripe and not self.order_id and self.kind not in {Movement.Kind.FEE, *Movement.TO_THE_BANK}

    @property
    def kind_words(self) -> str:
        return str(KINDS[self.kind])


def entries_between(first: datetime, after: datetime) -> list[Entry]:
    """All in the site's currency from that moment to just before the other, as they moved."""
    found = [*_at_stripe(first, after), *_came_by_transfer(first, after), *_sent_by_transfer(first, after)]
    return sorted(found, key=lambda entry: (entry.moved_at, entry.reference))


def movements() -> QuerySet[Movement]:
    """Those of the balance in the site's currency: test money and real money never stand side by side."""
    return Movement.objects.filter(is_live=stripe_api.is_live(), currency=settings.CURRENCY)


def transfers_received(first: datetime, after: datetime) -> QuerySet[Payment]:
    rows = Payment.objects.paid_among().filter(method=Payment.Method.TRANSFER, paid_at__gte=first, paid_at__lt=after)
    return rows.filter(is_live=stripe_api.is_live(), currency=settings.CURRENCY)


def transfers_sent(first: datetime, after: datetime) -> QuerySet[Refund]:
    """On the day that somebody at the desk said that it was sent."""
    by_hand = Refund.objects.by_hand().filter(status=Refund.Status.SUCCEEDED)
    ours = by_hand.filter(payment__is_live=stripe_api.is_live(), payment__currency=settings.CURRENCY)
    return ours.filter(paid_at__gte=first, paid_at__lt=after)


def orders_of_intents(intent_ids: Iterable[str]) -> dict[str, Order]:
    """The order that each payment at Stripe was made for."""
    of_card = Payment.objects.filter(intent_id__in=set(intent_ids) - {""}, method=Payment.Method.STRIPE)
    return {payment.intent_id: payment.order for payment in of_card.select_related("order")}


def heading() -> str:
    return "".join(csv_lines(COLUMNS, []))


def lines(entries: Iterable[Entry], *, zone: str) -> Iterator[str]:
    """A table for the bookkeeper; days and times are those of the zone."""
    return csv_rows(_cells(entry, entry.moved_at.astimezone(ZoneInfo(zone))) for entry in entries)


def ending(days: int) -> str:
    return "".join(csv_rows([[f"End: {days} day{'' if days == 1 else 's'}"]]))


def _cells(entry: Entry, moved_at: datetime) -> list[object]:
    return [
        moved_at.date(),
        f"{moved_at:%H:%M}",
        entry.kind_words,
        entry.order_number,
        *(entry.amount, entry.fee, entry.net, entry.currency),
        "Stripe" if entry.is_at_stripe else "bank",
        *(entry.payout_id, entry.reference, entry.words),
    ]


def _at_stripe(first: datetime, after: datetime) -> list[Entry]:
    found = list(movements().filter(moved_at__gte=first, moved_at__lt=after).select_related("payout"))
    orders = orders_of_intents(each.intent_id for each in found)
    return [_of_movement(each, orders.get(each.intent_id)) for each in found]


def _of_movement(movement: Movement, order: Order | None) -> Entry:
    return Entry(
        moved_at=movement.moved_at,
        kind=movement.kind,
        amount=movement.amount,
        fee=movement.fee,
        currency=movement.currency,
        order_id=order.pk if order else None,
        order_number=order.number if order else "",
        payout_id=movement.payout.payout_id if movement.payout else "",
        source_id=movement.source_id,
        reference=movement.transaction_id,
        words=movement.words,
    )


def _came_by_transfer(first: datetime, after: datetime) -> list[Entry]:
    return [
        _by_transfer(TRANSFER, each.order, each.paid_at, each.received, f"payment {each.pk}")
        for each in transfers_received(first, after).select_related("order")
        if each.paid_at and each.received
    ]


def _sent_by_transfer(first: datetime, after: datetime) -> list[Entry]:
    return [
        _by_transfer(SENT_BACK, each.payment.order, each.paid_at, -each.amount, f"refund {each.pk}")
        for each in transfers_sent(first, after).select_related("payment__order")
        if each.paid_at
    ]


def _by_transfer(kind: str, order: Order, moved_at: datetime, amount: Decimal, reference: str) -> Entry:
    return Entry(moved_at, kind, amount, Decimal("0.00"), order.currency, order.pk, order.number, reference=reference)
