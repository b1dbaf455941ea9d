"""What an order's page says of moves: of an order that a place is moved to, and of one whose places have moved away."""

from dataclasses import replace

from kit.money import money
from orders.models import Order
from orders.pages import order_page
from orders.pages.order_page import OrderPage

Status = Order.Status
AS_IT_WAS = {
    Status.PENDING: "The time to pay the difference went by. Nothing was charged.",
    Status.LAPSED: "The time to pay the difference went by. Nothing was charged.",
    Status.CANCELLED: "You gave the new place back. Nothing was charged.",
    Status.UNSEATED: "When your payment came, the new place was taken, or the old one had been given up. What you paid "
    "for the move goes back to your card by itself; banks usually take five to ten days.",
}


def page_of(order: Order) -> OrderPage:
    page = order_page.page_of(order)
    if order.moved_from and not order.paid_at:
        return _waiting(order, page) if order.is_holding else _as_it_was(order, page)
    if order.moved_to and len(order.lines.all()) > 1:
        return _went_apart(page)
    if moved := order.moved_to:
        where = f"{moved.workshop.title}, {moved.workshop.starts_on}"
        return replace(
            page,
            title="Your place has moved.",
            lede=f"It is on {where}. The old joining link no longer works.",
            next_url=moved.get_absolute_url(),
            next_label="Go to the new booking",
        )
    return page


def _went_apart(page: OrderPage) -> OrderPage:
    return replace(
        page,
        title="Nobody is left on this booking.",
        lede="Where each place went stands here. The old joining links no longer work.",
        next_url="",
        shows_places=True,
    )


def _waiting(order: Order, page: OrderPage) -> OrderPage:
    if order.status != Status.PENDING:
        return page
    difference = money(order.amount_to_pay, order.currency)
    return replace(
        page,
        title="The new place is held.",
        lede=f"It is yours when the difference of {difference} is paid. Until then {_old_place(order)} stays yours.",
    )


def _as_it_was(order: Order, page: OrderPage) -> OrderPage:
    words = AS_IT_WAS.get(order.status)
    if words is None:
        return page
    return replace(
        page,
        title="The place was not moved.",
        may_pay=page.may_pay and order.moved_from.ticket.is_confirmed,
        lede=f"{words} For {_old_place(order)} nothing has changed by this.",
        next_url=order.moved_from.order.get_absolute_url(),
        next_label="Back to that booking",
    )


def _old_place(order: Order) -> str:
    old = order.moved_from.order.workshop
    return f"the place on {old.title}, {old.starts_on},"
