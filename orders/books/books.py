"""Whether the books add up. Every rule that the sale keeps is asked again, of the rows and of Stripe."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest, Round
from django.utils import timezone

from courses.models import Ticket, Workshop
from kit.local.money import money, to_the_penny
from orders import stripe_api
from orders.books import balance_books, discount_books, document_books, place_books, transfer_books
from orders.models import DiscountCode, Dispute, Order, OrderLine, Payment, RebookingOffer, Refund, order_status
from orders.settling import reconcile
from orders.settling.settle import UnknownPayment, find_payment

NOTHING = Decimal()
DAYS = 7  # so far back Stripe's ledger is compared
AT_STRIPES_LEDGER = "ours is Stripe's ledger"
HOLDERS = {
    DiscountCode.Status.RESERVED: order_status.RESERVES_CODE,
    DiscountCode.Status.REDEEMED: order_status.REDEEMS_CODE,
}
GONE = ~Q(status__in=Refund.NOT_SENT)
AT_STRIPE = Q(status__in=Refund.AT_STRIPE)


@dataclass(frozen=True)
class Finding:
    """`about` names a row by what the desk can search for, never a person."""

    rule: str
    about: str
    words: str


def findings() -> Iterator[Finding]:
    """What the rows themselves show, every document among them; no losses, of which the books are right."""
    for rule in RULES:
        yield from findings_of(rule)


def findings_of(rule: str, *, anew: bool = True) -> Iterator[Finding]:
    """Unless `anew`, documents that were proved before are not read again."""
    look = (LOSSES | RULES)[rule] if anew else PROVED_ONCE.get(rule, (LOSSES | RULES)[rule])
    for about, words in look():
        yield Finding(rule, about, words)


def findings_at_stripe(payments: QuerySet[Payment]) -> Iterator[Finding]:
    """Where Stripe's ledger says otherwise; three requests for each payment. Raises StripeUnavailable."""
    for payment in payments.exclude(session_id="").select_related("order"):
        for words in _differences(payment):
            yield Finding(AT_STRIPES_LEDGER, f"payment {payment}", words)


def recent_findings_at_stripe(days: int) -> Iterator[Finding]:
    """Of payments that began within so many days, and of money that no row here is of. Raises StripeUnavailable."""
    yield from findings_at_stripe(Payment.objects.filter(created_at__gte=timezone.now() - timedelta(days=days)))
    yield from payments_unknown_here()


def payments_unknown_here() -> Iterator[Finding]:
    """Money at Stripe for a payment page of ours that no row is of. Raises StripeUnavailable."""
    for session in reconcile.paid_elsewhere():
        try:
            find_payment(session)
        except UnknownPayment:
            words = f"{money(session.amount, session.currency)} was paid for order {session.order_number}, unknown here"
            yield Finding(AT_STRIPES_LEDGER, f"page {session.id}", words)


def workshops_above_capacity() -> Iterator[tuple[str, str]]:
    seated = Ticket.objects.occupying().exclude(place_number=None).filter(workshop=OuterRef("pk")).order_by()
    count = seated.values("workshop").annotate(count=Count("pk")).values("count")
    for workshop in Workshop.objects.annotate(taken=Subquery(count)).filter(taken__gt=F("capacity")):
        yield f"workshop {workshop.slug}", f"{workshop.taken} places are taken of {workshop.capacity}"


def money_without_decision() -> Iterator[tuple[str, str]]:
    """Money was recorded, and neither a place nor a refund followed."""
    paid = Payment.objects.filter(status=Payment.Status.PAID)
    undecided = paid.filter(order__status__in=order_status.UNDECIDED)
    for payment in undecided.select_related("order"):
        yield f"payment {payment}", f"it came in, and the order is {payment.order.status}"


