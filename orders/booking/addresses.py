"""What was held for an address that anybody may have typed is booked once its link was used."""

from django.db import transaction

from kit.work.checkpoints import checkpoint
from orders.checkout.confirming import confirm_order
from orders.checkout.releasing import release_order
from orders.invoices.invoicing import NotByInvoice, invoice_confirmed
from orders.locks import locked_order
from orders.models import Order


def confirm_address(order_id: int) -> None:
    """The button behind the link was pressed: free places are booked, an invoice is sent. Done once.

    After its hold nothing is done; where no invoice is offered any more, the places go back.
    """
    with transaction.atomic():
        order = locked_order(order_id)
        if not order.is_unconfirmed or not order.is_holding or order.is_called_off:
            return
        try:
            _book(order)
        except NotByInvoice:
            release_order(order, Order.Status.LAPSED)
        checkpoint("address confirmed")


def _book(order: Order) -> None:
    if order.total:
        invoice_confirmed(order)
    else:
        confirm_order(order, order.load_lines())
