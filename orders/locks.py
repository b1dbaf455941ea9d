"""The order of locks: workshops first, then orders, each kind by its key, so that no two wait in a ring.

Payments come after their order, and the row of a discount code last of all.
"""

from collections.abc import Iterable

from courses.seats import places
from orders.models import Order, Payment


def lock_orders(order_ids: Iterable[int], *, workshop_ids: Iterable[int] = ()) -> dict[int, Order]:
    """These orders as they stand, with their workshops, locked to the end of the caller's transaction.

    For a place that was moved, or is to be, the order and the workshop that it comes from are locked with it.
    """
    facts = Order.objects.filter(pk__in=order_ids).values_list(
        "pk", "moved_from__order", "workshop", "moved_from__order__workshop"
    )
    order_pks, workshop_pks = set(), set(workshop_ids)
    for order_id, from_order_id, workshop_id, from_workshop_id in facts:
        order_pks |= {order_id, from_order_id} - {None}
        workshop_pks |= {workshop_id, from_workshop_id} - {None}
    workshops = {pk: places.lock_workshop(pk) for pk in sorted(workshop_pks)}
    orders = Order.objects.select_for_update(of=("self",)).filter(pk__in=order_pks).order_by("pk")
    for order in orders:
        order.workshop = workshops[order.workshop_id]
    return {order.pk: order for order in orders}


def locked_order(order_id: int) -> Order:
    """Locks the workshop, then the order; for a moved place also those that it comes from."""
    return lock_orders([order_id])[order_id]


def locked_payment(payment_id: int) -> tuple[Order, Payment]:
    """Workshop first, then order, then payment."""
    order_id = Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)
    order = locked_order(order_id)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    payment.order = order
    return order, payment
