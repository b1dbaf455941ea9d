from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from orders.models import order_status

if TYPE_CHECKING:
    from datetime import date

    from orders.models.payments import PaymentQuerySet


class ByTransfer:
    """What an order says of an organisation that pays it by bank transfer, in one sum or in several."""

    if TYPE_CHECKING:
        status: str
        total: Decimal
        invoice_due_on: date | None
        moved_from_id: int | None
        organisation: str
        credit: Decimal
        is_in_review: bool
        came_late: bool
        payments: PaymentQuerySet

        def balance(self) -> Decimal: ...
        def paid_amount(self) -> Decimal: ...

    @property
    def is_by_invoice(self) -> bool:
        """An organisation pays, or paid, by bank transfer."""
        return self.invoice_due_on is not None

    @property
    def takes_transfers(self) -> bool:
        """Also late: an invoice that lapsed, or was given back, may still be paid; and one that is paid, paid twice."""
        may_come = self.is_by_invoice and self.status in order_status.PAYABLE_BY_TRANSFER
        is_decided = self.is_in_review and (self.came_late or self.is_going_back)
        return self.awaits_difference or (may_come and not is_decided)

    @property
    def awaits_difference(self) -> bool:
        """A place of an organisation becomes a dearer one once the difference is there: by transfer, and then all of it
        at once, or by card."""
        is_open = self.moved_from_id is not None and self.status in order_status.PAYABLE_BY_CARD
        return is_open and bool(self.organisation)

    @property
    def takes_nothing_more(self) -> bool:
        """Whatever comes by transfer is too much."""
        return self.status in (*order_status.OVERPAYABLE, *order_status.GIVES_ALL_BACK)

    @property
    def is_part_paid(self) -> bool:
        return self.status == order_status.OrderStatus.PART_PAID

    @property
    def is_acceptable(self) -> bool:
        """What came by transfer is not what was asked for, and somebody may say that it will do."""
        may_be = self.is_by_invoice and self.status in order_status.ACCEPTABLE
        return may_be and not self.came_late and not self.is_going_back

    @property
    def is_going_back(self) -> bool:
        """Somebody has decided to send all of it back."""
        return any(payment.refunds.counting().exists() for payment in self.payments.paid())

    @property
    def amount_to_pay(self) -> Decimal:
        """What one payment must bring: the total less what a moved place brings along."""
        return self.total - self.credit

    def missing(self) -> Decimal:
        """What is still to come of it: nothing once it is booked or over, also where some of it went back."""
        if self.takes_nothing_more:
            return Decimal()
        return max(Decimal(), self.amount_to_pay - self.balance())

    @property
    def to_transfer(self) -> Decimal:
        """What an organisation is asked for now."""
        return self.missing() if self.is_part_paid else self.amount_to_pay

    def surplus(self) -> Decimal:
        """What came by transfer beyond the price, and is not on its way back. No money of the sale ever becomes one."""
        if not (self.is_by_invoice and self.status in order_status.OVERPAYABLE):
            return Decimal()
        return max(Decimal(), self.paid_amount() - self.total - self.payments.surplus_total())

    @property
    def came_by_transfer(self) -> bool:
        """Its money, or a part of it; uses what was prefetched."""
        return any(payment.came_by_transfer for payment in self.payments.all())

    @property
    def way_it_went(self) -> str:
        """Where all of it has gone, after “we have sent it”."""
        by_bank = self.payments.filter(refunds__is_by_bank=True, refunds__paid_at__isnull=False)
        return "by bank transfer, as far as your card did not take it." if by_bank.exists() else self.way_back

    @property
    def way_back(self) -> str:
        """Where a refund goes, after “goes back” or “we have sent it”."""
        ways = {payment.came_by_transfer for payment in self.payments.all() if payment.status == payment.Status.PAID}
        if len(ways) > 1:  # a place that came by transfer was moved, and its difference paid by card
            return "the way that it came: to the card, and by bank transfer to the account. Both may take some days."
        if True in ways:
            return "to the account that it came from, by bank transfer. It may take a few working days."
        return "to the card that you paid with. Banks usually take five to ten days to show it."
