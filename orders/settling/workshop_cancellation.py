"""We cancel a whole workshop. One short transaction ends its sale; everybody is then told one order at a time, and what
a dead process left over the worker takes up (`follow_up`): who has been told is seen from the rows, never from a list.

Each place that was booked gets an offer: another run of the course at no extra cost, or the money. Free places end.
So do unpaid orders, but by the worker: their payment pages are closed first, and nobody at the desk waits for Stripe.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import chain, islice

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts import audit
from courses.models import Ticket, Workshop
from courses.publishing import check_as_seen
from courses.seats import places, waiting_mails, waiting_offers
from courses.states import move_all
from kit.database.plans import of_no_index
from kit.guard.addresses import email_key
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each, in_any_order
from orders import locks
from orders.changes import rebooking_offers
from orders.mails import rebooking_mails
from orders.mails.samples import Sample, sample_from
from orders.models import Order, OrderLine, RebookingOffer, order_status
from orders.settling import reconcile, settle
from outbox.post import collected

SILENCE = timedelta(days=7)  # after it the money goes back by itself


class NotCancellable(Exception):
    """It is over, cancelled already, or was never published."""


@dataclass(frozen=True)
class Affected:
    """Who has to do with a workshop that is to be cancelled, and how much money that is."""

    booked: list[OrderLine]
    free: list[Ticket]
    unpaid: list[Order]
    waiting: int

    @property
    def money(self) -> Decimal:
        return sum((line.left() for line in self.booked), Decimal())


def affected(workshop: Workshop) -> Affected:
    booked = _booked_lines().filter(ticket__workshop=workshop).select_related("order", "ticket__ticket_type")
    return Affected(
        booked=list(booked.order_by("order", "pk").prefetch_related("refunds")),
        free=list(_places_without_offer().filter(workshop=workshop)),
        unpaid=list(Order.objects.on([workshop]).filter(status__in=order_status.HOLDING)),
        waiting=workshop.waiting_list.unfinished().count(),
    )


def cancel_workshop(workshop: Workshop, *, because: str, seen: str | None = None) -> None:
    """Ends the sale now, and tells whoever has a place as soon as this is committed. `because` stands in their mails.

    `seen` is what a page sealed of it; None if nobody was asked. Raises NotCancellable and
    kit.forms.seen.ChangedMeanwhile.
    """
    with transaction.atomic():
        locked = places.lock_workshop(workshop.pk)
        if locked.status != Workshop.Status.PUBLISHED or locked.is_over:
            raise NotCancellable
        check_as_seen(locked, seen)
        locked.cancelled_because = because
        move_all([locked], Workshop.Status.CANCELLED, saving=["cancelled_because"], why=because)
        waiting_offers.offer_free_places(locked)  # there are none any more: closes the waiting list
    checkpoint("workshop cancelled")
    _see_to_each(_places_to_tell(Workshop.objects.filter(pk=workshop.pk)))


def samples_of(workshop: Workshop, *, because: str) -> list[Sample]:
    """A mail of each kind that it would send, in these words. Nothing is stored: rows here are cancelled in mind."""
    found = affected(workshop)
    with collected() as mails:
        for order in _first_orders(found.booked):
            _imagine(order.workshops, workshop, because)
            lines = [line for line in found.booked if line.order_id == order.pk]
            offers = [RebookingOffer(line=line, refund_at=timezone.now() + SILENCE) for line in lines]
            rebooking_mails.tell_workshop_cancelled(order, offers)
        for ticket in found.free[:1]:
            _imagine([ticket.workshop], workshop, because)
            rebooking_mails.tell_free_place_ended(ticket)
        for order in found.unpaid[:1]:
            _imagine(order.workshops, workshop, because)
            rebooking_mails.tell_unpaid_ended(order)
        for entry in workshop.waiting_list.unfinished()[:1]:
            _imagine([entry.workshop], workshop, because)
            waiting_mails.tell_closed(entry)
    return [sample_from(mail) for mail in {mail.kind: mail for mail in mails}.values()]


def follow_up() -> int:
    """The worker's part: whatever of a cancelled workshop is not seen to yet. Returns how many orders and places."""
    cancelled = Workshop.objects.filter(status=Workshop.Status.CANCELLED)
    unpaid = in_any_order(Order.objects.on(cancelled).filter(status__in=order_status.HOLDING))
    return _see_to_each(chain(unpaid, _places_to_tell(cancelled)))  # among these who paid at that very moment


