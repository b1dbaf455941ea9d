"""The sale, top-down: hold the places and freeze the price, then ask Stripe for a page to pay on."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from courses import offers, places
from courses.models import Ticket, Workshop
from courses.places import NewTicket
from kit.addresses import benefit_key, email_key
from kit.checkpoints import checkpoint
from orders import consents, mails, stripe_api
from orders.locks import lock_orders
from orders.models import Order, OrderLine, Payment
from orders.paper import documents
from orders.pricing import codes, discounts
from orders.pricing.prices import Quote, quote, vat_of
from orders.states import move
from practice.models import Page, Practice
from practice.refund_policy import snapshot

SESSION_LIFE = timedelta(minutes=35)  # Stripe's own floor is 30; the rest is for clocks that differ
SPARE = timedelta(minutes=3)
HOLD = timedelta(minutes=45)  # longer than the session, so that a payment at the last moment finds its place
LONGEST_HOLD = timedelta(hours=3)  # however often somebody tries again
MOST_PLACES = 6
NUMBER_SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class SaleClosed(Exception):
    """This workshop or ticket type cannot be booked now."""


class PriceChanged(Exception):
    """The price is not the one that the buyer was shown."""


class HoldEnded(Exception):
    """The places went back on sale, or the order needs no payment any more."""


@dataclass(frozen=True)
class Buyer:
    """Who pays. The time zone is an IANA name."""

    name: str
    email: str
    time_zone: str
    wants_news: bool = False


def place_order(
    workshop: Workshop,
    *,
    tickets: Sequence[NewTicket],
    buyer: Buyer,
    key: UUID,
    code: str = "",
    shown_total: Decimal | None = None,
    offer: str = "",
    agreed: Collection[str] = (),
) -> Order:
    """Hold the places and freeze the price. The same key finds the first order again.

    Nothing to pay confirms the places at once. `offer` is the secret of a waiting-list offer, whose place is used;
    `agreed` are the kinds of consent that the buyer gave.
    Raises SoldOut, SaleClosed, CodeNotUsable, OfferEnded, OfferInUse, and PriceChanged when the total is not the one
    shown.
    """
    with transaction.atomic():
        locked = places.lock_workshop(workshop.pk)
        if existing := Order.objects.filter(key=key).first():
            return existing
        until = timezone.now() + HOLD
        order = hold_order(
            locked,
            tickets=tickets,
            buyer=buyer,
            key=key,
            until=until,
            code=code,
            shown_total=shown_total,
            offer=offer,
            agreed=agreed,
        )
        if order.total == 0:
            confirm_order(order, tickets_of(order))
        checkpoint("order written")
    checkpoint("order placed")
    return order


def hold_order(
    workshop: Workshop,
    *,
    tickets: Sequence[NewTicket],
    buyer: Buyer,
    key: UUID,
    until: datetime,
    code: str = "",
    shown_total: Decimal | None = None,
    offer: str = "",
    agreed: Collection[str] = (),
) -> Order:
    """What every sale begins with: places held until that moment, prices frozen. The workshop must be locked.

    Raises as `place_order` does.
    """
    check_on_sale(workshop, tickets)
    quoted = price_of(tickets, code=code, email=buyer.email)
    if shown_total is not None and shown_total != quoted.total:
        raise PriceChanged
    if offer:
        held = offers.hold_places(workshop, wanted=tickets, until=until, offer=offer)
    else:
        held = places.hold_places(workshop, wanted=tickets, until=until)
    order = write_order(workshop, buyer=buyer, quoted=quoted, key=key, until=until)
    consents.record(order, write_lines(order, held, quoted), agreed)
    if quoted.code:
        discounts.reserve(quoted.code, order=order)
    return order


def price_of(tickets: Sequence[NewTicket], *, code: str, email: str) -> Quote:
    """Of places of one workshop. Raises CodeNotUsable with words for the buyer."""
    ticket_types = [ticket.ticket_type for ticket in tickets]
    if not code.strip():
        return quote(ticket_types)
    usable = discounts.find_usable(code, email=email, course=ticket_types[0].workshop.course)
    return quote(ticket_types, code=usable)


def check_on_sale(workshop: Workshop, tickets: Sequence[NewTicket]) -> None:
    for ticket in tickets:
        ticket_type = ticket.ticket_type
        if ticket_type.workshop_id != workshop.pk or not ticket_type.is_on_sale():
            raise SaleClosed
    if not 1 <= len(tickets) <= MOST_PLACES:
        raise SaleClosed


def confirm_order(order: Order, tickets: Sequence[Ticket]) -> None:
    """The places are theirs; the mails tell it. Workshop and order must be locked. Raises SoldOut."""
    places.confirm_tickets(order.workshop, tickets=tickets)
    offers.mark_booked(tickets)
    codes.redeem(order)
    move(order, Order.Status.PAID, paid_at=timezone.now())
    mails.tell_confirmed(order, tickets)
    documents.after_commit(order)


def start_payment(order: Order) -> Payment:
    """The open page to pay this order on, made at Stripe if there is none yet.

    First the attempt is committed with all its parameters, then Stripe is asked, outside any transaction and with
    a key that follows from the attempt. Raises HoldEnded, SoldOut and StripeUnavailable.
    """
    payment = _attempt_to_pay(order.pk)
    checkpoint("attempt made")
    if payment.session_url:
        return payment
    try:
        return _open_session(payment)
    except stripe_api.StripeRefused:
        _give_up(payment)
    payment = _attempt_to_pay(order.pk)
    try:
        return _open_session(payment)
    except stripe_api.StripeRefused as error:
        raise stripe_api.StripeUnavailable from error


def locked_order(order_id: int) -> Order:
    """Locks the workshop, then the order; for a moved place also those that it comes from."""
    return lock_orders([order_id])[order_id]


def tickets_of(order: Order) -> list[Ticket]:
    return [line.ticket for line in order.lines.select_related("ticket__ticket_type")]


def write_order(workshop: Workshop, *, buyer: Buyer, quoted: Quote, key: UUID, until: datetime, **facts: Any) -> Order:
    """Prices, terms and refund policy as they stand; further facts of a moved place come as they are."""
    now = timezone.now()
    practice = Practice.current()
    order = Order.objects.create(
        number=_free_number(),
        key=key,
        workshop=workshop,
        buyer_name=buyer.name,
        buyer_email=buyer.email,
        email_key=email_key(buyer.email),
        benefit_key=benefit_key(buyer.email),
        time_zone=buyer.time_zone,
        currency=settings.CURRENCY,
        total=quoted.total,
        terms=Page.objects.current(Page.Kind.TERMS),
        refund_terms=snapshot(practice.refund_policy),
        agreed_at=now,
        wants_news=buyer.wants_news,
        held_until=until,
        placed_at=now,
        **{"discount_words": quoted.discount_words} | facts,
    )
    audit.record(order, after=order.status)
    return order


def write_lines(order: Order, tickets: Sequence[Ticket], quoted: Quote) -> list[OrderLine]:
    rate = Practice.current().vat_rate
    return OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            ticket=ticket,
            description=f"{order.workshop.title}: {line.ticket_type.name}",
            price=line.price,
            discount=line.discount,
            **vat_of(line.ticket_type, rate),
        )
        for ticket, line in zip(tickets, quoted.lines, strict=True)
    )


def _free_number() -> str:
    while True:
        symbols = "".join(secrets.choice(NUMBER_SYMBOLS) for _ in range(8))
        number = f"{symbols[:4]}-{symbols[4:]}"
        if not Order.objects.filter(number=number).exists():
            return number


@transaction.atomic
def _attempt_to_pay(order_id: int) -> Payment:
    """The attempt that is still good, or the next one; its places are held for as long as it can be paid."""
    order = locked_order(order_id)
    if order.workshop.status == Workshop.Status.CANCELLED:
        raise HoldEnded
    last = order.payments.order_by("attempt").last()
    if last and last.status in Payment.UNFINISHED and last.expires_at > timezone.now() and order.is_holding:
        return last
    until = _hold_for_new_attempt(order, is_first=last is None)
    payment = Payment.objects.create(
        order=order,
        attempt=last.attempt + 1 if last else 1,
        amount=order.amount_to_pay,
        currency=order.currency,
        expires_at=until - HOLD + SESSION_LIFE,
        is_live=stripe_api.is_live(),
    )
    audit.record(payment, after=payment.status)
    return payment


def _hold_for_new_attempt(order: Order, *, is_first: bool) -> datetime:
    """Holds the places long enough for a new page to pay on; raises HoldEnded or SoldOut."""
    now = timezone.now()
    is_open = order.status in {Order.Status.PENDING, Order.Status.LAPSED}
    has_time = order.is_holding and order.held_until >= now + HOLD - SPARE
    is_waiting = has_time or (is_first and order.is_holding)
    if (
        not is_open
        or order.is_by_invoice
        or (now - order.placed_at > LONGEST_HOLD and not is_waiting)
        or (order.moved_from and not order.moved_from.can_be_given)  # it would have to be sent back
        or order.payments.filter(status__in=[Payment.Status.PAID, Payment.Status.PROCESSING]).exists()
    ):
        raise HoldEnded
    if has_time:
        return order.held_until
    until = now + HOLD
    if order.status == Order.Status.LAPSED:
        _take_up_again(order)
    places.renew_holds(order.workshop, tickets=tickets_of(order), until=until)
    order.held_until = until
    order.save(update_fields=["held_until"])
    return until


def _take_up_again(order: Order) -> None:
    try:
        discounts.reserve_again(order)
    except codes.CodeNotUsable as error:
        raise HoldEnded from error
    move(order, Order.Status.PENDING)


def _open_session(payment: Payment) -> Payment:
    session = stripe_api.create_session(_session_request(payment))
    checkpoint("page made")
    with transaction.atomic():
        payment = Payment.objects.select_for_update(of=("self",)).select_related("order").get(pk=payment.pk)
        payment.session_id, payment.session_url = session.id, session.url
        payment.save(update_fields=["session_id", "session_url"])
        if payment.status == Payment.Status.NEW:  # a webhook may have been faster
            move(payment, Payment.Status.OPEN)
    checkpoint("page stored")
    if payment.status == Payment.Status.EXPIRED:  # the places were given back while Stripe was asked
        raise HoldEnded
    return payment


def _give_up(payment: Payment) -> None:
    with transaction.atomic():
        payment = Payment.objects.select_for_update(of=("self",)).select_related("order").get(pk=payment.pk)
        if payment.status == Payment.Status.NEW:
            move(payment, Payment.Status.FAILED, note="Stripe refused this attempt.")


def _session_lines(order: Order) -> Iterator[stripe_api.SessionLine]:
    """One for each place; of a place that was moved, the difference alone."""
    for line in order.lines.all():
        words = order.discount_words if line.discount else ""
        if order.credit:
            words = f"The difference to {line.total}: {order.credit} was paid for the place that you move."
        yield stripe_api.SessionLine(line.description, words, line.total - order.credit)


def _session_request(payment: Payment) -> stripe_api.SessionRequest:
    order = payment.order
    link = settings.SITE_URL + reverse("orders:payment_return", args=[order.secret])
    return stripe_api.SessionRequest(
        key=payment.idempotency_key,
        order_number=order.number,
        attempt=payment.attempt,
        lines=tuple(_session_lines(order)),
        currency=payment.currency,
        email=order.buyer_email,
        expires_at=payment.expires_at,
        success_url=f"{link}?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=settings.SITE_URL + order.get_absolute_url(),
    )
