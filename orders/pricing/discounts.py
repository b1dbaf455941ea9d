"""The one field for codes: what looks like a personal code is one, all else is a cohort's or a general code."""

from courses.models import Cohort, Workshop
from orders.models import DiscountCode, GeneralCode, Order
from orders.pricing import codes, cohort_codes, general_codes

Code = DiscountCode | GeneralCode | Cohort


def find_usable(text: str, *, email: str, workshop: Workshop) -> Code:
    """The code, if the person behind this address may use it now for this workshop; raises CodeNotUsable."""
    if codes.normalise(text):
        return codes.find_usable(text, email=email)
    return _of_many(text, email, workshop)


def find_for_a_draft(text: str, *, email: str, workshop: Workshop) -> Code:
    """The same for a form that books nothing yet: of a code that many know it does not say what this address has
    booked, because anybody may type an address."""
    if codes.normalise(text):
        return codes.find_usable(text, email=email)
    return _of_many(text, None, workshop)


def find_in_a_link(text: str, *, workshop: Workshop) -> Code | None:
    """The same before anybody has typed an address. A personal code waits for its person's."""
    return None if codes.normalise(text) else _of_many(text, None, workshop)


def reserve(code: Code, *, order: Order) -> None:
    """Holds the code, or one of its uses, for this order; raises CodeNotUsable when another came first."""
    if isinstance(code, DiscountCode):
        codes.reserve(code, order=order)
    elif isinstance(code, GeneralCode):
        general_codes.take(code, order=order)


def reserve_again(order: Order) -> None:
    """A code that went back with the order's hold is needed once more; raises CodeNotUsable when it is gone."""
    if code := order.discount_code or order.general_code:
        reserve(code, order=order)
    else:
        cohort_codes.check_again(order)


def _of_many(text: str, email: str | None, workshop: Workshop) -> Code:
    if cohort := cohort_codes.find(text):
        cohort_codes.check_usable(cohort, email=email, workshop=workshop)
        return cohort
    return general_codes.find_usable(text, email=email, course=workshop.course)
