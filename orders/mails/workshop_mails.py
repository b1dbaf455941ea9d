"""News of a workshop that changed after people had booked it."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from courses.calendar_requests import requests_for
from courses.models import Ticket, Workshop, WorkshopChange
from kit.local.times import until_label
from orders.mails.about import sessions_with_times
from orders.models import Order
from orders.pricing.refund_policy import free_after_change, refund_for
from outbox.post import on, queue_message
from practice.models import Practice


@dataclass(frozen=True)
class Person:
    """Who is told: as an attendee, as a buyer, or as both."""

    tickets: tuple[Ticket, ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def email(self) -> str:
        return self.orders[0].buyer_email if self.orders else self.tickets[0].attendee_email

    @property
    def time_zone(self) -> str:
        return self.tickets[0].attendee_time_zone if self.tickets else self.orders[0].time_zone


def tell_changed(change: WorkshopChange, person: Person, *, key: str) -> None:
    """What was, what is, the sessions as they are now with a calendar file, and what the buyer may take back."""
    workshop = change.workshop
    queue_message(
        key=key,
        about=on(person.orders[0] if person.orders else person.tickets[0]),
        to=person.email,
        template="orders/workshop_changed",
        context={
            "workshop": workshop,
            "words": change.words,
            "note": change.note,
            "sessions": sessions_with_times(workshop, person.time_zone),
            "is_live": not workshop.is_over and any(each.is_live for each in person.tickets),
            "joining_pages": [settings.SITE_URL + each.get_absolute_url() for each in person.tickets],
            "bookings": [_booking(change, order) for order in person.orders],
        },
        attachments=requests_for(person.tickets),
        reply_to=Practice.current().email,
    )


def _booking(change: WorkshopChange, order: Order) -> dict[str, str | bool]:
    """Its page, and until when everything comes back on it; empty if nothing does."""
    workshop = change.workshop
    until = free_after_change(workshop, order.placed_at) if change.gives_back and order.total else None
    return {
        "number": order.number,
        "is_series": order.series_id is not None,
        "url": settings.SITE_URL + order.get_absolute_url(),
        "until": until_label(until, workshop.time_zone) if until else "",
        "has_no_recording": not until and _goes_back_without_a_recording(order, workshop),
    }


def _goes_back_without_a_recording(order: Order, workshop: Workshop) -> bool:
    """Whether somebody who bought the recording alone may have the money for it back, because there is to be none."""
    if workshop.catch_up_days:
        return False
    tickets = [each for each in order.load_lines() if each.workshop_id == workshop.pk and each.is_confirmed]
    alone = {each.pk for each in tickets if not each.is_live}
    lines = [line for line in order.lines.all() if line.ticket_id in alone]
    return bool(lines) and refund_for(order, lines, timezone.now()).total > 0