def paid_orders_without_place() -> Iterator[tuple[str, str]]:
    """A place of a paid order is confirmed, or somebody cancelled it; what came back then is the refund policy's."""
    settled = [Ticket.Status.CONFIRMED, Ticket.Status.CANCELLED]
    missing = OrderLine.objects.exclude(ticket__status__in=settled).filter(order__status=Order.Status.PAID)
    for line in missing.select_related("order", "ticket"):
        yield f"order {line.order}", f"one of its places is {line.ticket.status}"
    kept = OrderLine.objects.filter(order=OuterRef("pk")).exclude(ticket__status=Ticket.Status.CANCELLED)
    back = Refund.objects.filter(payment__order=OuterRef("pk"))
    for order in Order.objects.filter(~Exists(kept), ~Exists(back), status=Order.Status.PAID):
        yield f"order {order}", "nobody has a place of it, and nothing of it went back"


def paid_orders_without_money() -> Iterator[tuple[str, str]]:
    paid = Payment.objects.filter(order=OuterRef("pk"), status=Payment.Status.PAID)
    for order in Order.objects.filter(~Exists(paid), status=Order.Status.PAID, total__gt=0):
        yield f"order {order}", "it is paid, but no payment is"


def invoiced_orders_without_place() -> Iterator[tuple[str, str]]:
    """Until its hold ends, an invoiced order keeps every place, and knows who pays by when."""
    waiting = Order.objects.awaiting_transfer().filter(held_until__gt=timezone.now())
    for order in waiting.filter(Q(invoice_due_on=None) | Q(organisation="")):
        yield f"order {order}", "it is invoiced, and nobody knows to whom or by when"
    free = OrderLine.objects.exclude(ticket__status=Ticket.Status.HELD, ticket__held_until=F("order__held_until"))
    for line in free.filter(order__in=waiting).select_related("order", "ticket"):
        yield f"order {line.order}", f"it is invoiced, and one of its places is {line.ticket.status}"


def unseated_orders_without_refund() -> Iterator[tuple[str, str]]:
    for order, balance in _with_money(Order.Status.UNSEATED):
        yield f"order {order}", f"{money(balance, order.currency)} is still here, and no refund of it is under way"


def failed_refunds_that_stayed() -> Iterator[tuple[str, str]]:
    """All had gone back, and a bank sent it to us again."""
    for order, balance in _with_money(Order.Status.OWED):
        yield f"order {order}", f"{money(balance, order.currency)} came back to us, and no refund of it is under way"


def refunded_orders_with_money() -> Iterator[tuple[str, str]]:
    for order, balance in _with_money(Order.Status.REFUNDED):
        yield f"order {order}", f"{balance} is still here"


def more_gone_than_came_in() -> Iterator[tuple[str, str]]:
    """What was sent back at Stripe may cross with what we had asked for; what we asked for alone may not be more."""
    back = Refund.objects.filter(payment=OuterRef("pk"))
    ours = back.filter(GONE).exclude(origin=Refund.Origin.STRIPE)
    payments = Payment.objects.annotate(gone=Greatest(_sum_of(back.filter(AT_STRIPE)), _sum_of(ours)))
    for payment in payments.filter(gone__gt=Coalesce("received", NOTHING)).select_related("order"):
        yield f"payment {payment}", f"{payment.gone} went back of {payment.received}"


def money_lost_twice() -> Iterator[tuple[str, str]]:
    """What a bank took beside a refund, or above what was paid: a loss to know of, and no error of the books."""
    disputed = Payment.objects.filter(Exists(Dispute.objects.taken().filter(payment=OuterRef("pk"))))
    for payment in disputed.select_related("order"):
        refunded, taken = Refund.objects.through(payment).filter(AT_STRIPE).total(), payment.disputes.taken().total()
        if refunded + taken > payment.received:
            back, by_bank, paid = (money(each, payment.currency) for each in (refunded, taken, payment.received))
            yield f"payment {payment}", f"{back} went back and {by_bank} was taken in a dispute, of {paid}"


def second_payments_that_stayed() -> Iterator[tuple[str, str]]:
    """Of all payments of an order one stays; each of the others has gone back, or a bank took it."""
    paid = Payment.objects.paid().exclude(method__in=Payment.ADDING_UP)
    several = paid.order_by().values("order").annotate(count=Count("pk")).filter(count__gt=1).values("order")
    kept = _not_gone(paid.filter(order__in=several))
    orders = Order.objects.annotate(kept=Count("payments", filter=Q(payments__in=kept))).filter(kept__gt=1)
    for order in orders:
        yield f"order {order}", f"{order.kept} payments of it were kept"


