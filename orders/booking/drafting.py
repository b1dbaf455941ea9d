"""What a press on the booking page did that does not book yet, told where it can be seen."""

from kit.local.money import money
from orders.booking.booking import Booking
from orders.pricing.prices import Quote

TOLD = {
    "add": "Place {count} is added.",
    "remove": "The last place is taken off.",
    "invoice": "You book by invoice.",
    "card": "You pay by card.",
}


def done_to(booking: Booking, quote: Quote) -> dict[str, str]:
    """By the action, which says where it stands; nothing while something of the form must be mended first."""
    if booking.form.total_error_count:
        return {}
    words = TOLD.get(booking.action, "").format(count=booking.count)
    if booking.action == "update" and not booking.is_quiet:
        words = f"{quote.discount_words}." if quote.code else "The price is up to date."
    return {"at": booking.action, "lead": words, "text": f"To pay: {money(quote.total)}."} if words else {}
