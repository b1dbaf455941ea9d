"""The order of locks: workshops first, then orders, each kind by its key, so that no two wait in a ring.

Payments come after their order, and the row of a discount code last of all.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from courses.models import Workshop
from courses.seats import places
from kit.database.questions import Asked, written_once
from orders.models import Order, OrderLine, Payment


def lock_orders(order_ids: Iterable[int], *, workshop_ids: Iterable[int] = ()) -> dict[int, Order]:
    """These orders as they stand, with their workshops, locked to the end of the caller's transaction.

    For a place that was moved, or is to be, the order and the workshop that it comes from are locked with it.
    """
    facts = Order.objects.filter(pk__in=order_ids).values_list(
        "pk", "moved_from__order", "workshop", "moved_from__order__workshop", "series", "moved_from__order__series"
    )
    order_pks, workshop_pks, is_series = set(), set(workshop_ids), False
    for order_id, from_order_id, workshop_id, from_workshop_id, *series in facts:
        order_pks |= {order_id, from_order_id} - {None}
        workshop_pks |= {workshop_id, from_workshop_id} - {None}
        is_series = is_series or any(series)
    if is_series:  # which workshops its places are on never changes
        workshop_pks |= set(OrderLine.objects.filter(order__in=order_pks).values_list("ticket__workshop", flat=True))
    workshops = {pk: places.lock_workshop(pk) for pk in sorted(workshop_pks)}
    orders = Order.objects.select_for_update(of=("self",)).filter(pk__in=order_pks).order_by("pk")
    for order in orders:
        order.workshop = workshops[order.workshop_id]
        if order.series_id:
            order.workshops = _locked_of(order, workshops)
    return {order.pk: order for order in orders}


def locked_order(order_id: int) -> Order:
    """Locks the workshop, then the order; for a moved place also those that it comes from."""
    return lock_orders([order_id])[order_id]


def locked_payment(payment: Payment) -> tuple[Order, Payment]:
    """Workshop first, then order, then payment."""
    order, payments = locked_payments(payment.order)
    return order, next(each for each in payments if each.pk == payment.pk)


def locked_payments(order: Order) -> tuple[Order, list[Payment]]:
    """Workshop first, then order, then all its payments.

    What the locks follow from never changes (`lock_orders`), so it is not asked for where the order brings it along.
    """
    if order.moved_from_id or order.series_id:
        locked = locked_order(order.pk)
    else:
        workshop = places.lock_workshop(order.workshop_id)
        [locked] = _locked(order=order.pk)
        locked.workshop = workshop
        if Order.terms.is_cached(order):  # a version of the terms never changes, nor which one was agreed to
            locked.terms = order.terms
    payments = _locked_payments(order=locked.pk)
    for payment in payments:
        payment.order = locked
    return locked, payments


def _locked_of(order: Order, workshops: dict[int, Workshop]) -> list[Workshop]:
    keys = set(OrderLine.objects.filter(order=order).values_list("ticket__workshop", flat=True))
    return [workshops[pk] for pk in sorted(keys)]


@written_once
def _locked(order: Asked) -> QuerySet[Order]:
    return Order.objects.select_for_update(of=("self",)).filter(pk=order)


@written_once
def _locked_payments(order: Asked) -> QuerySet[Payment]:
    return Payment.objects.select_for_update(of=("self",)).filter(order=order).order_by("attempt")
