from decimal import Decimal

from django.conf import settings

SMALLEST_CHARGE = Decimal("0.50")  # of a card; Stripe refuses less
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}  # currencies with two decimals; a check refuses others


def money(amount: Decimal, currency: str = "") -> str:
    """`£84.00` and `-£84.00`"""
    sign = "-" if amount < 0 else ""
    return f"{sign}{SYMBOLS.get(currency or settings.CURRENCY, '')}{abs(amount):,.2f}"


def price(amount: Decimal, currency: str = "") -> str:
    """`£105`, `£59.50`, and `Free` for nothing: for price lists, not for sums."""
    return money(amount, currency).removesuffix(".00") if amount else "Free"
