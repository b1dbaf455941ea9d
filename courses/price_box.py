"""What stands below the prices on a workshop's page: what they contain, and what groups pay."""

from collections.abc import Iterable
from decimal import Decimal

from courses.models import TicketType, Workshop

_CONTAINED = {
    TicketType.Vat.STANDARD: "with {rate}% VAT included",
    TicketType.Vat.EXEMPT: "exempt from VAT",
    TicketType.Vat.ZERO: "zero-rated (0% VAT)",
    TicketType.Vat.OUTSIDE: "outside the scope of VAT",
}


def total_words(types: Iterable[TicketType], rate: Decimal | None) -> str:
    """That nothing is added later; `rate` is the practice's for VAT in per cent, None where it is not registered."""
    if rate is None:
        return "The price is the total: no VAT is charged."
    treatments = {each.vat_treatment for each in types}
    if len(treatments) > 1:
        return "The price is the total, with any VAT included."
    contained = _CONTAINED[treatments.pop() if treatments else TicketType.Vat.STANDARD]
    return f"The price is the total, {contained.format(rate=f'{rate.normalize():f}')}."


def group_words(workshop: Workshop) -> str:
    """`From 3 places in one booking: 10% off each full-price live place.`, or nothing where there is no such price."""
    if not workshop.group_places:
        return ""
    each = "each full-price live place"
    return f"From {workshop.group_places} places in one booking: {workshop.group_percent}% off {each}."
