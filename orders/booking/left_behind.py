"""A buyer who closed the tab begins anew: what she holds and has not paid gives way to what she books now."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses.models import Workshop
from kit.guard.addresses import email_key
from orders import stripe_api
from orders.checkout.holding import HeldByOnePerson
from orders.checkout.placing import Placed, Wish
from orders.checkout.visitors import Visitor
from orders.models import Order, order_status
from orders.settling import reconcile

BUSY_FOR = timedelta(minutes=10)  # that somebody may sit at the payment page of another workshop, in another tab


class NotReplaced(Exception):
    """Stripe did not say that nobody can pay for the order any more, or it is paid. Nothing was booked."""


def gives_way(workshops: Sequence[Workshop], wish: Wish) -> list[Order]:
    """Unpaid orders with her address, those for these workshops first, then the oldest: all of them once she has proven
    the address, otherwise those that this browser placed.

    Somebody else who knows the address frees nothing, from the same network neither. Where people wait for one
    of the workshops, a place that is given back would be theirs, so it is kept.
    """
    if wish.visitor is None:
        return []
    key = email_key(wish.buyer.email)
    own = Order.objects.filter(
        _of_hers(wish.visitor, key),
        status__in=order_status.LEFT_BEHIND,
        email_key=key,
        moved_from=None,
        added_to=None,
        held_until__gt=timezone.now(),
    ).exclude(key=wish.key)
    here = own.on(workshops)
    elsewhere = own.exclude(pk__in=here.order_by().values("pk")).filter(placed_at__lt=timezone.now() - BUSY_FOR)
    waited_for = [workshop for workshop in workshops if workshop.waiting_list.in_line().exists()]
    here = here.exclude(pk__in=Order.objects.on(waited_for).values("pk"))
    return [*here.order_by("placed_at"), *elsewhere.order_by("placed_at")]


def _of_hers(visitor: Visitor, key: str) -> Q:
    if key in visitor.addresses:
        return Q()
    return Q(from_browser=visitor.browser) & ~Q(from_browser="")


def place_instead(order: Order, place: Callable[[], Placed]) -> Placed:
    """The order gives its places and its code back in the transaction that books anew, so that nobody comes between,
    and she never holds both. Its payment page is closed at Stripe first. Where the booking is refused the order stays,
    to be paid on a new page.

    Raises NotReplaced, and what `place` raises.
    """
    try:
        is_closed = reconcile.close_pages(order)
    except stripe_api.StripeUnavailable as error:
        raise NotReplaced from error
    if not is_closed:
        raise NotReplaced
    with transaction.atomic():
        if not reconcile.free_closed(order):
            raise NotReplaced
        return place()


def place_anew(workshops: Sequence[Workshop], wish: Wish, place: Callable[[], Placed]) -> Placed:
    """Frees one after the other until the booking fits: the payment page is closed at Stripe first, and what was paid
    meanwhile stays. Raises what `place` raises."""
    for order in gives_way(workshops, wish):
        if reconcile.give_back(order):
            try:
                return place()
            except HeldByOnePerson:
                continue
    return place()
