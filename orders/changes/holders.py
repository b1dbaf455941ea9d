"""Who has the money of a payment by now: its own order, and those that moved places took some of it along to."""

from decimal import Decimal

from django.db.models import Q

from orders.models import Order, Payment, Refund


def lock_holders(payment: Payment) -> list[Payment]:
    """Who has of this payment's money: it first, then what moved places took along. Their orders are locked."""
    holding = Payment.objects.filter(Q(pk=payment.pk) | Q(source=payment)).order_by("pk")
    holders, locked = list(holding), dict[int, Order]()
    while missing := {each.order_id for each in holders} - locked.keys():
        orders = Order.objects.select_for_update(of=("self",)).filter(pk__in=missing)
        locked |= {order.pk: order for order in orders.order_by("pk")}
        holders = list(holding.all())  # a place may have moved while we waited
    for each in holders:
        each.order = locked[each.order_id]
    return holders


def who_sent_back(holders: list[Payment], amount: Decimal) -> list[tuple[Payment, Decimal]]:
    """Whoever has so much, otherwise each what it has.

    What nobody has comes from one that had asked: Stripe was faster than a refund that we had written already.
    """
    has_asked = (each for each in holders if each.refunds.filter(status=Refund.Status.REQUESTED).exists())
    asked = next(has_asked, holders[0])
    left = {each: each.left() for each in holders}
    enough = next((each for each in holders if left[each] >= amount), None)
    if enough:
        return [(enough, amount)]
    left[asked] += max(Decimal(), amount - sum(left.values()))
    shares = []
    for each in holders:
        if share := min(amount, left[each]):
            shares.append((each, share))
            amount -= share
    return shares
