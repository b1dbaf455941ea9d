from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from courses.models import Ticket
from courses.privacy import erase_attendees
from kit.guard.privacy import AT_A_TIME, ERASED, Kept, about_nobody, blank_some, days, keeps
from kit.guard.tokens import new_secret
from orders.models import BankLine, DiscountCode, Order, StripeEvent, order_status
from practice.markers import marker

UNPAID_KEPT = timedelta(days=90)
ASIDE_KEPT = timedelta(days=90)
EVENTS_KEPT = timedelta(days=30)
SALES_KEPT_YEARS = 6
BY_LAW = (
    f"A record of a sale: the law on taxes asks for it until {SALES_KEPT_YEARS} years after the end of the financial "
    "year."
)
NOBODY = {
    "buyer_name": ERASED,
    "buyer_email": "",
    "email_key": "",
    "benefit_key": "",
    "from_network": "",
    "from_browser": "",
    "news_words": "",
    "organisation": "",
    "organisation_address": "",
    "po_number": "",
}


def came_to_nothing() -> Q:
    """No money came, and nothing was issued."""
    return Q(status__in=order_status.UNPAID, documents=None) & ~Q(payments__received__gt=0)


def forget_unpaid_orders() -> int:
    """For the worker: who did not pay in the end; the order itself stays for the figures."""
    old = Order.objects.filter(came_to_nothing(), placed_at__lt=timezone.now() - UNPAID_KEPT)
    return _erase_buyers(old.exclude(buyer_email="").order_by("pk")[:AT_A_TIME])


def forget_events() -> int:
    """For the worker: Stripe repeats the buyer's name, address and card in what it tells; it is needed once."""
    old = StripeEvent.objects.filter(done_at__lt=timezone.now() - EVENTS_KEPT)
    return blank_some(old.exclude(payload={}), payload={})


def forget_bank_words() -> int:
    """For the worker: who sent money that was none of ours. The line stays, so that no file brings it again."""
    return blank_some(_aside().filter(read_at__lt=timezone.now() - ASIDE_KEPT), payer="", words="")


def _aside() -> QuerySet[BankLine]:
    return BankLine.objects.filter(status=BankLine.Status.ASIDE).exclude(payer="", words="")


def _sold(orders: QuerySet[Order]) -> QuerySet[Order]:
    nothing = Order.objects.filter(came_to_nothing())
    return orders.exclude(pk__in=nothing.values("pk"))


def _erase_buyers(orders: QuerySet[Order]) -> int:
    count = 0
    for order in orders:
        erase_attendees(Ticket.objects.filter(pk__in=order.lines.values("ticket")))
        count += erase_buyer(order)
    return count


def erase_buyer(order: Order) -> int:
    """Nobody is found by it any more, and its links open nothing. A code for many stays used by them."""
    return Order.objects.filter(pk=order.pk).update(
        **NOBODY | {"secret": new_secret(), "benefit_key": f"erased {order.pk}"}
    )


def _sold_by_order(rows: QuerySet) -> QuerySet:
    nothing = Order.objects.filter(came_to_nothing())
    return rows.exclude(order__in=nothing.values("pk"))


def _used(codes: QuerySet[DiscountCode]) -> QuerySet[DiscountCode]:
    return codes.exclude(status__in=[DiscountCode.Status.ISSUED, DiscountCode.Status.VOID])


def erase_codes(codes: QuerySet[DiscountCode]) -> None:
    for code in codes:
        now = timezone.now()
        DiscountCode.objects.filter(pk=code.pk).update(issued_to="", benefit_key=f"erased {code.pk}", expires_at=now)


keeps(
    Kept(
        "orders.order",
        columns=(*NOBODY, "secret", "time_zone", "terms_words"),
        by="buyer_email",
        names=("buyer_name",),
        why="They bought something: a contract, and the law on taxes.",
        until=f"{SALES_KEPT_YEARS} years after the end of the financial year; unpaid ones {days(UNPAID_KEPT)}.",
        erase=_erase_buyers,
        stay=_sold,
        stays_because=BY_LAW,
    ),
    Kept(
        "orders.document",
        columns=("facts", "secret"),
        by="order__buyer_email",
        why="Receipts, invoices and credit notes.",
        until=f"{SALES_KEPT_YEARS} years after the end of the financial year.",
        erase=lambda rows: None,
        stay=lambda rows: rows,
        stays_because=BY_LAW,
    ),
    Kept(
        "orders.documentfile",
        columns=("content",),
        by="document__order__buyer_email",
        why="The same papers as files.",
        until="As long as the receipt, invoice or credit note.",
        erase=lambda rows: None,
        stay=lambda rows: rows,
        stays_because=BY_LAW,
    ),
    Kept(
        "orders.payment",
        columns=("note", "session_url", "session_id", "intent_id"),
        by="order__buyer_email",
        why="What was paid, and by what Stripe knows it.",
        until="As long as the order.",
        erase=lambda rows: rows.update(note="", session_url=""),
        stay=_sold_by_order,
        stays_because=BY_LAW,
    ),
    Kept(
        "orders.refund",
        columns=("reason",),
        by="payment__order__buyer_email",
        why="What was sent back, and why.",
        until="As long as the order.",
    ),
    Kept(
        "orders.consent",
        columns=("words",),
        by="line__order__buyer_email",
        why="Evidence of what a buyer asked for.",
        until="As long as the order.",
    ),
    Kept(
        "orders.rebookingoffer",
        columns=("secret",),
        by="line__order__buyer_email",
        why="A choice after a workshop was cancelled.",
        until="As long as the order.",
    ),
    Kept(
        "orders.discountcode",
        columns=("issued_to", "benefit_key", "code"),
        by="issued_to",
        why="The code that one person has, and that there is one alone.",
        until="As long as the order that used it.",
        erase=erase_codes,
        stay=_used,
        stays_because=BY_LAW,
    ),
    Kept(
        "orders.bankline",
        columns=("payer", "words", "because"),
        within=("payer", "words"),
        why="What came into the account, to know whose money it is.",
        until=f"As long as the order that it paid; {days(ASIDE_KEPT)} where it was set aside.",
        erase=lambda lines: lines.update(payer="", words=""),
        stay=lambda lines: lines.exclude(status=BankLine.Status.ASIDE),
        stays_because=BY_LAW,
    ),
    Kept(
        "orders.stripeevent",
        columns=("payload",),
        within=("payload",),
        why="What Stripe told, until it is worked on.",
        until=f"{days(EVENTS_KEPT)} after it was worked on.",
        erase=lambda events: events.update(payload={}),
        stay=lambda events: events.filter(done_at=None),
        stays_because="It is not worked on yet.",
    ),
)
about_nobody("orders.discount.*", "orders.generalcode.*", "orders.series.*", "orders.dispute.*", "orders.orderline.*")
about_nobody("orders.bankcolumns.*", "orders.bankline.fingerprint")
about_nobody("orders.movement.*", "orders.payout.*", "orders.booksfinding.*")
about_nobody("orders.order.key", "orders.order.discount_words", "orders.document.key")
about_nobody("orders.salesexport.*", "orders.salesexportpart.text")  # deleted after a day

marker("sales kept", "for how many years sales are kept")(lambda: f"{SALES_KEPT_YEARS} years")
marker("unpaid bookings kept", "how long a booking is kept that nobody paid")(lambda: days(UNPAID_KEPT))
marker("payment messages kept", "how long what Stripe tells us is kept")(lambda: days(EVENTS_KEPT))
