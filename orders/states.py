"""Which change of status is allowed, and the one place that makes it."""

from typing import Any

from django.db import transaction

from accounts import audit
from courses.states import NotAllowed
from orders.models import BankLine, DiscountCode, Dispute, Order, Payment, RebookingOffer, Refund, order_status

DISPUTE_ENDED: set[str] = {Dispute.Status.WON, Dispute.Status.LOST, Dispute.Status.PREVENTED}
DISPUTE_PROPER: set[str] = {Dispute.Status.NEEDS_RESPONSE, Dispute.Status.UNDER_REVIEW, *DISPUTE_ENDED}
Row = Order | Payment | Refund | DiscountCode | RebookingOffer | Dispute | BankLine
ALLOWED: dict[type, dict[str, set[str]]] = {
    Order: order_status.MAY_BECOME,
    Payment: {
        Payment.Status.NEW: {
            Payment.Status.OPEN,
            Payment.Status.PROCESSING,
            Payment.Status.PAID,
            Payment.Status.EXPIRED,
            Payment.Status.FAILED,
        },
        Payment.Status.OPEN: {
            Payment.Status.PROCESSING,
            Payment.Status.PAID,
            Payment.Status.EXPIRED,
            Payment.Status.FAILED,
        },
        Payment.Status.PROCESSING: {Payment.Status.PAID, Payment.Status.FAILED},
        # Stripe's word comes late, but it counts.
        Payment.Status.EXPIRED: {Payment.Status.PROCESSING, Payment.Status.PAID},
        Payment.Status.FAILED: {Payment.Status.OPEN, Payment.Status.PAID},
        Payment.Status.PAID: {Payment.Status.UNDONE},  # a transfer that the desk had mistyped
        Payment.Status.UNDONE: set(),
    },
    Refund: {
        Refund.Status.REQUESTED: {
            Refund.Status.PENDING,
            Refund.Status.SUCCEEDED,
            Refund.Status.FAILED,
            Refund.Status.CANCELED,
            # Stripe refused, because money went back another way; the rest is asked for as a row of its own.
            Refund.Status.REPLACED,
        },
        Refund.Status.PENDING: {Refund.Status.SUCCEEDED, Refund.Status.FAILED, Refund.Status.CANCELED},
        Refund.Status.SUCCEEDED: {Refund.Status.FAILED},
        # It is asked for again as a row of its own, with a key of its own.
        Refund.Status.FAILED: {Refund.Status.REPLACED},
        Refund.Status.CANCELED: set(),
        Refund.Status.REPLACED: set(),
    },
    DiscountCode: {
        # Straight to redeemed where a late payment finds it released.
        DiscountCode.Status.ISSUED: {
            DiscountCode.Status.RESERVED,
            DiscountCode.Status.REDEEMED,
            DiscountCode.Status.VOID,
        },
        DiscountCode.Status.RESERVED: {DiscountCode.Status.ISSUED, DiscountCode.Status.REDEEMED},
        # All the money went back, or never came.
        DiscountCode.Status.REDEEMED: {DiscountCode.Status.ISSUED, DiscountCode.Status.RESERVED},
        DiscountCode.Status.VOID: set(),
    },
    RebookingOffer: {
        RebookingOffer.Status.OPEN: {RebookingOffer.Status.MOVED, RebookingOffer.Status.REFUNDED},
        RebookingOffer.Status.MOVED: set(),
        RebookingOffer.Status.REFUNDED: set(),
    },
    BankLine: {
        BankLine.Status.WAITING: {BankLine.Status.RECORDED, BankLine.Status.ASIDE},
        BankLine.Status.RECORDED: {BankLine.Status.WAITING},  # its transfer was undone
        BankLine.Status.ASIDE: {BankLine.Status.WAITING},
    },
    # Only forward: what Stripe tells late is not news. An early warning may become a dispute even after its end.
    Dispute: {
        Dispute.Status.WARNING_NEEDS_RESPONSE: {
            Dispute.Status.WARNING_UNDER_REVIEW,
            Dispute.Status.WARNING_CLOSED,
            *DISPUTE_PROPER,
        },
        Dispute.Status.WARNING_UNDER_REVIEW: {Dispute.Status.WARNING_CLOSED, *DISPUTE_PROPER},
        Dispute.Status.WARNING_CLOSED: DISPUTE_PROPER,
        Dispute.Status.NEEDS_RESPONSE: DISPUTE_PROPER - {Dispute.Status.NEEDS_RESPONSE},
        Dispute.Status.UNDER_REVIEW: DISPUTE_ENDED,
        # A bank may decide anew. What is told late is not that: Stripe is asked how it stands (`disputes.record`).
        **{status: DISPUTE_PROPER - {status} for status in DISPUTE_ENDED},
    },
}


def move(row: Row, to: str, *, why: str = "", **fields: Any) -> None:
    """Changes the status of a row that the caller has locked and read anew, together with these fields.

    The change, who makes it and why stand in an audit entry. Raises NotAllowed.
    """
    before = row.status
    if not may_move(row, to):
        raise NotAllowed(f"{type(row).__name__} {row.pk}: {before} to {to}")
    row.status = to
    for name, value in fields.items():
        setattr(row, name, value)
    with transaction.atomic(savepoint=False):
        row.save(update_fields=["status", *fields])
        audit.record(row, before=before, after=to, reason=why)


def move_as_read(row: Row, to: str, **fields: Any) -> bool:
    """The same for a row that was read without a lock: only if its status is still the one that was read.

    False, and nothing is changed, where somebody was quicker. Raises NotAllowed.
    """
    before = row.status
    if not may_move(row, to):
        raise NotAllowed(f"{type(row).__name__} {row.pk}: {before} to {to}")
    with transaction.atomic(savepoint=False):
        still = type(row)._base_manager.filter(pk=row.pk, status=before)
        if not still.update(status=to, **fields):
            return False
        for name, value in {"status": to, **fields}.items():
            setattr(row, name, value)
        audit.record(row, before=before, after=to)
    return True


def may_move(row: Row, to: str) -> bool:
    return to in ALLOWED[type(row)][row.status]
