"""The sale, top-down: hold the places and freeze the price, then ask Stripe for a page to pay on."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit
from courses.models import Cohort, Ticket, Workshop
from courses.seats import places, waiting_offers
from courses.seats.places import NewTicket
from kit.database.conflicts import is_gone
from kit.database.questions import Asked, written_once
from kit.guard.addresses import benefit_key, email_key
from kit.work.checkpoints import checkpoint
from orders import consents
from orders.checkout.attempts import HOLD, write_attempt
from orders.checkout.confirming import confirm_order
from orders.checkout.holding import check_bounds
from orders.checkout.unconfirmed import ask_to_confirm
from orders.checkout.visitors import Visitor, is_proven
from orders.models import Order, OrderLine, Payment
from orders.pricing import discounts
from orders.pricing.prices import Quote, price_of
from orders.pricing.vat import shares_of
from practice import booking_terms
from practice.models import SaleTerms
from practice.refund_policy import snapshot

MOST_PLACES = 6
NUMBER_SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class SaleClosed(Exception):
    """This workshop or ticket type cannot be booked now."""


class PriceChanged(Exception):
    """The price is not the one that the buyer was shown."""


@dataclass(frozen=True)
class Buyer:
    """Who pays. The time zone is an IANA name; the words are those that stood beside the boxes that were ticked."""

    name: str
    email: str
    time_zone: str
    news_words: str = ""
    terms_words: str = ""


@dataclass(frozen=True)
class Wish:
    """What a buyer asks for: places of one workshop, or one person's on each workshop of a series.

    The key comes with the form: the same one is the same booking.
    """

    buyer: Buyer
    tickets: Sequence[NewTicket]
    key: UUID
    code: str = ""
    shown_total: Decimal | None = None  # None: no price was shown
    waiting_offer: str = ""  # the secret of an offer from the waiting list, whose place is used
    agreed: Collection[str] = ()  # the kinds of consent that were given
    visitor: Visitor | None = None  # None: an editor books


class OrderName(NamedTuple):
    """What an order is found by: the key of its form, and its number."""

    key: UUID
    number: str


@dataclass(frozen=True)
class Placed:
    """An order. One that was written just now brings its lines, and the attempt to pay it where that is needed."""

    order: Order
    lines: Sequence[OrderLine] = ()
    attempt: Payment | None = None

    @property
    def is_new(self) -> bool:
        return bool(self.lines)


def place_order(workshop: Workshop, wish: Wish) -> Placed:
    """Hold the places, freeze the price, and write the first attempt to pay. The same key finds the first order again.

    Nothing to pay confirms the places at once, once the address is known to be the buyer's. Raises SoldOut, SaleClosed,
    CodeNotUsable, OfferEnded, OfferInUse, TooManyHeld, AskedTooOften, and PriceChanged when the total is not the one
    shown.
    """
    with selling(), audit.in_one_insert():
        locked = places.lock_workshop(workshop.pk)
        found = find_order_or_name(wish.key)
        if isinstance(found, Order):
            return Placed(found)
        placed = hold_order(locked, wish, until=timezone.now() + HOLD, name=found)
        placed = begin_to_pay(placed, is_known=not placed.order.total and knows_address(locked, wish))
    checkpoint("order placed")
    return placed


@contextmanager
def selling() -> Iterator[None]:
    """A transaction. A ticket that the desk has deleted since the form was read is on sale no longer: the database
    knows it at the commit. Raises SaleClosed.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if is_gone(error):
            raise SaleClosed from error
        raise


def begin_to_pay(placed: Placed, *, is_known: bool) -> Placed:
    """The first attempt to pay; where nothing is to be paid, booked at once for an address that is known."""
    order = placed.order
    if order.total:
        placed = replace(placed, attempt=write_attempt(order, held_until=order.held_until))
    elif is_known:
        confirm_order(order, order.load_lines())
    else:
        ask_to_confirm(order)
    checkpoint("order written")
    return placed


