"""Money that goes along when a place is moved. Each credit has two sides, written together: a refund that Stripe never
sees says what left the old order, a payment says what came into the new one. So each order's balance follows from its
own rows, and money that goes back later goes back through the payment at Stripe that it came in with.
"""

from decimal import Decimal

from django.db.models import Max
from django.utils import timezone

from accounts import audit
from courses.models import TicketType
from orders.models import Dispute, Order, OrderLine, Payment, Refund
from orders.pricing import group_price, refund_policy


class NotCovered(Exception):
    """The place that was to be moved is gone, or less of its money is left than the new order counts on."""


def available(line: OrderLine) -> Decimal:
    """What the place can bring along: not what those need that stay, and that it had a group price with."""
    return max(Decimal(), held_for(line) - lost_with(line))


def held_for(line: OrderLine) -> Decimal:
    return min(line.left(), line.order.balance())


def is_split(line: OrderLine, to: TicketType) -> bool:
    """The place becomes an order of its own and is what it was: whoever booked together still comes together, so a
    group price goes on for all of them."""
    return line.ticket.ticket_type_id == to.pk


def lost_with(line: OrderLine) -> Decimal:
    """What is kept of a place that moves for those that stay."""
    if not line.order.group_places:
        return Decimal()
    return min(refund_policy.loss_of(line.order, [line], timezone.now()), line.left())


def is_disputed(order: Order) -> bool:
    """Whether a bank is asking for money back that this order holds, or that its own came in with."""
    payments = order.payments.select_related("source")
    held = {payment.through.pk for payment in payments}
    return Dispute.objects.filter(payment__in=held, status__in=Dispute.OPEN).exists()


def bring(order: Order, *, line: OrderLine) -> None:
    """Takes the order's credit out of the payments of the line's order. Both must be locked. Raises NotCovered."""
    lost = Decimal() if _is_split_off(order, line) else lost_with(line)
    if order.credit > max(Decimal(), held_for(line) - lost):
        raise NotCovered
    rest = order.credit
    payments = line.order.payments.select_for_update(of=("self",)).paid().order_by("attempt")
    for payment in payments:
        amount = min(rest, payment.left())
        if amount > 0:
            _write_both_sides(order, payment, line=line, amount=amount)
            rest -= amount
    group_price.shift(line.order, {line: lost})


def _is_split_off(order: Order, line: OrderLine) -> bool:
    [ticket] = order.tickets()
    return is_split(line, ticket.ticket_type)


def _write_both_sides(order: Order, payment: Payment, *, line: OrderLine, amount: Decimal) -> None:
    now = timezone.now()
    credit = Payment.objects.create(
        order=order,
        attempt=(order.payments.aggregate(last=Max("attempt"))["last"] or 0) + 1,
        method=Payment.Method.CREDIT,
        source=payment.through,
        amount=amount,
        received=amount,
        currency=payment.currency,
        status=Payment.Status.PAID,
        is_live=payment.is_live,
        expires_at=now,
        paid_at=now,
        recorded_at=now,
    )
    out = Refund.objects.create(
        payment=payment,
        line=line,
        credit=credit,
        amount=amount,
        reason=f"Moved to order {order.number}.",
        status=Refund.Status.SUCCEEDED,
        paid_at=now,
        recorded_at=now,
    )
    audit.record_all([audit.Change(credit, "", credit.status), audit.Change(out, "", out.status)], reason=out.reason)