def _imagine(workshops: Iterable[Workshop], workshop: Workshop, because: str) -> None:
    for each in workshops:
        if each.pk == workshop.pk:
            each.status, each.cancelled_because = Workshop.Status.CANCELLED, because


def _first_orders(booked: list[OrderLine]) -> list[Order]:
    """One of somebody who comes, and one of somebody who paid for others: they are told in other words."""
    first = [line.order for line in booked[:1]]
    others = (each.order for each in booked if email_key(each.ticket.attendee_email) != each.order.email_key)
    return [*first, *(order for order in islice(others, 1) if order not in first)]


def _see_to_each(rows: Iterable[Order | Ticket]) -> int:
    with audit.because("We cancelled the workshop."):
        return do_for_each(rows, _see_to)


def _see_to(row: Order | Ticket) -> bool:
    """In a transaction of its own; says whether it did anything."""
    if isinstance(row, Ticket):
        is_done = _end_free_place(row)
    elif row.is_part_paid:
        is_done = bool(settle.decide_place(row.payments.paid().earliest("attempt")))
    elif row.status in order_status.HOLDING:
        is_done = reconcile.give_back(row)
    else:
        is_done = _offer_choice(row.pk)
    checkpoint("one of them told")
    return is_done


def _places_to_tell(workshops: QuerySet[Workshop]) -> Iterator[Order | Ticket]:
    without_offer = _booked_lines().filter(ticket__workshop__in=workshops, rebooking_offer=None)
    yield from Order.objects.filter(pk__in=without_offer.values("order")).order_by("pk")
    yield from _places_without_offer().filter(workshop__in=workshops)


@transaction.atomic
def _offer_choice(order_id: int) -> bool:
    order = locks.lock_orders([order_id])[order_id]
    cancelled = [workshop for workshop in order.workshops if workshop.is_cancelled]
    lines = _booked_lines().filter(order=order, ticket__workshop__in=cancelled, rebooking_offer=None)
    lines = lines.select_related("ticket__ticket_type")
    offers = [RebookingOffer.objects.create(line=line, refund_at=timezone.now() + SILENCE) for line in lines]
    audit.record_all(audit.Change(offer, "", offer.status) for offer in offers)
    if offers:
        rebooking_mails.tell_workshop_cancelled(order, offers)
    return bool(offers)


@transaction.atomic
def _end_free_place(ticket: Ticket) -> bool:
    workshop = places.lock_workshop(ticket.workshop_id)
    ticket.refresh_from_db()
    if not ticket.is_confirmed:
        return False
    places.cancel_tickets(workshop, tickets=[ticket])
    rebooking_offers.decide(OrderLine.objects.filter(ticket=ticket), RebookingOffer.Status.REFUNDED)
    rebooking_mails.tell_free_place_ended(ticket)
    return True


def _booked_lines() -> QuerySet[OrderLine]:
    booked = OrderLine.objects.filter(ticket__status=Ticket.Status.CONFIRMED)
    return booked.alias(order_state=of_no_index("order__status")).filter(order_state=Order.Status.PAID)


def _places_without_offer() -> QuerySet[Ticket]:
    """Free ones, and those whose money has gone back already: there is nothing to choose."""
    bought = OrderLine.objects.filter(ticket=OuterRef("pk"), order__status=Order.Status.PAID)
    return Ticket.objects.confirmed().filter(~Exists(bought)).select_related("workshop__course")