def payments_of_another_sum() -> Iterator[tuple[str, str]]:
    """Of orders that were decided on as if it were the right one."""
    asked_for = F("order__total") - F("order__credit")
    paid = Payment.objects.paid().exclude(method__in=Payment.ADDING_UP).exclude(received=asked_for)
    for payment in paid.filter(order__status__in=order_status.RIGHTLY_PAID).select_related("order"):
        yield f"payment {payment}", f"{payment.received} came in for an order of {payment.order.amount_to_pay}"


def credits_with_one_side() -> Iterator[tuple[str, str]]:
    """What a moved place took out of one order came into the other, through the same payment, and is its credit."""
    credits = Payment.objects.filter(method=Payment.Method.CREDIT).select_related("order", "brought_by__payment")
    for credit in credits:
        out = getattr(credit, "brought_by", None)
        if out is None or out.amount != credit.received or out.payment.through.pk != credit.source_id:
            yield f"payment {credit}", "what it brings did not leave another order"
    brought = to_the_penny(Sum("payments__received", filter=Q(payments__method=Payment.Method.CREDIT), default=NOTHING))
    orders = Order.objects.annotate(brought=brought).exclude(brought=F("credit"))
    for order in orders.filter(Q(brought__gt=0) | Q(status__in=[Order.Status.PAID, Order.Status.CLOSED])):
        yield f"order {order}", f"{order.brought} was brought, and it counts on {order.credit}"


def orders_that_do_not_add_up() -> Iterator[tuple[str, str]]:
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    sums = lines.annotate(sum=Sum(F("price") - F("discount"))).values("sum")
    for order in Order.objects.annotate(sum=_or_nothing(Subquery(sums))).exclude(total=F("sum")):
        yield f"order {order}", f"its lines add up to {order.sum}, not to {order.total}"
    shifted = lines.annotate(sum=Sum("shifted")).values("sum")
    for order in Order.objects.annotate(shifted=_or_nothing(Subquery(shifted))).exclude(shifted=0):
        yield f"order {order}", f"{order.shifted} of its places counts for none that stays"


def codes_of_two_orders() -> Iterator[tuple[str, str]]:
    using = Count("orders", filter=Q(orders__status__in=order_status.USES_CODE))
    for code in DiscountCode.objects.annotate(using=using).filter(using__gt=1):
        yield f"code {code.pk}", f"{code.using} orders use it, or have used it"


def codes_in_a_wrong_state() -> Iterator[tuple[str, str]]:
    """A code is reserved or used by an order, and free when none is using it. What was cancelled has used it, too."""
    holder = Order.objects.filter(discount_code=OuterRef("pk"))
    for status, of_orders in HOLDERS.items():
        for code in DiscountCode.objects.filter(~Exists(holder.filter(status__in=of_orders)), status=status):
            yield f"code {code.pk}", f"it is {code.status}, and no order uses it"
    for code in DiscountCode.objects.filter(
        Exists(holder.filter(status__in=order_status.USES_CODE)), status=DiscountCode.Status.ISSUED
    ):
        yield f"code {code.pk}", "it looks free, and an order uses it"


def cancelled_places_without_a_choice() -> Iterator[tuple[str, str]]:
    """Whoever still has a place on a workshop that we cancelled is being asked, and nobody else is."""
    open_offer = RebookingOffer.objects.filter(line__ticket=OuterRef("pk"), status=RebookingOffer.Status.OPEN)
    cancelled = Ticket.objects.confirmed().filter(workshop__status=Workshop.Status.CANCELLED)
    for ticket in cancelled.filter(~Exists(open_offer)):
        yield f"ticket {ticket.pk}", "its workshop is cancelled, and nobody asks whoever has it"
    for offer in RebookingOffer.objects.filter(status=RebookingOffer.Status.OPEN).exclude(
        line__ticket__status=Ticket.Status.CONFIRMED
    ):
        yield f"offer {offer.pk}", "it is open, and the place is gone"
    asked = RebookingOffer.objects.filter(status=RebookingOffer.Status.OPEN)
    for offer in asked.exclude(line__ticket__workshop__status=Workshop.Status.CANCELLED):
        yield f"offer {offer.pk}", "it is open, and its workshop is not cancelled"


