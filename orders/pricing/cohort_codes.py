"""Codes of cohorts: each is good for one of the places that are kept, once for each person.

A place is taken with the ticket that holds it, under the workshop's lock; there is nothing else to reserve.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from courses.models import Cohort, Ticket, Workshop
from kit.guard.addresses import benefit_key
from kit.local.times import long_day
from orders.models import Order, OrderLine, order_status
from orders.pricing.codes import CodeNotUsable, why_held
from orders.pricing.general_codes import normalise

ENDED = "The places that were kept for this code are kept no longer. You can book without it, while there are places."
ALL_TAKEN = "Every place that is kept for this code is booked. You can book without it, while there are places."
ALL_HELD = (
    "Every place that is kept for this code is taken, some by bookings that are not paid yet. Try later, or book "
    "without it, while there are places."
)
AGAIN = "You have booked with this code already. It is good for one place of each person."
FOR_THEM_ALREADY = "Whoever this place is for has one with this code already. It is good for one place of each person."
OTHER_TICKET = "The places that are kept for this code are for the ticket “{}”. Choose that one to use it."
ONE_EACH = (
    "This code is good for one place. Take the other places off; whoever else has the code books with it themselves."
)


def find(text: str) -> Cohort | None:
    """Whose code it is, good or not."""
    code = normalise(text)
    return Cohort.objects.select_related("ticket_type__workshop__course").filter(code=code).first() if code else None


def check_usable(cohort: Cohort, *, email: str | None, workshop: Workshop) -> None:
    """Whether this person may have one of its places now; raises CodeNotUsable, which says why not.

    Without an address it is not asked who has used it. With the workshop locked the answer holds.
    """
    if reason := _why_not(cohort, email, workshop):
        raise CodeNotUsable(reason)


def check_attendee(cohort: Cohort, *, email: str) -> None:
    """Whether whoever comes has no place of it yet, with the workshop locked; raises CodeNotUsable."""
    if _place_of(cohort, email):
        raise CodeNotUsable(FOR_THEM_ALREADY)


def check_again(order: Order) -> None:
    """Whether neither its buyer nor whoever comes has one meanwhile, when a place that lapsed is to be the order's once
    more. The workshop must be locked. Raises CodeNotUsable.
    """
    for cohort in Cohort.objects.filter(tickets__in=order.lines.values("ticket")):
        people = {order.benefit_key, *map(_attendee_key, order.tickets())} - {""}
        others = _lines(cohort).exclude(order=order).select_related("ticket")
        if any(people & {each.order.benefit_key, _attendee_key(each.ticket)} for each in others):
            raise CodeNotUsable(AGAIN)


def has_place(cohort: Cohort, *, email: str, beside: Ticket) -> bool:
    """Whether this person comes on another of its places."""
    others = cohort.tickets.occupying().exclude(pk=beside.pk)
    return any(_attendee_key(each) == benefit_key(email) for each in others)


def kept_words(cohort: Cohort) -> str:
    """For whoever has typed the code."""
    return f"You take one of the places that are kept for {cohort.name}."


def _why_not(cohort: Cohort, email: str | None, workshop: Workshop) -> str:
    if cohort.ticket_type.workshop_id != workshop.pk:
        other = cohort.ticket_type.workshop
        return f"This code is for another workshop: “{other.title}”, {other.starts_on}."
    if cohort.ended_at:
        return ENDED
    if not cohort.is_running:
        last = (cohort.ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(workshop.time_zone))
        return f"Places were kept for this code until {long_day(last)}. You can book without it, while there are some."
    if email and (own := _place_of(cohort, email)):
        return why_held(own.order) if own.order.status in order_status.HOLDING else AGAIN
    if cohort.places_kept():
        return ""
    return ALL_HELD if _lines(cohort).filter(order__status__in=order_status.HOLDING).exists() else ALL_TAKEN


def _place_of(cohort: Cohort, email: str) -> OrderLine | None:
    """Which one this person has booked with the code, or was given by whoever had."""
    key = benefit_key(email)
    lines = _lines(cohort).select_related("ticket")
    return next((each for each in lines if key in {each.order.benefit_key, _attendee_key(each.ticket)}), None)


def _attendee_key(ticket: Ticket) -> str:
    return benefit_key(ticket.attendee_email) if ticket.attendee_email else ""


def _lines(cohort: Cohort) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(ticket__in=cohort.tickets.occupying()).select_related("order")
