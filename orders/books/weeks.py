"""Money of orders, week by week: the same movements that the page of a month adds up, summed by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.urls import reverse

from kit.local.locales import written
from kit.local.money import money
from kit.local.weeks import Week, summed, weeks_until
from kit.texts.plots import Columns, Series
from orders.books.month_papers import CAME_IN, WENT_BACK
from orders.documents import journal
from orders.models import Payment
from practice.models import Practice

PENNY = Decimal("0.01")


@dataclass(frozen=True)
class WeekOfMoney:
    """What buyers paid by card and by transfer, and what went back to them; without fees, disputes and payouts."""

    week: Week
    came_in: Decimal
    went_back: Decimal

    @property
    def net(self) -> Decimal:
        return self.came_in - self.went_back


def weeks_of_money(today: date, *, count: int) -> list[WeekOfMoney]:
    """So many, the present one at the end, by the practice's clock. In three statements."""
    weeks = weeks_until(today, count=count, zone=Practice.current().time_zone)
    first, after = weeks[0].first, weeks[-1].after
    cards = _of_orders().filter(moved_at__gte=first, moved_at__lt=after)
    paid, back = (Sum("amount", filter=Q(kind__in=kinds)) for kinds in (CAME_IN, WENT_BACK))
    by_card = summed(cards, weeks, "moved_at", paid=paid, back=back)
    transfers = summed(journal.transfers_received(first, after), weeks, "paid_at", came=Sum("received"))
    returned = summed(journal.transfers_sent(first, after), weeks, "paid_at", sent=Sum("amount"))
    sums = zip(weeks, by_card["paid"], transfers["came"], by_card["back"], returned["sent"], strict=True)
    return [
        WeekOfMoney(week, _exact(paid) + _exact(received), _exact(sent) - _exact(back))
        for week, paid, received, back, sent in sums
    ]


def plot_of_money(weeks: Sequence[WeekOfMoney]) -> Columns:
    now = weeks[-1]
    lead = f"Since Monday {money(now.came_in)} came in and {money(now.went_back)} went back: {money(now.net)}."
    return Columns(
        "Money of orders by week",
        of="Week that began on",
        labels=[written(each.week.monday, "j M") for each in weeks],
        series=[
            Series("came in", [each.came_in for each in weeks]),
            Series("went back", [each.went_back for each in weeks], is_hollow=True),
        ],
        beside=[Series("came in, without what went back", [each.net for each in weeks])],
        words=money,
        lead=lead,
        more=(reverse("admin:orders_movement_month"), "The month, to the penny"),
        note="By card and by transfer, on the day that it moved; before fees, and without disputes.",
    )


def _of_orders() -> QuerySet:
    """Movements at Stripe that belong to payments of ours: these are asked for what their index knows, and not read."""
    ours = Payment.objects.filter(intent_id=OuterRef("intent_id"))
    return journal.movements().exclude(intent_id="").filter(Exists(ours))


def _exact(sum: Decimal | None) -> Decimal:
    """To the penny: SQLite adds as it adds lengths."""
    return Decimal(sum or 0).quantize(PENNY)
