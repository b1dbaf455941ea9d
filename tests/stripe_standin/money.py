"""Amounts in minor units, fees, and the balance transactions that record them."""

from . import shapes
from .till import Till

MINIMUM = {"gbp": 30, "eur": 50, "usd": 50}
SIGNS = {"gbp": "£", "eur": "€", "usd": "$"}
FEE_PER_MILLE, FEE_FIXED = 15, 20
DISPUTE_FEE = 2000
DAYS_UNTIL_AVAILABLE = 7


def minimum(currency: str) -> int:
    return MINIMUM.get(currency, 50)


def shown(amount: int, currency: str) -> str:
    sign = SIGNS.get(currency, currency.upper() + " ")
    return f"{sign}{amount // 100:,}.{amount % 100:02d}"


def charge_fee(amount: int) -> int:
    """1.5 % and 20, rounded half up."""
    return (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED


def unbook(till: Till, payment_intent: str) -> dict:
    """As it is for a while after a payment: the charge does not know its balance transaction yet."""
    charge = till.get("charge", till.get("payment_intent", payment_intent)["latest_charge"])
    charge["balance_transaction"] = None
    return charge


def book_late(till: Till, payment_intent: str) -> dict:
    charge = till.get("charge", till.get("payment_intent", payment_intent)["latest_charge"])
    entries = [row for row in till.rows("balance_transaction") if row["source"] == charge["id"]]
    charge["balance_transaction"] = entries[-1]["id"]
    till.emit("charge.updated", charge, balance_transaction=None)
    return charge


def book(till: Till, source: dict, kind: str, category: str, amount: int, fee: int = 0) -> dict:
    currency = source["currency"]
    detail = {"amount": fee, "application": None, "currency": currency, "type": "stripe_fee"}
    return till.add(
        shapes.BALANCE_TRANSACTION,
        amount=amount,
        available_on=till.now() + DAYS_UNTIL_AVAILABLE * 86400,
        currency=currency,
        description=source.get("description"),
        fee=fee,
        fee_details=[{**detail, "description": "Processing fees"}] if fee else [],
        net=amount - fee,
        reporting_category=category,
        source=source["id"],
        type=kind,
    )


def charge_for_service(till: Till, amount: int, *, currency: str = "gbp", kind: str = "stripe_fee") -> dict:
    """What Stripe books that belongs to no payment: a fee of its own, or something that the practice did by hand."""
    source = {"currency": currency, "id": None, "description": "Billing for the account"}
    return book(till, source, kind, "fee" if kind == "stripe_fee" else "other_adjustment", amount)
