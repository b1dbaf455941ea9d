"""A place for somebody who has one already is booked only if that is meant: the form asks."""

from collections.abc import Sequence

from django.db.models import QuerySet

from courses.models import Ticket, Workshop
from courses.seats.places import NewTicket
from kit.guard.addresses import email_key
from orders.checkout.visitors import Visitor
from orders.models import Order, OrderLine, order_status

TWICE = "Two of these places are for the same person, with the same name and address."
AGAIN = "There is a place for this address{on} already, booked before."
UNSETTLED = "A place for this address{on} was ordered before, and that order is not settled yet."


def why_ask(workshop: Workshop, wanted: Sequence[NewTicket], *, key: str, begun: Order | None, visitor: Visitor) -> str:
    """Why it looks as if somebody books twice; empty if it does not.

    Of earlier orders only those that the visitor may see anyway: begun in this browser, or of an address that she has
    proven. An order with the form's own key is this one, sent again.
    `{on}` in it is for the workshop's name, where several are booked.
    """
    people = [(_same_letters(each.name), email_key(each.email), each.ticket_type.access) for each in wanted]
    if len(set(people)) < len(people):
        return TWICE
    orders = Order.objects.on([workshop]).filter(email_key__in=visitor.addresses) if visitor.addresses else []
    known = {each.pk for each in [*orders, *([begun] if begun else [])] if str(each.key) != key}
    if not known:
        return ""
    ordered = workshop.tickets.filter(pk__in=OrderLine.objects.filter(order__in=known).values("ticket"))
    if _is_among(ordered.confirmed(), wanted):
        return AGAIN
    unsettled = OrderLine.objects.filter(order__in=known, order__status__in=order_status.UNSETTLED)
    return UNSETTLED if _is_among(ordered.filter(pk__in=unsettled.values("ticket")), wanted) else ""


def _is_among(tickets: QuerySet[Ticket], wanted: Sequence[NewTicket]) -> bool:
    """Whatever it cost then: an early bird is a live place, too."""
    taken = {(email_key(email), access) for email, access in tickets.values_list("attendee_email", "access")}
    return any((email_key(each.email), each.ticket_type.access) in taken for each in wanted)


def _same_letters(name: str) -> str:
    return " ".join(name.casefold().split())