LOSSES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {"money is not lost twice": money_lost_twice}
PROVED_ONCE: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "a document adds up": document_books.unproved_documents_that_do_not_add_up,
}
RULES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "no workshop above its capacity": workshops_above_capacity,
    "money is decided on": money_without_decision,
    "a paid order has its places": paid_orders_without_place,
    "a paid order was paid": paid_orders_without_money,
    "an invoiced order holds its places": invoiced_orders_without_place,
    "an unseated order is being refunded": unseated_orders_without_refund,
    "a failed refund is sent again": failed_refunds_that_stayed,
    "a refunded order holds no money": refunded_orders_with_money,
    "what goes back stays within the payment": more_gone_than_came_in,
    "nobody pays twice": second_payments_that_stayed,
    "a payment is the order's total": payments_of_another_sum,
    "a credit has two sides": credits_with_one_side,
    "a cancelled workshop asks everybody": cancelled_places_without_a_choice,
    "an order is the sum of its lines": orders_that_do_not_add_up,
    "a code has one live order": codes_of_two_orders,
    "a code is where its order is": codes_in_a_wrong_state,
    **place_books.RULES,
    **discount_books.RULES,
    **document_books.RULES,
    **balance_books.RULES,
    **transfer_books.RULES,
}


def _with_money(status: str) -> Iterator[tuple[Order, Decimal]]:
    """Orders in that state that money is left of: of a payment at least, whatever its source has left."""
    left = _not_gone(Payment.objects.paid().filter(order__status=status))
    for order in Order.objects.filter(pk__in=left.order_by().values("order"), status=status):
        if (balance := order.balance()) > 0:
            yield order, balance


def _not_gone(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Those of which more came in than went back or was taken by a bank."""
    sent_back, taken = Refund.objects.filter(GONE), Dispute.objects.taken()
    back, by_bank = (_sum_of(rows.filter(payment=OuterRef("pk"))) for rows in (sent_back, taken))
    gone = to_the_penny(back + by_bank)
    return payments.annotate(gone=gone).filter(received__gt=F("gone"))


def _sum_of(rows: QuerySet[Refund] | QuerySet[Dispute]) -> Round:
    return _or_nothing(Subquery(rows.order_by().values("payment").annotate(sum=Sum("amount")).values("sum")))


def _or_nothing(sum: Subquery) -> Round:
    return to_the_penny(Coalesce(sum, NOTHING, output_field=DecimalField(max_digits=12, decimal_places=2)))


def _differences(payment: Payment) -> Iterator[str]:
    try:
        session = stripe_api.retrieve_session(payment.session_id)
        refunded = _refunded_at_stripe(session.intent_id)
        taken = _taken_at_stripe(session.intent_id)
    except stripe_api.StripeRefused:
        yield "Stripe does not know it"
        return
    is_paid = payment.status == Payment.Status.PAID
    if session.is_paid != is_paid:
        yield f"at Stripe it is {session.payment_status}, here it is {payment.status}"
    if is_paid and (session.amount, session.currency) != (payment.received, payment.currency):
        there, here = f"{session.amount:.2f} {session.currency}", f"{payment.received:.2f} {payment.currency}"
        yield f"{there} came in at Stripe, {here} here"
    sums = {
        "went back": (refunded, Refund.objects.through(payment).filter(AT_STRIPE, is_by_bank=False).total()),
        "was taken in disputes": (taken, payment.disputes.taken().total()),
    }
    for what, (there, here) in sums.items():
        if there != here:
            yield f"{money(there, payment.currency)} {what} at Stripe, {money(here, payment.currency)} here"


def _refunded_at_stripe(intent_id: str) -> Decimal:
    states = stripe_api.refunds_of_intent(intent_id)
    return sum((state.amount for state in states if state.status not in {"failed", "canceled"}), NOTHING)


def _taken_at_stripe(intent_id: str) -> Decimal:
    states = stripe_api.disputes_of_intent(intent_id)
    return sum((state.amount for state in states if state.status in Dispute.TAKEN), NOTHING)
