"""What somebody can do to an order by its link, as the address of the page tells that follows."""

from enum import StrEnum

from kit.pages.http import DONE
from orders.models import Order, OrderLine

PLACE = "place"


class Deed(StrEnum):
    PLACED = "placed"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed-over"
    CORRECTED = "corrected"
    MOVED = "moved"
    CONFIRMED = "confirmed"
    PAID = "paid"
    ASKED_FOR = "recording"
    SENT_AGAIN = "sent-again"
    GIVEN_BACK = "given-back"


def address_after(deed: Deed, order: Order, line: OrderLine | None = None) -> str:
    """Of the order's page, which tells of it first; what it says it reads from the rows."""
    place = f"&{PLACE}={line.pk}" if line else ""
    return f"{order.get_absolute_url()}?{DONE}={deed}{place}"
