"""What an order costs. Everything that a buyer sees or pays comes from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from courses.models import TicketType
from orders.codes import CodeNotUsable
from orders.models import DiscountCode, VatTreatment

PENNY = Decimal("0.01")
SMALLEST_CHARGE = Decimal("0.50")  # Stripe refuses less; a rest below it is waived
NOT_FOR_REDUCED = "The ticket that you chose is already reduced, so the code was not used. You still have it."


@dataclass(frozen=True)
class QuotedLine:
    ticket_type: TicketType
    discount: Decimal = Decimal()

    @property
    def price(self) -> Decimal:
        return self.ticket_type.price

    @property
    def total(self) -> Decimal:
        return self.price - self.discount


@dataclass(frozen=True)
class Quote:
    lines: tuple[QuotedLine, ...]
    code: DiscountCode | None = None

    @property
    def list_total(self) -> Decimal:
        return sum((line.price for line in self.lines), Decimal())

    @property
    def discount(self) -> Decimal:
        return sum((line.discount for line in self.lines), Decimal())

    @property
    def total(self) -> Decimal:
        return self.list_total - self.discount

    @property
    def discount_words(self) -> str:
        return f"{self.code.percent}% off one place with {self.code}" if self.code else ""


def quote(ticket_types: Sequence[TicketType], *, code: DiscountCode | None = None) -> Quote:
    """The price of these places; the code takes its share off the dearest one that it is good for.

    Raises CodeNotUsable when it is good for none of them.
    """
    lines = [QuotedLine(ticket_type) for ticket_type in ticket_types]
    if code:
        best = _best_line(lines, code)
        lines[best] = QuotedLine(lines[best].ticket_type, percent_of(lines[best].price, code.percent))
    quoted = Quote(tuple(lines), code)
    if code and quoted.total < SMALLEST_CHARGE:
        return Quote(tuple(QuotedLine(line.ticket_type, line.price) for line in lines), code)
    return quoted


def percent_of(amount: Decimal, percent: int) -> Decimal:
    """Rounded half up to the penny."""
    return (amount * percent / 100).quantize(PENNY, ROUND_HALF_UP)


def vat_of(ticket_type: TicketType, rate: Decimal | None) -> dict[str, object]:
    """How VAT stands in a price at the moment of sale; `rate` is the practice's, None where it is not registered."""
    if rate is None:
        return {"vat_treatment": VatTreatment.NOT_REGISTERED, "vat_rate": None}
    rates = {TicketType.Vat.STANDARD: rate, TicketType.Vat.ZERO: Decimal()}
    return {"vat_treatment": ticket_type.vat_treatment, "vat_rate": rates.get(ticket_type.vat_treatment)}


def _best_line(lines: Sequence[QuotedLine], code: DiscountCode) -> int:
    eligible = [
        index
        for index, line in enumerate(lines)
        if line.price and (line.ticket_type.is_full_price or not code.discount.full_price_only)
    ]
    if not eligible:
        raise CodeNotUsable(NOT_FOR_REDUCED)
    return max(eligible, key=lambda index: lines[index].price)
