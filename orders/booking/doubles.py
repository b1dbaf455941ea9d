"""A place for somebody who has one already is booked only if that is meant: the form asks."""

from collections.abc import Collection, Sequence

from courses.models import Workshop
from courses.seats.places import NewTicket
from kit.addresses import email_key
from orders.checkout.visitors import Visitor
from orders.models import Order, OrderLine

TWICE = "Two of these places are for the same person, with the same name and address."
AGAIN = "There is a place for this address already, booked before."


def why_ask(workshop: Workshop, wanted: Sequence[NewTicket], *, key: str, begun: Order | None, visitor: Visitor) -> str:
    """Why it looks as if somebody books twice; empty if it does not.

    Of earlier orders only those that the visitor may see anyway: begun in this browser, or of an address that she has
    proven. An order with the form's own key is this one, sent again.
    """
    people = [(_same_letters(each.name), email_key(each.email), each.ticket_type.access) for each in wanted]
    if len(set(people)) < len(people):
        return TWICE
    orders = Order.objects.on([workshop]).filter(email_key__in=visitor.addresses) if visitor.addresses else []
    known = {each.pk for each in [*orders, *([begun] if begun else [])] if str(each.key) != key}
    return AGAIN if known and _has_place(workshop, known, wanted) else ""


def _has_place(workshop: Workshop, orders: Collection[int], wanted: Sequence[NewTicket]) -> bool:
    """Whatever it cost then: an early bird is a live place, too."""
    booked = workshop.tickets.confirmed().filter(pk__in=OrderLine.objects.filter(order__in=orders).values("ticket"))
    taken = {(email_key(email), access) for email, access in booked.values_list("attendee_email", "access")}
    return any((email_key(each.email), each.ticket_type.access) in taken for each in wanted)


def _same_letters(name: str) -> str:
    return " ".join(name.casefold().split())
