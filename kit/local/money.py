from decimal import Decimal

from django.conf import settings
from django.db.models import DecimalField, Expression, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Round

SMALLEST_CHARGE = Decimal("0.50")  # of a card; Stripe refuses less
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}  # currencies with two decimals; a check refuses others


def money(amount: Decimal, currency: str = "") -> str:
    """`£84.00` and `-£84.00`"""
    sign = "-" if amount < 0 else ""
    return f"{sign}{SYMBOLS.get(currency or settings.CURRENCY, '')}{abs(amount):,.2f}"


def to_the_penny(sum: Expression | Combinable) -> Round:
    """A sum that the database compares: SQLite adds with binary fractions, and 13.39 is not 13.389999999999999."""
    return Round(sum, precision=2, output_field=DecimalField(max_digits=12, decimal_places=2))


def sum_of(rows: QuerySet, by: str, what: str) -> Round:
    """For an annotation: what the rows of each `by` come to; an `OuterRef` in them binds them to the outer row."""
    sums = rows.order_by().values(by).annotate(sum=Sum(what)).values("sum")
    return to_the_penny(Coalesce(Subquery(sums), Decimal(), output_field=DecimalField(max_digits=12, decimal_places=2)))


def price(amount: Decimal, currency: str = "") -> str:
    """`£105`, `£59.50`, and `Free` for nothing: for price lists, not for sums."""
    return money(amount, currency).removesuffix(".00") if amount else "Free"
