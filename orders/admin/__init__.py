"""What the desk sees of orders and does with them. Importing this package registers its admins, as Django expects."""

from orders.admin import (
    announcements,
    balance,
    bank_lines,
    codes,
    cohorts,
    disputes,
    documents,
    findings,
    orders,
    payments,
    tickets,
)

__all__ = [
    "announcements",
    "balance",
    "bank_lines",
    "codes",
    "cohorts",
    "disputes",
    "documents",
    "findings",
    "orders",
    "payments",
    "tickets",
]
