"""What visitors are told of a series that cannot be booked whole: why not, and what can be had of it."""

from dataclasses import dataclass

from courses.catalogue import Listing, Sale
from courses.series import Offered
from kit.local import locales

ALONE = {
    Sale.OPEN: "It can be booked by itself.",
    Sale.FULL: "It is full, and has a waiting list.",
    Sale.NOT_YET: "It is not on sale yet.",
    Sale.CANCELLED: locales.said("It is cancelled."),
}


@dataclass(frozen=True)
class PartNow:
    listing: Listing
    words: str


def why_not(offer: Offered, listings: list[Listing]) -> str:
    """In a sentence; empty while it is sold whole. `listings` are those of its workshops that have a page."""
    sales = {each.sale for each in listings}
    if offer.is_on_sale:
        return ""
    if offer.is_over:
        return "This series has taken place."
    if offer.has_started:
        return "This series has begun, so it cannot be booked whole any more."
    if Sale.CANCELLED in sales:
        return locales.spelt("One of its workshops is cancelled, so it is not sold whole any more.")
    if Sale.NOT_YET in sales:
        return "It cannot be booked whole yet."
    return "It cannot be booked whole at this moment."


def parts_now(listings: list[Listing]) -> list[PartNow]:
    return [PartNow(each, _words(each)) for each in listings]


def _words(listing: Listing) -> str:
    if said := ALONE.get(listing.sale):
        return said
    if listing.is_over:
        stands = "It has taken place."
    else:
        stands = "It has begun." if listing.workshop.has_started else "Places on it are no longer sold."
    return f"{stands} Its recording can be booked." if listing.has_catch_up else stands
