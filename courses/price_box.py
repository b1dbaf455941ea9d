"""What stands below the prices on a workshop's page: what they contain, and what groups pay."""

from collections.abc import Iterable
from decimal import Decimal

from courses.models import TicketType
from courses.workshop_detail import Detail
from kit.local import locales

_CONTAINED = {
    TicketType.Vat.STANDARD: "with {rate}% VAT included",
    TicketType.Vat.EXEMPT: "exempt from VAT",
    TicketType.Vat.ZERO: "zero-rated (0% VAT)",
    TicketType.Vat.OUTSIDE: "outside the scope of VAT",
}


def total_words(types: Iterable[TicketType], rate: Decimal | None) -> str:
    """That nothing is added later; `rate` is the practice's for VAT in per cent, None where it is not registered."""
    if rate is None:
        return f"The price is the total: no {locales.tax()} is charged."
    treatments = {each.vat_treatment for each in types}
    if len(treatments) > 1:
        return f"The price is the total, with any {locales.tax()} included."
    contained = str(locales.said(_CONTAINED[treatments.pop() if treatments else TicketType.Vat.STANDARD]))
    return f"The price is the total, {contained.format(rate=f'{rate.normalize():f}')}."


def group_terms(detail: Detail) -> str:
    """For a script: `3 10` is 10% from 3 places on; nothing where no group can be booked at such a price."""
    places, percent = detail.workshop.group_places, detail.workshop.group_percent
    if not places or not detail.has_live_choices or places > detail.most_places:
        return ""
    return f"{places} {percent}"


def group_words(detail: Detail) -> str:
    """`From 3 places that stay booked: 10% off each full-price live place.`"""
    places, _, percent = group_terms(detail).partition(" ")
    if not places:
        return ""
    return f"From {places} places that stay booked: {percent}% off each full-price live place."
