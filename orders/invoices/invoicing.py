"""An organisation books by invoice: the places are held now, the money comes by bank transfer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from courses.models import Workshop
from courses.seats import places
from kit.local.times import end_of_day
from kit.work.checkpoints import checkpoint
from orders.checkout import placing
from orders.checkout.attempts import HOLD
from orders.checkout.holding import check_share
from orders.checkout.placing import Wish
from orders.checkout.unconfirmed import ask_to_confirm
from orders.documents import issuing
from orders.mails import invoice_mails
from orders.models import Order
from orders.states import move
from practice.models import Practice, SaleTerms

DUE_BEFORE_START = timedelta(days=7)
GRACE = timedelta(days=7)  # after the due date: accounts departments and banks are slow
HELD_BEFORE_START = timedelta(days=1)  # so that somebody else can still book the places


class NotByInvoice(Exception):
    """No invoice is offered for this booking: too late, nothing to pay, or the practice takes none."""


@dataclass(frozen=True)
class Payer:
    """The organisation as it stands on the invoice."""

    name: str
    address: str
    po_number: str = ""

    def as_fields(self) -> dict[str, str]:
        return {"organisation": self.name, "organisation_address": self.address, "po_number": self.po_number}


@dataclass(frozen=True)
class Terms:
    """By when the invoice is to be paid (a day in the practice's zone), and how long the places wait for it."""

    due_on: date
    held_until: datetime


def place_invoice_order(workshop: Workshop, wish: Wish, *, payer: Payer) -> Order:
    """Hold the places until the invoice should be paid, and send it. The same key finds the first order again.

    An address that is not known to be the buyer's is asked to confirm first (`invoice_confirmed`). Raises NotByInvoice,
    TooManyInvoiced, and what `placing.place_order` raises.
    """
    with placing.selling():
        locked = places.lock_workshop(workshop.pk)
        found = placing.find_order_or_name(wish.key)
        if isinstance(found, Order):
            return found
        terms = terms_for(locked)
        if terms is None:
            raise NotByInvoice
        is_known = placing.knows_address(locked, wish)
        until = terms.held_until if is_known else timezone.now() + HOLD
        order = placing.hold_order(locked, wish, until=until, name=found).order
        if not order.total:
            raise NotByInvoice
        if wish.visitor:
            check_share(locked, places=len(wish.tickets))
        if is_known:
            send_invoice(order, payer, terms)
        else:
            ask_to_confirm(order, **payer.as_fields())
        checkpoint("invoice order written")
    return order


def invoice_confirmed(order: Order) -> None:
    """The buyer has pressed the button behind the link: the places wait for the transfer, and the invoice is sent.

    Workshop and order must be locked, and held by the order. Raises NotByInvoice.
    """
    terms = terms_for(order.workshop)
    if terms is None:
        raise NotByInvoice
    places.renew_holds(order.workshop, tickets=order.load_lines(), until=terms.held_until)
    send_invoice(order, Payer(order.organisation, order.organisation_address, order.po_number), terms)


def terms_for(workshop: Workshop) -> Terms | None:
    """What an invoice for this workshop would say if it were booked now; None where none is offered."""
    practice, terms, starts_at = Practice.current(), SaleTerms.current(), workshop.starts_at
    if not terms.takes_invoices or starts_at is None:
        return None
    today, first_day = practice.today(), starts_at.astimezone(practice.zone).date()
    due_on = min(today + timedelta(days=terms.invoice_days), first_day - DUE_BEFORE_START)
    if (first_day - today).days < terms.invoice_min_days_before or due_on <= today:
        return None
    return Terms(due_on, min(end_of_day(due_on + GRACE, practice.time_zone), starts_at - HELD_BEFORE_START))


def send_invoice(order: Order, payer: Payer, terms: Terms) -> None:
    """Its places, which are held already, wait for the transfer. Workshop and order must be locked."""
    move(
        order,
        Order.Status.INVOICED,
        held_until=terms.held_until,
        invoice_due_on=terms.due_on,
        **payer.as_fields(),
    )
    invoice_mails.tell_invoiced(order)
    issuing.issue_after_commit(order)
