"""The one field for codes: what looks like a personal code is one, anything else may be a general code."""

from courses.models import Course
from orders.models import DiscountCode, GeneralCode, Order
from orders.pricing import codes, general_codes

Code = DiscountCode | GeneralCode


def find_usable(text: str, *, email: str, course: Course) -> Code:
    """The code, if the person behind this address may use it now for this course; raises CodeNotUsable."""
    if codes.normalise(text):
        return codes.find_usable(text, email=email)
    return general_codes.find_usable(text, email=email, course=course)


def find_for_a_draft(text: str, *, email: str, course: Course) -> Code:
    """The same for a form that books nothing yet: of a code that many know it does not say what this address has
    booked, because anybody may type an address."""
    if codes.normalise(text):
        return codes.find_usable(text, email=email)
    return general_codes.find_usable(text, email=None, course=course)


def reserve(code: Code, *, order: Order) -> None:
    """Holds the code, or one of its uses, for this order; raises CodeNotUsable when another came first."""
    if isinstance(code, DiscountCode):
        codes.reserve(code, order=order)
    else:
        general_codes.take(code, order=order)


def reserve_again(order: Order) -> None:
    """A code that went back with the order's hold is needed once more; raises CodeNotUsable when it is gone."""
    if code := order.discount_code or order.general_code:
        reserve(code, order=order)
