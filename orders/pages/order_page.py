"""What an order's page says in each state: what happened, what was kept, what to do next."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from courses.models import Workshop
from kit.times import until_label
from orders.changes import recordings
from orders.checkout.paying import LONGEST_HOLD
from orders.checkout.placing import HOLD
from orders.models import Order, Payment, Refund
from orders.pricing.refund_policy import refund_for
from practice.models import Practice

STATE_OF_REFUND = {
    Refund.Status.REQUESTED: "It is being sent back to your card.",
    Refund.Status.PENDING: "It is on its way back to your card.",
    Refund.Status.SUCCEEDED: "It was sent back to your card; banks usually take five to ten days to show it.",
    Refund.Status.FAILED: "Your bank did not take it. You need do nothing: we see this and send it again.",
    Refund.Status.CANCELED: "It was stopped. Write to us if you did not hear from us about it.",
}
DISPUTED = (
    "Your bank has asked us about this payment, and we are settling it with them. Until that is done, nothing can be "
    "cancelled here, so that no money goes the wrong way; your booking stays as it is. If you did not mean to ask your "
    "bank, tell them so, and write to us."
)
STATE_BY_HAND = STATE_OF_REFUND | {
    Refund.Status.REQUESTED: "We send it to the account that it came from, within a few working days.",
    Refund.Status.SUCCEEDED: "It was sent to the account that it came from.",
}
UNREACHABLE = "Nothing was charged, and your place is held for now. Please try again in a moment."


@dataclass(frozen=True)
class MoneyBack:
    amount: Decimal
    name: str
    words: str


@dataclass(frozen=True)
class OrderPage:
    title: str
    lede: str
    may_pay: bool = False
    refresh: bool = False
    next_url: str = ""
    next_label: str = ""
    problem: str = ""
    refund_lines: list[str] = field(default_factory=list)
    money_back: list[MoneyBack] = field(default_factory=list)
    may_change: bool = False
    may_give_back: bool = False
    held_until: str = ""  # where that is not within the hour
    cancellable: frozenset[int] = frozenset()  # the keys of its places
    askable: frozenset[int] = frozenset()  # those whose recording can be asked for
    disputed: str = ""
    shows_places: bool = False  # also where none of them is booked any more

    @property
    def may_cancel(self) -> bool:
        return bool(self.cancellable)


def page_of(order: Order) -> OrderPage:
    """The words for the state that the order is in at this moment; a hold ends by its time."""
    if order.workshop.status == Workshop.Status.CANCELLED and order.status in WITHOUT_WORKSHOP:
        return WITHOUT_WORKSHOP[order.status](order)
    if order.status in {Order.Status.PENDING, Order.Status.INVOICED} and not order.is_holding:
        return _lapsed(order)
    return PAGES[order.status](order)


def _pending(order: Order) -> OrderPage:
    return OrderPage(
        "Your place is held.",
        "It is yours when it is paid. Until then nothing is charged, and you may give it back.",
        may_pay=True,
        may_give_back=True,
        held_until=until_label(order.pay_until, order.time_zone) if order.pay_until > timezone.now() + HOLD else "",
        problem=UNREACHABLE if _is_stuck(order) else "",
    )


def _processing(order: Order) -> OrderPage:
    return OrderPage(
        "Your payment is on its way.",
        f"Your bank needs some time. Your place is kept, and we write to {order.buyer_email} when the money is here.",
        refresh=True,
    )


def _invoiced(order: Order) -> OrderPage:
    return OrderPage(
        "Your places are held.",
        f"They are booked as soon as the transfer from {order.organisation} has arrived, and everybody who is coming "
        f"then gets their joining page. We wrote to {order.buyer_email}; all of it is here as well.",
        may_give_back=True,
        held_until=until_label(order.held_until, Practice.current().time_zone),
    )


def _paid(order: Order) -> OrderPage:
    if order.workshop.status == Workshop.Status.CANCELLED:
        return OrderPage(
            "We have cancelled this workshop.",
            "We are sorry. Each place moves to another date at no extra cost, or is given up and everything that was "
            "paid for it comes back: choose below. Those who do not choose get the money after a week.",
            refund_lines=order.refund_lines,
            money_back=_money_back(order),
        )
    name = order.buyer_name.split()[0]
    return OrderPage(
        f"You are booked, {name}.",
        f"Your receipt and joining link are on their way to {order.buyer_email}. Everything is here as well.",
        refund_lines=order.refund_lines,
        money_back=_money_back(order),
        may_change=not order.workshop.has_started,
        cancellable=_cancellable(order),
        askable=frozenset(line.pk for line in order.lines.all() if recordings.may_be_asked_for(order, line)),
        disputed=DISPUTED if order.is_disputed else "",
    )


def _closed(order: Order) -> OrderPage:
    name = "Your places are" if len(order.lines.all()) > 1 else "Your place is"
    return OrderPage(
        f"{name} cancelled.",
        _closed_words(order),
        money_back=_money_back(order),
        **_to_workshop(order, "Back to the workshop"),
    )


def _unseated(order: Order) -> OrderPage:
    return OrderPage(
        "We are sorry: your place was gone.",
        "Your payment came after the time for holding your place, and the last place had been taken. "
        f"All of it goes back {order.way_back}",
        **_to_workshop(order, "See the workshop"),
    )


def _review(order: Order) -> OrderPage:
    return OrderPage(
        "We are looking at your payment.",
        "The amount that reached us is not the amount of your order. A person writes to you within two working days. "
        "Please do not pay again.",
    )


def _lapsed(order: Order) -> OrderPage:
    if order.is_by_invoice:
        return OrderPage(
            "Your hold has ended.",
            "No transfer reached us in time, so your places went back on sale. Nothing is owed. If you have sent the "
            "money already, write to us: we book your places if they are still free, or send all of it back.",
            **_to_workshop(order, "Start again"),
        )
    is_too_late = timezone.now() - order.placed_at > LONGEST_HOLD or order.workshop.is_over
    return OrderPage(
        "Your hold has ended.",
        "The time to pay went by, so your place went back on sale. Nothing was charged.",
        may_pay=not is_too_late,
        **_to_workshop(order, "Start again"),
    )


def _cancelled(order: Order) -> OrderPage:
    return OrderPage(
        "Your place was given back.",
        "Nothing was charged. If you change your mind, book again while there are places.",
        **_to_workshop(order, "Back to the workshop"),
    )


def _refunded(order: Order) -> OrderPage:
    return OrderPage(
        "Your money is on its way back.",
        f"We have sent it {order.way_back}",
        money_back=_money_back(order),
        **_to_workshop(order, "Back to the workshop"),
    )


def _owed(order: Order) -> OrderPage:
    return OrderPage(
        "Your money has not reached you yet.",
        "We sent it, and your bank did not take it. You need do nothing: a person here sends it again, and writes to "
        f"{order.buyer_email} if we need to ask you something.",
        money_back=_money_back(order),
        **_to_workshop(order, "Back to the workshop"),
    )


PAGES = {
    Order.Status.PENDING: _pending,
    Order.Status.PROCESSING: _processing,
    Order.Status.INVOICED: _invoiced,
    Order.Status.PAID: _paid,
    Order.Status.UNSEATED: _unseated,
    Order.Status.REVIEW: _review,
    Order.Status.LAPSED: _lapsed,
    Order.Status.CANCELLED: _cancelled,
    Order.Status.REFUNDED: _refunded,
    Order.Status.CLOSED: _closed,
    Order.Status.OWED: _owed,
}


def _unpaid_and_cancelled_by_us(order: Order) -> OrderPage:
    return OrderPage(
        "We have cancelled this workshop.",
        "We are sorry. Nothing was charged, and this booking can no longer be paid. Should a payment of yours still be "
        "on its way, all of it goes back by itself.",
        **_to_workshop(order, "See the workshop"),
    )


def _paid_and_cancelled_by_us(order: Order) -> OrderPage:
    return OrderPage(
        "We have cancelled this workshop.",
        f"We are sorry. Your payment came after that, so no place was given. All of it goes back {order.way_back}",
        **_to_workshop(order, "See the workshop"),
    )


WITHOUT_WORKSHOP = {
    Order.Status.PENDING: _unpaid_and_cancelled_by_us,
    Order.Status.PROCESSING: _unpaid_and_cancelled_by_us,
    Order.Status.LAPSED: _unpaid_and_cancelled_by_us,
    Order.Status.CANCELLED: _unpaid_and_cancelled_by_us,
    Order.Status.UNSEATED: _paid_and_cancelled_by_us,
}


def _cancellable(order: Order) -> frozenset[int]:
    """The places that the buyer can give up here: what has begun, only while something comes back."""
    if order.is_disputed:
        return frozenset()
    begun = [line for line in order.booked_lines if line.has_begun]
    worth = {share.line.pk for share in refund_for(order, begun, timezone.now()).lines if share.amount} if begun else ()
    return frozenset(line.pk for line in order.booked_lines if line not in begun or line.pk in worth)


def _is_stuck(order: Order) -> bool:
    """The last attempt never became a page to pay on."""
    attempts = list(order.payments.all())
    return bool(attempts) and attempts[-1].status in Payment.WITHOUT_PAGE


def _closed_words(order: Order) -> str:
    if not order.total:
        return "Nothing had been paid. The joining links no longer work."
    if not _money_back(order):
        return "By the terms that you booked under, no money comes back. The joining links no longer work."
    return "What comes back is listed here. The joining links no longer work."


def _money_back(order: Order) -> list[MoneyBack]:
    """Each refund in words; one that was asked for again is told of as the new one."""
    names = {line.pk: line.ticket.attendee_name for line in order.lines.all()}
    refunds = sorted((each for payment in order.payments.all() for each in payment.refunds.all()), key=lambda r: r.pk)
    return [
        MoneyBack(each.amount, names.get(each.line_id, ""), _way_back(each))
        for each in refunds
        if each.status in STATE_OF_REFUND
    ]


def _way_back(refund: Refund) -> str:
    if refund.credit:
        return f"It went along to order {refund.credit.order.number}."
    return (STATE_BY_HAND if refund.is_by_hand else STATE_OF_REFUND)[refund.status]


def _to_workshop(order: Order, label: str) -> dict[str, str]:
    return {"next_url": order.workshop.get_absolute_url(), "next_label": label}
