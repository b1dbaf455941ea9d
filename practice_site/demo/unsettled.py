"""Orders of the demo that wait for somebody: each is left where a buyer, the bank, Stripe or the desk has to act.

They come about as in life, but two things: places that wait for a press or for Stripe wait for a week, so that somebody
can look at them, and two buyers began to pay before workshops that are over by now.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.utils import timezone

from courses.models import Workshop
from courses.seats import places
from courses.seats.places import NewTicket
from orders import stripe_api
from orders.checkout import attempts, paying, placing
from orders.checkout.visitors import Visitor
from orders.invoices import invoicing
from orders.models import Order
from orders.pricing.prices import quote
from orders.settling import reconcile, settle, transfers
from practice.models import Practice
from practice_site.demo.bookings import NOBODY_THERE, NOT_ANY_MORE, press
from practice_site.demo.shapes.sales import PayerWords, VisitorWords
from practice_site.demo.words import visitors as words

SHOWN_FOR = timedelta(days=7)
BEGAN_TO_PAY = timedelta(days=2)  # before now
TOO_MUCH = Decimal("20.00")
COMING, OTHER, TODAY, PAST = (
    "complexity-in-grief-one-day",
    "internal-family-systems-two-evenings",
    "siblings-today",
    "complexity-in-grief-last-term",
)


def load_unsettled() -> None:
    """Each once. What was begun is left as it is; once this site has gone on since its first run, none is added."""
    with suppress(*NOT_ANY_MORE, *NOBODY_THERE):
        for buyer, make in SCENES:
            if not Order.objects.filter(key=_key(buyer)).exists():
                make(buyer)


def _pay_in_part(buyer: VisitorWords) -> None:
    order = _invoice(buyer, words.CALDER, count=2)
    _transfer(order, order.total / 2)


def _pay_too_much(buyer: VisitorWords) -> None:
    order = _invoice(buyer, words.TIDEWAY)
    _transfer(order, order.total + TOO_MUCH)


def _leave_unconfirmed(buyer: VisitorWords) -> None:
    _show_longer(_invoice(buyer, words.MARLING, visitor=Visitor(network="demo")))


def _leave_unanswered(buyer: VisitorWords) -> None:
    order = _invoice(buyer, words.MARLING, visitor=Visitor(network="demo"))
    Order.objects.filter(pk=order.pk).update(held_until=timezone.now())
    reconcile.close_ended_holds()


def _be_refused(buyer: VisitorWords) -> None:
    """The stand-in refuses this address, as Stripe does while an account is not activated."""
    placed = placing.place_order(_workshop(OTHER), _wish(buyer, _workshop(OTHER)))
    logging.disable(logging.ERROR)  # it is meant: whoever starts the demo is not to look into it
    try:
        with suppress(stripe_api.StripeRefused):
            paying.start_first_payment(placed)
    finally:
        logging.disable(logging.NOTSET)
    _show_longer(placed.order)


def _pay_when_it_has_begun(buyer: VisitorWords) -> None:
    _pay_late(buyer, _workshop(TODAY))


def _pay_when_it_is_over(buyer: VisitorWords) -> None:
    _pay_late(buyer, _workshop(PAST))


SCENES: tuple[tuple[VisitorWords, Callable[[VisitorWords], None]], ...] = (
    (words.MARCUS, _pay_in_part),
    (words.SUNITA, _pay_too_much),
    (words.TOM, _leave_unconfirmed),
    (words.WILMA, _leave_unanswered),
    (words.REFUSED, _be_refused),
    (words.YUSUF, _pay_when_it_has_begun),
    (words.ZOE, _pay_when_it_is_over),
)


def _key(buyer: VisitorWords) -> UUID:
    return uuid5(NAMESPACE_DNS, f"unsettled {buyer.email}")


def _workshop(slug: str) -> Workshop:
    return Workshop.objects.select_related("course").get(slug=slug)


def _wish(buyer: VisitorWords, workshop: Workshop, *, count: int = 1, visitor: Visitor | None = None) -> placing.Wish:
    kind = workshop.ticket_types.select_related("workshop__course").get(name="Full price")
    names = [buyer.name, *words.COLLEAGUES][:count]
    tickets = [NewTicket(kind, name, buyer.email, buyer.time_zone) for name in names]
    who = placing.Buyer(buyer.name, buyer.email, buyer.time_zone)
    return placing.Wish(buyer=who, tickets=tickets, key=_key(buyer), visitor=visitor)


def _invoice(buyer: VisitorWords, payer: PayerWords, *, count: int = 1, visitor: Visitor | None = None) -> Order:
    wish = _wish(buyer, _workshop(COMING), count=count, visitor=visitor)
    return invoicing.place_invoice_order(_workshop(COMING), wish, payer=invoicing.Payer(**vars(payer)))


def _transfer(order: Order, amount: Decimal) -> None:
    transfers.record_transfer(order, amount=amount, received_on=Practice.current().today(), attempt=1)


def _show_longer(order: Order) -> None:
    until = timezone.now() + SHOWN_FOR
    Order.objects.filter(pk=order.pk).update(held_until=until)
    places.renew_holds(order.workshop, tickets=order.tickets(), until=until)


def _pay_late(buyer: VisitorWords, workshop: Workshop) -> None:
    """She chose a slow method while places were sold, and her bank pays only now."""
    wish, now = _wish(buyer, workshop), timezone.now()
    quoted = quote([each.ticket_type for each in wish.tickets])
    name = placing.find_order_or_name(wish.key)
    assert isinstance(name, placing.OrderName)  # a fresh demo has no such order
    order = placing.draft_order(workshop, wish.buyer, quoted, name=name, until=now + attempts.HOLD)
    order.placed_at = order.agreed_at = now - BEGAN_TO_PAY
    placing.store_order(order)
    held = places.hold_places(workshop, wanted=wish.tickets, until=order.held_until)
    placing.write_lines(order, held, quoted)
    attempts.write_attempt(order, held_until=order.held_until)
    _pay(order, "delayed", "settle")


def _pay(order: Order, *buttons: str) -> None:
    """On the page of the payment stand-in."""
    payment = paying.start_payment(order)
    for button in buttons:
        press(payment.session_url, button)
        settle.settle(stripe_api.retrieve_session(payment.session_id))
