"""The sale, top-down: hold the places and freeze the price, then ask Stripe for a page to pay on."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from courses.models import Ticket, Workshop
from courses.seats import places, waiting_offers
from courses.seats.places import NewTicket
from kit.addresses import benefit_key, email_key
from kit.checkpoints import checkpoint
from orders import consents
from orders.checkout.confirming import confirm_order
from orders.models import Order, OrderLine
from orders.pricing import discounts
from orders.pricing.prices import Quote, price_of, vat_of
from practice.models import Page, Practice
from practice.refund_policy import snapshot

HOLD = timedelta(minutes=45)  # longer than the session, so that a payment at the last moment finds its place
MOST_PLACES = 6
NUMBER_SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class SaleClosed(Exception):
    """This workshop or ticket type cannot be booked now."""


class PriceChanged(Exception):
    """The price is not the one that the buyer was shown."""


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
            confirm_order(order, order.tickets())
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
        held = waiting_offers.hold_places(workshop, wanted=tickets, until=until, offer=offer)
    else:
        held = places.hold_places(workshop, wanted=tickets, until=until)
    order = write_order(workshop, buyer=buyer, quoted=quoted, key=key, until=until)
    consents.record(order, write_lines(order, held, quoted), agreed)
    if quoted.code:
        discounts.reserve(quoted.code, order=order)
    return order


def check_on_sale(workshop: Workshop, tickets: Sequence[NewTicket]) -> None:
    for ticket in tickets:
        ticket_type = ticket.ticket_type
        if ticket_type.workshop_id != workshop.pk or not ticket_type.is_on_sale:
            raise SaleClosed
    if not 1 <= len(tickets) <= MOST_PLACES:
        raise SaleClosed


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
