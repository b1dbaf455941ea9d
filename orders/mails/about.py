"""What several mails say of an order and its places."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from courses.models import Session, Ticket, TicketType, Workshop
from courses.row_parts import presenters
from kit.local.money import money
from kit.local.times import LocalSpan, until_label
from orders.models import Order, OrderLine, Refund
from orders.models.sold_series import SoldSeries
from orders.pricing.refund_policy import LineRefund, refund_for, refund_when_booked
from outbox.models import person_of
from practice.shown import clocks_of


def old_place(order: Order) -> dict[str, Any] | None:
    """Of a place that was moved: where it comes from, and what came back because the new one costs less."""
    line = order.moved_from
    if line is None:
        return None
    back = line.refunds.counting().filter(credit=None, created_at__gte=order.placed_at).total()
    return {"line": line, "order": line.order, "workshop": line.workshop, "back": back}


def staying_lines(order: Order) -> list[OrderLine]:
    return list(order.lines.filter(ticket__status=Ticket.Status.CONFIRMED).select_related("ticket"))


def sum_of(amounts: Sequence[LineRefund | Refund]) -> Decimal:
    return sum((each.amount for each in amounts), Decimal())


def about_order(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "workshop": order.sold,
        "order_url": settings.SITE_URL + order.get_absolute_url(),
        "refund_lines": order.refund_lines,
    }


def kind_of(template: str, order: Order, *, is_given: bool = False) -> str:
    """Of a mail to an attendee: what costs nothing can be booked, given on and cancelled for somebody all day long, and
    what is paid can be given on (`is_given`) and moved, so these have limits of their own."""
    if not order.total:
        return f"{template}:free"
    return f"{template}:given" if is_given or order.moved_from_id else template


def to_each_in_turn(tickets: Iterable[Ticket]) -> list[Ticket]:
    """As they are written to: whoever counts what a mailbox got locks it, and two who book lock in the same order."""
    return sorted(tickets, key=lambda ticket: person_of(ticket.attendee_email))


def sessions_with_times(workshop: Workshop | SoldSeries, zone: str) -> list[tuple[Session, list[LocalSpan]]]:
    """Each session with its times in the organiser's zone and the reader's."""
    clocks = clocks_of(workshop.time_zone, zone)
    return [(session, session.local_spans(clocks)) for session in workshop.session_list]


def back_until(order: Order, *, is_booked_now: bool) -> str:
    """What comes back now and until which moment; empty where nothing does, no moment ends it, or a person decides."""
    lines = [line for line in order.lines.all() if line.ticket.is_confirmed]
    quote = (refund_when_booked if is_booked_now else refund_for)(order, lines, timezone.now())
    if quote.holds_until is None or quote.is_for_a_person or not quote.total:
        return ""
    what = "everything" if quote.is_everything else money(quote.total, order.currency)
    return f"Cancel until {until_label(quote.holds_until, order.sold.time_zone)}, and {what} comes back."


def how_to_attend(workshop: Workshop | SoldSeries, tickets: Sequence[Ticket]) -> dict[str, Any]:
    """Who has bought the recording alone is not told of a live session."""
    is_live = any(ticket.access == TicketType.Access.LIVE for ticket in tickets)
    is_series = isinstance(workshop, SoldSeries)
    who = workshop.presenter_names if is_series else presenters(workshop.course_id).names
    how = "Live on Zoom" if is_live else "On catch-up"
    return {
        "is_live": is_live,
        "how": f"{how}, with {who}" if who else how,
        "hours": sum(each.course.cpd_hours for each in (workshop.workshops if is_series else [workshop])),
        "workshop_url": settings.SITE_URL + workshop.get_absolute_url(),
    }
