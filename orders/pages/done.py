"""What somebody has just done, told first on the page that follows.

The address says only what to tell of; what is told is read from the rows, so that it is true whoever opens the page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from courses.when import days_of
from kit.local import locales
from kit.local.money import money
from kit.pages.http import DONE
from kit.texts.sentences import listed
from orders.deeds import PLACE, Deed
from orders.models import OrderLine
from orders.pages.order_page import OrderPage

CANCELLED = locales.said("is cancelled")


@dataclass(frozen=True)
class Done:
    """A sentence, and what follows from it."""

    lead: str
    text: str = ""


def done_of(page: OrderPage, query: Mapping[str, str]) -> Done | None:
    """What to tell on this page; nothing where the address asks for what is not so."""
    deed, place = query.get(DONE, ""), query.get(PLACE, "")
    if deed in _OF_ORDERS:
        return _OF_ORDERS[deed](page)
    line = next((each for each in page.order.lines.all() if str(each.pk) == place), None)
    return _OF_PLACES[deed](page, line) if deed in _OF_PLACES and line else None


def _cancelled(page: OrderPage, line: OrderLine) -> Done | None:
    if not line.ticket.is_cancelled or line.moved_to:
        return None
    if page.order.series_id:
        return _series_cancelled(page, line)
    told = [_money_back(page, line), _staying(page)]
    return Done(f"{_place_of(line)} {CANCELLED}.", " ".join(filter(None, told)))


def _series_cancelled(page: OrderPage, line: OrderLine) -> Done:
    order = page.order
    back = f"{money(page.given_back, order.currency)} goes back {order.way_back}" if page.given_back else ""
    kept = listed([f"{each.workshop.title}, {each.workshop.starts_on}" for each in order.booked_lines])
    told = [back or "No money comes back for it.", f"What stays: {kept}." if kept else ""]
    gone = [each for each in order.lines.all() if each.ticket.is_cancelled and not each.moved_to]
    what = order.series if len(gone) > 1 else line.workshop.title
    return Done(f"{what} {CANCELLED} for {line.ticket.attendee_name}.", " ".join(filter(None, told)))


def _handed_over(page: OrderPage, line: OrderLine) -> Done | None:
    who = line.ticket
    sent = f"A joining page was sent to {who.attendee_email}; the earlier one no longer works. It cost nothing."
    return Done(f"{who.attendee_name} has the place now.", sent) if who.is_confirmed else None


def _corrected(page: OrderPage, line: OrderLine) -> Done | None:
    who = line.ticket
    kept = f"The joining page of {who.attendee_email} stays as it is."
    return Done(f"The place is in the name of {who.attendee_name}.", kept) if who.is_confirmed else None


def _sent_again(page: OrderPage, line: OrderLine) -> Done | None:
    who = line.ticket
    sent = f"It goes to {who.attendee_email}, and should be there within minutes."
    return Done(f"We are sending {who.attendee_name} the joining page again.", sent) if who.is_confirmed else None


def _asked_for(page: OrderPage, line: OrderLine) -> Done | None:
    comes = "It opens on the page of the place as soon as it is published."
    is_open = line.ticket.is_confirmed and line.consents.all()
    return Done(f"You asked for the recording for {line.ticket.attendee_name}.", comes) if is_open else None


def _moved(page: OrderPage) -> Done | None:
    order, old = page.order, page.order.moved_from
    if old is None or not order.paid_at:
        return None
    back = sum((each.amount for each in old.refunds.all() if each.is_counting and each.credit_id is None), Decimal())
    brought = f" {money(back, order.currency)} goes back {order.way_back}" if back else ""
    if order.is_paid and order.amount_to_pay > 0:
        brought = f" {money(order.amount_to_pay, order.currency)} is paid for the difference."
    who = listed([line.ticket.attendee_name for line in order.lines.all()])
    return Done(
        f"{_of(who)} place has moved.",
        f"It was on {old.workshop.title}, {days_of(old.workshop.session_list)}. The joining page of that date no "
        f"longer works; the new one was sent.{brought}",
    )


def _confirmed(page: OrderPage) -> Done | None:
    order = page.order
    is_free = order.is_paid and not order.total
    if not is_free and not order.is_by_invoice:
        return None
    sent = "The invoice goes there." if order.is_by_invoice else "Nothing more is needed."
    return None if order.is_unconfirmed else Done(f"Thank you, {order.buyer_email} is confirmed.", sent)


def _given_back(page: OrderPage) -> Done | None:
    order = page.order
    names = listed([line.ticket.attendee_name for line in order.lines.all()])
    what = f"{order.sold.title}, {order.sold.starts_on}"
    if order.is_paid:  # the money was quicker
        return Done(f"{names} kept the place on {what}.", "The payment had arrived before you gave it back.")
    if order.status == order.Status.PENDING:
        again = (
            "The payment service did not answer us. Please try again in a minute; otherwise the hold ends by itself."
        )
        return Done(f"{names} {'still has' if order.lines.count() == 1 else 'still have'} the place on {what}.", again)
    if page.is_at_bank and order.is_holding:
        bank = "Your bank has been asked to pay already. Once the money is here, you can cancel on this page."
        return Done(f"{names} {'still has' if order.lines.count() == 1 else 'still have'} the place on {what}.", bank)
    if not order.is_given_back or order.sold.is_cancelled:
        return None
    many = order.lines.count() > 1
    return Done(
        f"{_of(names)} {'places' if many else 'place'} on {what} {'are' if many else 'is'} given back.",
        "Nothing was charged.",
    )


def _paid(page: OrderPage) -> Done | None:
    order = page.order
    if not order.is_paid or not order.total:
        return None
    return Done(f"Thank you, {money(order.amount_to_pay, order.currency)} is paid.", f"Your order is {order.number}.")


def _money_back(page: OrderPage, line: OrderLine) -> str:
    back = sum((each.amount for each in page.refunds if each.is_counting and each.line_id == line.pk), Decimal())
    if back:
        return f"{money(back, page.order.currency)} goes back {page.order.way_back}"
    return "No money comes back for it." if line.total else "Nothing had been paid for it."


def _staying(page: OrderPage) -> str:
    names = [line.ticket.attendee_name for line in page.order.booked_lines]
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'} still coming." if names else ""


def _place_of(line: OrderLine) -> str:
    return f"{_of(line.ticket.attendee_name)} place"


def _of(name: str) -> str:
    return f"{name}’s"


_OF_PLACES: dict[str, Callable[[OrderPage, OrderLine], Done | None]] = {
    Deed.CANCELLED: _cancelled,
    Deed.HANDED_OVER: _handed_over,
    Deed.CORRECTED: _corrected,
    Deed.SENT_AGAIN: _sent_again,
    Deed.ASKED_FOR: _asked_for,
}
_OF_ORDERS: dict[str, Callable[[OrderPage], Done | None]] = {
    Deed.MOVED: _moved,
    Deed.CONFIRMED: _confirmed,
    Deed.PAID: _paid,
    Deed.PLACED: _paid,  # by an earlier visit
    Deed.GIVEN_BACK: _given_back,
}
