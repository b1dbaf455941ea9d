"""The attempts to pay an order: each is committed with all its parameters before Stripe is asked."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from courses.seats import places, series_offers
from kit.local.locales import AMERICAN, BRITISH
from kit.pages.paths import path_by_secret
from kit.work.checkpoints import checkpoint
from orders import stripe_api
from orders.checkout.attempts import HOLD, write_attempt
from orders.checkout.holding import TooManyHeld, check_bounds
from orders.checkout.placing import Placed
from orders.locks import locked_order
from orders.models import Order, OrderLine, Payment, order_status
from orders.models.refusals import ITS_TIME, refusal_facts
from orders.pricing import codes, discounts
from orders.states import move, move_as_read
from practice.models import Practice

LOCALES = {BRITISH: "en-GB", AMERICAN: "en"}  # what Stripe calls the practice's
SPARE = timedelta(minutes=3)
LONGEST_HOLD = timedelta(hours=3)  # however often somebody tries again


ADDRESS = "customer_email"  # Stripe's name for it
MADE_ANEW = {ADDRESS, ITS_TIME}  # what the next attempt says otherwise
MOST_REFUSED = 2  # attempts of an order; Stripe means it


class TriedEnough(Exception):
    """Stripe has refused this order for good, time and again: now it is for a person."""


class HoldEnded(Exception):
    """The places went back on sale, or the order needs no payment any more."""


def start_payment(order: Order) -> Payment:
    """The open page to pay this order on, made at Stripe if there is none yet.

    First the attempt is committed with all its parameters, then Stripe is asked, outside any transaction and with
    a key that follows from the attempt. Raises HoldEnded, SoldOut, TriedEnough and StripeFailed.
    """
    payment = _attempt_to_pay(order.pk)
    checkpoint("attempt made")
    return payment if payment.session_url else _open_page(payment, list(order.lines.all()))


def start_first_payment(placed: Placed) -> Payment:
    """The same for an order that was placed in this request: what was written with it is not asked for again."""
    if placed.attempt is None:
        return start_payment(placed.order)
    checkpoint("attempt made")
    return _open_page(placed.attempt, placed.lines)


def _open_page(payment: Payment, lines: Sequence[OrderLine]) -> Payment:
    """At once on the next attempt where that may help: Stripe has kept an old failure, or is asked otherwise then."""
    try:
        return _open_session(payment, lines)
    except stripe_api.StripeRefused as error:
        if error.refusal and error.refusal.is_for_good and error.refusal.param not in MADE_ANEW:
            raise
    return _open_session(_attempt_to_pay(payment.order_id), lines)


@transaction.atomic
def _attempt_to_pay(order_id: int) -> Payment:
    """The attempt that is still good, or the next one; its places are held for as long as it can be paid."""
    order = locked_order(order_id)
    if order.is_called_off:
        raise HoldEnded
    last = order.payments.order_by("attempt").last()
    if last and last.status in Payment.UNFINISHED and last.expires_at > timezone.now() and order.is_holding:
        return last
    if last and order.payments.refused_for_good().count() >= MOST_REFUSED:
        raise TriedEnough
    until = _hold_for_new_attempt(order, is_first=last is None)
    return write_attempt(order, number=last.attempt + 1 if last else 1, held_until=until)


def _hold_for_new_attempt(order: Order, *, is_first: bool) -> datetime:
    """Holds the places long enough for a new page to pay on; raises HoldEnded or SoldOut."""
    now = timezone.now()
    is_open = order.status in order_status.PAYABLE_BY_CARD
    has_time = order.is_holding and order.held_until >= now + HOLD - SPARE
    is_waiting = has_time or (is_first and order.is_holding)
    if (
        not is_open
        or order.is_by_invoice
        or (now - order.placed_at > LONGEST_HOLD and not is_waiting)
        or (order.moved_from and not order.moved_from.can_be_given)  # it would have to be sent back
        or order.payments.filter(status__in=Payment.IN_OR_COMING).exists()
    ):
        raise HoldEnded
    if has_time:
        return order.held_until
    until = now + HOLD
    if order.status == Order.Status.LAPSED:
        _take_up_again(order)
    for workshop, tickets in order.by_workshop(order.tickets()):
        places.renew_holds(workshop, tickets=tickets, until=until)
    if order.series_id:
        series_offers.mark_renewed(order.tickets())
    order.held_until = until
    order.save(update_fields=["held_until"])
    return until


def _take_up_again(order: Order) -> None:
    try:
        check_bounds(order, places=order.lines.count())
        discounts.reserve_again(order)
    except (TooManyHeld, codes.CodeNotUsable) as error:
        raise HoldEnded from error
    move(order, Order.Status.PENDING)


def _open_session(payment: Payment, lines: Sequence[OrderLine]) -> Payment:
    try:
        session = stripe_api.create_session(_session_request(payment, lines))
    except stripe_api.StripeFailed as error:
        _note_failure(payment, error)
        raise
    checkpoint("page made")
    payment = _store_page(payment, session)
    checkpoint("page stored")
    if payment.status == Payment.Status.EXPIRED:  # the places were given back while Stripe was asked
        raise HoldEnded
    return payment


@transaction.atomic
def _store_page(payment: Payment, session: stripe_api.CheckoutSession) -> Payment:
    is_new = payment.status == Payment.Status.NEW
    page = {"session_id": session.id, "session_url": session.url, "opened_at": timezone.now()}
    if is_new and move_as_read(payment, Payment.Status.OPEN, **page):
        return payment
    # A webhook was faster, or the places were given back: the status stays, and the page is kept beside it.
    payment = Payment.objects.select_for_update(of=("self",)).select_related("order").get(pk=payment.pk)
    for name, value in page.items():
        setattr(payment, name, value)
    payment.save(update_fields=list(page))
    return payment


def _note_failure(payment: Payment, error: stripe_api.StripeFailed) -> None:
    if isinstance(error, stripe_api.StripeRefused):
        _give_up(payment, refusal_facts(error.refusal) if error.refusal else {})
    elif error.refusal:
        payment.note_refusal(error.refusal)


@transaction.atomic
def _give_up(payment: Payment, facts: dict[str, Any]) -> None:
    payment = Payment.objects.select_for_update(of=("self",)).select_related("order").get(pk=payment.pk)
    if payment.status == Payment.Status.NEW:
        move(payment, Payment.Status.FAILED, note="Stripe refused this attempt.", **facts)


def _address_for(payment: Payment) -> str:
    """Stripe's page asks for another where it has refused ours."""
    order = payment.order
    if payment.attempt > 1 and order.payments.filter(attempt__lt=payment.attempt, refused_param=ADDRESS).exists():
        return ""
    return order.buyer_email


def _session_lines(order: Order, lines: Sequence[OrderLine]) -> Iterator[stripe_api.SessionLine]:
    """One for each place; of a place that was moved, the difference alone."""
    for line in lines:
        words = order.discount_words if line.discount else ""
        if order.credit:
            words = f"The difference to {line.total}: {order.credit} was paid for the place that you move."
        yield stripe_api.SessionLine(line.description, words, line.total - order.credit)


def _session_request(payment: Payment, lines: Sequence[OrderLine]) -> stripe_api.SessionRequest:
    order = payment.order
    link = settings.SITE_URL + path_by_secret("orders:payment_return", order.secret)
    return stripe_api.SessionRequest(
        key=payment.idempotency_key,
        order_number=order.number,
        attempt=payment.attempt,
        lines=tuple(_session_lines(order, lines)),
        currency=payment.currency,
        email=_address_for(payment),
        expires_at=payment.expires_at,
        success_url=f"{link}?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=settings.SITE_URL + order.get_absolute_url(),
        locale=LOCALES[Practice.current().locale],
    )
