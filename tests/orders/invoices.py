"""Booking by invoice in a test: the same calls that the checkout page and the desk make."""

from decimal import Decimal

from orders.invoices.invoicing import Payer, place_invoice_order
from orders.settling import transfers
from practice.models import Practice
from tests.builders import make_sale_terms
from tests.orders.purchases import ticket, wish

ACCOUNT = "Withy Rooms Ltd\n12-34-56\n12345678"
ADDRESS = "Accounts Payable\n1 Dock Road\nHull"


def make_invoicing_practice(**fields):
    make_sale_terms(takes_invoices=True, bank_details=ACCOUNT, **fields)


def invoice(workshop, count=1, *, by=None, payer=None, **options):
    """Places held for an organisation that pays by transfer."""
    tickets = [ticket(workshop.ticket_types.first()) for _ in range(count)]
    payer = payer or Payer("Humber Care Trust", ADDRESS, "PO-77")
    return place_invoice_order(workshop, wish(tickets, by=by, **options), payer=payer)


def transfer(order, amount="", *, received_on=None, attempt=1):
    """The money of an invoice, as the desk writes it down."""
    return transfers.record_transfer(
        order,
        amount=Decimal(amount) if amount else order.total,
        received_on=received_on or Practice.current().today(),
        attempt=attempt,
    )
