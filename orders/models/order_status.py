"""The states of an order, what they have in common, and which may follow which.

A new state is written down here, and gets words of its own on the order's page and at the desk; tests tell where it is
missing.
"""

from django.db import models


class OrderStatus(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "waiting for its address to be confirmed"
    PENDING = "pending", "waiting for payment"
    PROCESSING = "processing", "payment on its way"
    INVOICED = "invoiced", "invoice sent, waiting for the transfer"
    PART_PAID = "part_paid", "paid in part, waiting for the rest"
    PAID = "paid", "paid"
    UNSEATED = "unseated", "paid, no place: refund under way"
    REVIEW = "review", "paid, a person must look"
    LAPSED = "lapsed", "lapsed, not paid"
    UNANSWERED = "unanswered", "address never confirmed"
    CANCELLED = "cancelled", "given back, not paid"
    REFUNDED = "refunded", "refunded"
    CLOSED = "closed", "cancelled after booking"
    OWED = "owed", "refund failed, money still to go back"


# Every state is in one of these three.
HOLDING = (  # waits for money, or for a press on a link, with places held
    OrderStatus.UNCONFIRMED,
    OrderStatus.PENDING,
    OrderStatus.PROCESSING,
    OrderStatus.INVOICED,
    OrderStatus.PART_PAID,
)
UNPAID = (  # neither came, and the places went back
    OrderStatus.LAPSED,
    OrderStatus.UNANSWERED,
    OrderStatus.CANCELLED,
)
DECIDED = (  # money came, and what became of the places is decided
    OrderStatus.PAID,
    OrderStatus.UNSEATED,
    OrderStatus.REVIEW,
    OrderStatus.REFUNDED,
    OrderStatus.CLOSED,
    OrderStatus.OWED,
)

UNDECIDED = (  # money of it that was recorded is still to be decided on
    OrderStatus.UNCONFIRMED,
    OrderStatus.PENDING,
    OrderStatus.PROCESSING,
    OrderStatus.INVOICED,
    *UNPAID,
)
PAYABLE_BY_CARD = (OrderStatus.PENDING, OrderStatus.LAPSED)  # a page to pay on may be opened
AWAITS_TRANSFER = (OrderStatus.INVOICED, OrderStatus.PART_PAID)  # an organisation is to pay
PAYABLE_BY_TRANSFER = (  # also late, also more than was asked for
    *AWAITS_TRANSFER,
    OrderStatus.LAPSED,
    OrderStatus.CANCELLED,
    OrderStatus.REVIEW,
    OrderStatus.PAID,
    OrderStatus.CLOSED,
    OrderStatus.UNSEATED,
    OrderStatus.REFUNDED,
    OrderStatus.OWED,
)
GIVES_ALL_BACK = (OrderStatus.UNSEATED, OrderStatus.REFUNDED, OrderStatus.OWED)  # whatever more comes by transfer
OVERPAYABLE = (OrderStatus.PAID, OrderStatus.CLOSED)  # what came beyond the price is sent back on its own
ACCEPTABLE = (OrderStatus.PART_PAID, OrderStatus.REVIEW)  # the desk may be content with what came by transfer
LEFT_BEHIND = (OrderStatus.UNCONFIRMED, OrderStatus.PENDING)  # held for minutes by somebody who may have gone
UNSETTLED = (  # ordered in earnest, and neither booked nor given up
    OrderStatus.PROCESSING,
    *AWAITS_TRANSFER,
    OrderStatus.REVIEW,
)
FREEABLE = (OrderStatus.PENDING, OrderStatus.INVOICED)  # held, and no money has come
IN_DOUBT = (OrderStatus.REVIEW, OrderStatus.OWED)  # a person must act
REFUNDABLE = (OrderStatus.PAID, OrderStatus.CLOSED, OrderStatus.OWED)  # the desk may send money back
SEATED = (OrderStatus.PAID, OrderStatus.REFUNDED, OrderStatus.OWED)  # some come though their money went back
CAME_TO_NOTHING = (*UNPAID, OrderStatus.REFUNDED)  # nothing is sold by it
USES_CODE = (*HOLDING, OrderStatus.PAID, OrderStatus.REVIEW, OrderStatus.CLOSED)  # a cancelled place has used its code
RESERVES_CODE = (*HOLDING, OrderStatus.REVIEW, OrderStatus.UNSEATED)
REDEEMS_CODE = (OrderStatus.PAID, OrderStatus.CLOSED, OrderStatus.UNSEATED)
HOLDS_TICKETS = (*HOLDING, OrderStatus.REVIEW)  # its tickets may be held, and not booked yet
RIGHTLY_PAID = (OrderStatus.PAID, OrderStatus.UNSEATED, OrderStatus.CLOSED)  # by the sum that was asked for

MAY_BECOME: dict[str, set[str]] = {
    # Nothing to pay, or an invoice, for an address that anybody may have typed.
    OrderStatus.UNCONFIRMED: {
        OrderStatus.INVOICED,
        OrderStatus.PAID,
        OrderStatus.UNANSWERED,
        OrderStatus.CANCELLED,
    },
    OrderStatus.UNANSWERED: set(),
    OrderStatus.PENDING: {
        OrderStatus.UNCONFIRMED,
        OrderStatus.INVOICED,
        OrderStatus.PROCESSING,
        OrderStatus.PAID,
        OrderStatus.UNSEATED,
        OrderStatus.REVIEW,
        OrderStatus.LAPSED,
        OrderStatus.CANCELLED,
    },
    OrderStatus.PROCESSING: {
        OrderStatus.PAID,
        OrderStatus.UNSEATED,
        OrderStatus.REVIEW,
        OrderStatus.LAPSED,
        OrderStatus.CANCELLED,
    },
    OrderStatus.INVOICED: {
        OrderStatus.PART_PAID,
        OrderStatus.PAID,
        OrderStatus.UNSEATED,
        OrderStatus.REVIEW,
        OrderStatus.LAPSED,
        OrderStatus.CANCELLED,
    },
    # With each further transfer it is as before the first, and decided on by all that came.
    OrderStatus.PART_PAID: {OrderStatus.INVOICED, OrderStatus.UNSEATED, OrderStatus.REVIEW},
    # Money that comes after all: seated anew, or sent back.
    OrderStatus.LAPSED: {
        OrderStatus.CANCELLED,
        OrderStatus.PENDING,
        OrderStatus.PROCESSING,
        OrderStatus.PAID,
        OrderStatus.UNSEATED,
        OrderStatus.REVIEW,
    },
    OrderStatus.CANCELLED: {OrderStatus.PAID, OrderStatus.UNSEATED, OrderStatus.REVIEW},
    OrderStatus.UNSEATED: {OrderStatus.PAID, OrderStatus.REFUNDED},
    OrderStatus.REVIEW: {OrderStatus.PAID, OrderStatus.UNSEATED, OrderStatus.REFUNDED, OrderStatus.INVOICED},
    # Invoiced: its transfer was written down by mistake, and that is noticed within the hour.
    OrderStatus.PAID: {OrderStatus.REFUNDED, OrderStatus.CLOSED, OrderStatus.INVOICED},
    # All places are cancelled; refunded once all the money is on its way.
    OrderStatus.CLOSED: {OrderStatus.REFUNDED},
    # A bank may send the money back to us, days later.
    OrderStatus.REFUNDED: {OrderStatus.OWED},
    OrderStatus.OWED: {OrderStatus.REFUNDED},
}
