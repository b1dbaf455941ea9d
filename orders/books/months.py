"""A month as a bookkeeper closes it: what moved at Stripe and through the bank, what the papers say, and line by line
why the two differ. To the penny, and what stands on the page is added up in two ways."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from orders import stripe_api
from orders.books import month_papers
from orders.books.month_papers import NOTHING, Difference, Papers, VatOfMonth
from orders.documents import journal
from orders.documents.journal import Entry
from orders.models import BalanceReading, Document, Movement, Payout
from practice.models import Practice

Kind = Movement.Kind
SOLD_OR_BACK = {Kind.PAYMENT, Kind.REFUND, Kind.REFUND_BACK}
DISPUTED = {Kind.DISPUTE, Kind.DISPUTE_BACK}
READ_WITHIN = timedelta(hours=2)  # the worker reads each hour


@dataclass(frozen=True)
class KindSum:
    """All movements of a kind, or of all that was asked for; negative where they left."""

    kind: str
    words: str
    count: int
    amount: Decimal
    fee: Decimal

    @property
    def net(self) -> Decimal:
        return self.amount - self.fee


@dataclass(frozen=True)
class Sent:
    """A payout that was booked in the month, or came back in it, with its row where that is known."""

    entry: Entry
    payout: Payout | None
    is_whole: bool  # all that it is made of is here, and comes to it

    @property
    def words(self) -> str:
        if self.payout and not self.payout.is_told_whole:
            return "what Stripe does not say: somebody asked for it there"
        if self.payout and self.payout.is_read:
            lines = f"{len(self.payout.movements.all()) - 1} lines"
            return f"{lines}, to the penny" if self.is_whole else f"{lines}, which do not come to it"
        return "not read yet"


@dataclass(frozen=True)
class Month:
    """All amounts are of the site's currency. `opening` and `closing` are what lay at Stripe."""

    first_day: date
    is_read: bool
    opening: Decimal
    closing: Decimal
    entries: list[Entry]
    sent: list[Sent]
    papers: Papers
    invoices: list[Document]
    vat: list[VatOfMonth]
    differences: list[Difference]
    in_other_currencies: int

    @property
    def on_paper(self) -> Decimal:
        return self.papers.received - self.papers.credited

    @property
    def differing(self) -> Decimal:
        return sum((each.amount for each in self.differences), NOTHING)

    @property
    def at_stripe(self) -> list[KindSum]:
        found = [entry for entry in self.entries if entry.is_at_stripe and not entry.goes_to_the_bank]
        kinds = sorted((entry.kind for entry in found), key=Kind.values.index)
        return [sum_of([entry for entry in found if entry.kind == kind], kind) for kind in dict.fromkeys(kinds)]

    @property
    def by_transfer(self) -> Decimal:
        return _amount(entry for entry in self.entries if not entry.is_at_stripe)

    @property
    def by_card(self) -> Decimal:
        """Of this site's orders: what came in without what went back."""
        return _amount(entry for entry in self.entries if entry.order_id and entry.kind in SOLD_OR_BACK)

    @property
    def disputed(self) -> Decimal:
        return _amount(entry for entry in self.entries if entry.order_id and entry.kind in DISPUTED)

    @property
    def fees(self) -> Decimal:
        """What Stripe kept of payments and disputes, and what it charges besides; negative."""
        kept = sum((entry.fee for entry in self.entries), NOTHING)
        return _amount(entry for entry in self.entries if entry.kind == Kind.FEE) - kept

    @property
    def of_others(self) -> Decimal:
        return _amount(entry for entry in self.entries if is_of_others(entry))

    @property
    def before_payouts(self) -> Decimal:
        """How the balance at Stripe changed, but for what went to the bank."""
        return self.by_card + self.disputed + self.fees + self.of_others

    @property
    def of_orders(self) -> Decimal:
        return self.by_card + self.by_transfer

    @property
    def not_at_stripe(self) -> Decimal:
        return -self.by_transfer

    @property
    def invoiced(self) -> Decimal:
        return sum((each.total for each in self.invoices), NOTHING)

    @property
    def paid_out(self) -> Decimal:
        """Without what came back; negative."""
        return sum((entry.amount for entry in self.entries if entry.goes_to_the_bank), NOTHING)

    @property
    def is_right(self) -> bool:
        """Papers, less what differs, are the money of the orders; and what moved is what the balance changed by."""
        papers = self.on_paper - self.differing == self.of_orders
        return papers and self.opening + self.before_payouts + self.paid_out == self.closing


def month_of(first_day: date) -> Month:
    """From that first of a month on, in the practice's time zone."""
    first, after = bounds(first_day)
    entries = journal.entries_between(first, after)
    papers = month_papers.papers_between(first, after)
    return Month(
        first_day=first_day,
        is_read=_is_read(until=after),
        opening=journal.movements().filter(moved_at__lt=first).net_total(),
        closing=journal.movements().filter(moved_at__lt=after).net_total(),
        entries=entries,
        sent=_sent([entry for entry in entries if entry.goes_to_the_bank]),
        papers=papers,
        invoices=list(month_papers.issued_between(first, after).filter(kind=Document.Kind.INVOICE)),
        vat=month_papers.vat_of(papers),
        differences=month_papers.differences(papers, entries, first, after),
        in_other_currencies=_in_other_currencies(first, after),
    )


def bounds(first_day: date) -> tuple[datetime, datetime]:
    """The first moment of a month in the practice's zone, and that of the next."""
    zone = Practice.current().zone
    next_month = (first_day + timedelta(days=31)).replace(day=1)
    return datetime.combine(first_day, time(), zone), datetime.combine(next_month, time(), zone)


def sum_of(entries: Sequence[Entry], kind: str = "") -> KindSum:
    fee = sum((entry.fee for entry in entries), NOTHING)
    return KindSum(kind, str(journal.KINDS.get(kind, "")), len(entries), _amount(entries), fee)


def is_of_others(entry: Entry) -> bool:
    """Stripe knows it, and no order of ours: another site of the account, or something done there by hand."""
    is_a_sale = bool(entry.order_id) and entry.kind in SOLD_OR_BACK | DISPUTED
    return entry.is_at_stripe and not entry.goes_to_the_bank and entry.kind != Kind.FEE and not is_a_sale


def _is_read(*, until: datetime) -> bool:
    """Whether the balance is here from its beginning to the end of the month, or nearly to now."""
    reading = BalanceReading.objects.filter(is_live=stripe_api.is_live(), is_whole=True).first()
    return reading is not None and reading.read_until >= min(until, timezone.now() - READ_WITHIN)


def _sent(entries: Sequence[Entry]) -> list[Sent]:
    payouts = Payout.objects.prefetch_related("movements").in_bulk(
        [entry.source_id for entry in entries], field_name="payout_id"
    )
    return [_with_payout(entry, payouts.get(entry.source_id)) for entry in entries]


def _with_payout(entry: Entry, payout: Payout | None) -> Sent:
    known = list(payout.movements.all()) if payout and payout.is_read else []
    return Sent(entry, payout, bool(known) and sum((each.net for each in known), NOTHING) == 0)


def _in_other_currencies(first: datetime, after: datetime) -> int:
    found = Movement.objects.filter(is_live=stripe_api.is_live(), moved_at__gte=first, moved_at__lt=after)
    return found.exclude(currency=settings.CURRENCY).count()


def _amount(entries: Iterable[Entry]) -> Decimal:
    return sum((entry.amount for entry in entries), NOTHING)