def find_order_or_name(key: UUID) -> Order | OrderName:
    """The order that this key has made, or the key with a number that no order has yet; in one question."""
    while True:
        symbols = "".join(secrets.choice(NUMBER_SYMBOLS) for _ in range(8))
        number = f"{symbols[:4]}-{symbols[4:]}"
        found = _of_key_or_number(key=key.hex, number=number)
        if existing := next((order for order in found if order.key == key), None):
            return existing
        if not found:
            return OrderName(key, number)


def hold_order(workshop: Workshop, wish: Wish, *, until: datetime, name: OrderName) -> Placed:
    """What every sale begins with: places held until that moment, prices frozen. The workshop must be locked.

    Raises as `place_order` does.
    """
    check_on_sale(workshop, wish.tickets)
    quoted = price_of(wish.tickets, code=wish.code, email=wish.buyer.email)
    if wish.shown_total is not None and wish.shown_total != quoted.total:
        raise PriceChanged
    order = draft_order(workshop, wish.buyer, quoted, name=name, until=until)
    if wish.visitor:
        order.from_network, order.from_browser = wish.visitor.network, wish.visitor.browser
    check_bounds(order, places=len(wish.tickets))
    if isinstance(quoted.code, Cohort):  # an offer that she has as well is not used: it ends by itself
        held = places.hold_places(workshop, wanted=wish.tickets, until=until, cohort=quoted.code)
    elif wish.waiting_offer:
        held = waiting_offers.hold_places(workshop, wanted=wish.tickets, until=until, offer=wish.waiting_offer)
    else:
        held = places.hold_places(workshop, wanted=wish.tickets, until=until)
    store_order(order)
    lines = write_lines(order, held, quoted)
    consents.record(order, lines, wish.agreed)
    if quoted.code:
        discounts.reserve(quoted.code, order=order)
    return Placed(order, lines)


def knows_address(workshop: Workshop, wish: Wish) -> bool:
    """Whether the buyer's address need not be confirmed before anything is booked or sent with it."""
    return is_proven(wish.buyer.email, visitor=wish.visitor, workshop=workshop, waiting_offer=wish.waiting_offer)


def check_on_sale(workshop: Workshop, tickets: Sequence[NewTicket]) -> None:
    """The tickets know their workshop as a page has read it, the caller as it stands. Raises SaleClosed."""
    if not workshop.is_published:
        raise SaleClosed
    for ticket in tickets:
        ticket_type = ticket.ticket_type
        if ticket_type.workshop_id != workshop.pk or not ticket_type.is_on_sale:
            raise SaleClosed
    if not 1 <= len(tickets) <= MOST_PLACES:
        raise SaleClosed


def draft_order(workshop: Workshop, buyer: Buyer, quoted: Quote, *, name: OrderName, until: datetime) -> Order:
    """With prices, terms and refund policy as they stand; not stored yet."""
    now = timezone.now()
    return Order(
        number=name.number,
        key=name.key,
        workshop=workshop,
        buyer_name=buyer.name,
        buyer_email=buyer.email,
        email_key=email_key(buyer.email),
        benefit_key=benefit_key(buyer.email),
        time_zone=buyer.time_zone,
        currency=settings.CURRENCY,
        total=quoted.total,
        discount_words=quoted.discount_words,
        group_places=quoted.group_places,
        terms=booking_terms.in_force(),
        terms_words=buyer.terms_words,
        refund_terms=snapshot(SaleTerms.current().refund_policy),
        agreed_at=now,
        news_words=buyer.news_words,
        held_until=until,
        placed_at=now,
    )


def store_order(order: Order) -> None:
    order.save()
    audit.record(order, after=order.status)


def write_lines(order: Order, tickets: Sequence[Ticket], quoted: Quote) -> list[OrderLine]:
    shares = shares_of(quoted, SaleTerms.current().vat_rate)
    return OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            ticket=ticket,
            description=f"{ticket.workshop.title}: {line.ticket_type.name}",
            price=line.price,
            discount=line.discount,
            vat_treatment=share.vat_treatment,
            vat_rate=share.vat_rate,
            vat=share.vat,
        )
        for ticket, line, share in zip(tickets, quoted.lines, shares, strict=True)
    )


@written_once
def _of_key_or_number(key: Asked, number: Asked) -> QuerySet[Order]:
    return Order.objects.filter(Q(key=key) | Q(number=number))
