"""One more place beside those of a booked order, for whom the desk says.

It is an order of its own, `added_to` the first one, with the same buyer and today's price, terms and refund policy: so
nothing of what is paid becomes unpaid, and what is to pay has its own payment, its own hold and its own end. With the
places that are booked there already it may be enough for the group price; those keep what they cost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.models import TicketType, Workshop
from courses.seats import places
from courses.seats.places import Attendee, NewTicket
from orders import consents
from orders.changes.moves import MayNotMove
from orders.checkout import confirming, placing
from orders.checkout.placing import HOLD, Buyer, OrderName
from orders.invoices import invoicing
from orders.invoices.invoicing import Payer, Terms
from orders.locks import lock_orders
from orders.mails import change_mails
from orders.models import Order
from orders.pricing.prices import Quote, quote_added

HOLD_AT_DESK = timedelta(hours=24)  # as for a move: nobody is waiting at the screen
NOT_BOOKED = "Nothing is booked with this order at present, so there is nothing to add a place to."
OF_A_SERIES = "A series is sold whole. Book another one, or give a free place on one of its workshops."
STARTED = "The workshop has started, so no place can be added. Give a free one instead."


@dataclass(frozen=True)
class Added:
    """A place that is wanted. The key comes with the page: the same one is the same place. `waive` says why it costs
    nothing, in words for the receipt."""

    ticket_type: TicketType
    attendee: Attendee
    key: UUID
    waive: str = ""


@transaction.atomic
def add_place(order: Order, added: Added) -> Order:
    """The new order: booked where nothing is to pay, by invoice where the first one was, otherwise held until it is
    paid by the link that the buyer is sent. The same key finds the first one again.

    Raises MayNotMove, SoldOut and SaleClosed.
    """
    locked = lock_orders([order.pk])[order.pk]
    name = placing.find_order_or_name(added.key)
    if isinstance(name, Order):
        return name
    if reason := why_not(locked):
        raise MayNotMove(reason)
    wanted = _wanted(added, locked.workshop)
    placing.check_on_sale(locked.workshop, [wanted])
    beside = locked.lines.filter(ticket__status="confirmed").count()
    quoted = quote_added(wanted.ticket_type, beside=beside, waive=added.waive)
    terms = invoicing.terms_for(locked.workshop) if locked.is_by_invoice and quoted.total else None
    until = terms.held_until if terms else hold_until(locked.workshop)
    new = _place_order(locked, wanted, quoted, name, until=until)
    _begin(new, locked, terms)
    return new


def why_not(order: Order) -> str:
    """In words for the desk; empty when a place can be added."""
    if order.series_id:
        return OF_A_SERIES
    if not order.is_paid or not order.lines.filter(ticket__status="confirmed").exists():
        return NOT_BOOKED
    return STARTED if order.workshop.has_started else ""


def hold_until(workshop: Workshop) -> datetime:
    now = timezone.now()
    longest = min(filter(None, (now + HOLD_AT_DESK, workshop.starts_at)))
    return max(longest, now + HOLD)


def _wanted(added: Added, workshop: Workshop) -> NewTicket:
    ticket_type = workshop.ticket_types.filter(pk=added.ticket_type.pk).first()
    if ticket_type is None:
        raise placing.SaleClosed
    ticket_type.workshop, who = workshop, added.attendee
    return NewTicket(ticket_type, who.name, who.email, who.time_zone, who.access_needs)


def _place_order(beside: Order, wanted: NewTicket, quoted: Quote, name: OrderName, *, until: datetime) -> Order:
    held = places.hold_places(beside.workshop, wanted=[wanted], until=until)
    buyer = Buyer(beside.buyer_name, beside.buyer_email, beside.time_zone)
    new = placing.draft_order(beside.workshop, buyer, quoted, name=name, until=until)
    new.added_to = beside
    placing.store_order(new)
    consents.record(new, placing.write_lines(new, held, quoted), ())
    return new


def _begin(new: Order, beside: Order, terms: Terms | None) -> None:
    if not new.total:
        confirming.confirm_order(new, new.load_lines())
    elif terms:
        payer = Payer(beside.organisation, beside.organisation_address, beside.po_number)
        invoicing.send_invoice(new, payer, terms)
    else:
        change_mails.tell_added(new)
