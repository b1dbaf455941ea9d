"""What an order costs. Everything that a buyer sees or pays comes from here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

from courses.models import Cohort, TicketType
from courses.seats.places import NewTicket
from kit.local.money import SMALLEST_CHARGE, price
from orders.models import DiscountCode, GeneralCode, VatTreatment
from orders.pricing import cohort_codes, discounts
from orders.pricing.codes import CodeNotUsable
from orders.pricing.discounts import Code

PENNY = Decimal("0.01")
NOT_FOR_REDUCED = "The ticket that you chose is already reduced, so the code was not used. You still have it."
SERIES_PRICE = "Price of the series"
GROUP_IS_BETTER = "The group price is at least as good here, so the code was not used. You still have it."


@dataclass(frozen=True)
class QuotedLine:
    ticket_type: TicketType
    discount: Decimal = Decimal()
    sold_for: Decimal | None = None  # where today's price does not count

    @property
    def price(self) -> Decimal:
        return self.ticket_type.price if self.sold_for is None else self.sold_for

    @property
    def total(self) -> Decimal:
        return self.price - self.discount


@dataclass(frozen=True)
class Quote:
    """`code` is the one that was used; `note` says why one that is good was not. For `group_places` or more."""

    lines: tuple[QuotedLine, ...]
    code: Code | None = None
    discount_words: str = ""
    note: str = ""
    group_places: int | None = None

    @property
    def list_total(self) -> Decimal:
        return sum((line.price for line in self.lines), Decimal())

    @property
    def discount(self) -> Decimal:
        return sum((line.discount for line in self.lines), Decimal())

    @property
    def total(self) -> Decimal:
        return self.list_total - self.discount


def quote(ticket_types: Sequence[TicketType], *, code: Code | None = None) -> Quote:
    """The price of these places of one workshop: with the code or for a group, whichever is less, and never both.

    Raises CodeNotUsable when the code is good for none of them.
    """
    for_group = _for_group(ticket_types)
    if code is None:
        return for_group
    with_code = _with_code(ticket_types, code)
    if not for_group.discount or with_code.total < for_group.total:
        return with_code
    words = f"{for_group.discount_words}; your code gives no more and is kept"
    return replace(for_group, discount_words=words, note=GROUP_IS_BETTER)


def quote_added(ticket_type: TicketType, *, beside: int, waive: str = "") -> Quote:
    """Of one more place beside so many that are booked: at the group price where all of them are enough for it, or for
    nothing. `waive` says why."""
    if waive and ticket_type.price:
        return _reduced([ticket_type], {0: ticket_type.price}, words=waive)
    together = _for_group([ticket_type] * (beside + 1))
    return replace(together, lines=together.lines[:1], group_places=None)


def quote_series(ticket_types: Sequence[TicketType], price: Decimal) -> Quote:
    """A place on each workshop of a series, for its price or what they cost one by one, whichever is less. Each is
    reduced in proportion, so that all add up to the price; no code counts beside it."""
    prices = [each.price for each in ticket_types]
    parts = spread(max(Decimal(), sum(prices, Decimal()) - price), prices)
    return _reduced(ticket_types, dict(enumerate(parts)), words=SERIES_PRICE)


def percent_of(amount: Decimal, percent: int) -> Decimal:
    """Rounded half up to the penny."""
    return (amount * percent / 100).quantize(PENNY, ROUND_HALF_UP)


def spread(amount: Decimal, over: Sequence[Decimal]) -> list[Decimal]:
    """The amount in proportion to these, to the penny. The parts add up to it, and none is above its own if the amount
    is not above their sum."""
    whole, passed, given, parts = sum(over, Decimal()), Decimal(), Decimal(), []
    for each in over:
        passed += each
        so_far = (amount * passed / whole).quantize(PENNY, ROUND_HALF_UP) if whole else amount
        parts.append(so_far - given)
        given = so_far
    return parts


class VatOfPrice(TypedDict):
    """The columns of an order's line."""

    vat_treatment: str
    vat_rate: Decimal | None


def vat_of(ticket_type: TicketType, rate: Decimal | None) -> VatOfPrice:
    """How VAT stands in a price at the moment of sale; `rate` is the practice's, None where it is not registered."""
    if rate is None:
        return VatOfPrice(vat_treatment=VatTreatment.NOT_REGISTERED, vat_rate=None)
    rates: dict[str, Decimal] = {TicketType.Vat.STANDARD: rate, TicketType.Vat.ZERO: Decimal()}
    return VatOfPrice(vat_treatment=ticket_type.vat_treatment, vat_rate=rates.get(ticket_type.vat_treatment))


def _for_group(ticket_types: Sequence[TicketType]) -> Quote:
    """At the workshop's group price if they are enough; all places count, the full-price live ones are reduced."""
    workshop = ticket_types[0].workshop if ticket_types else None
    if not workshop or not workshop.group_places or len(ticket_types) < workshop.group_places:
        return _reduced(ticket_types, {})
    percent = workshop.group_percent or 0
    reduced = [index for index, each in enumerate(ticket_types) if each.is_full_price and each.is_live]
    shares = {index: percent_of(ticket_types[index].price, percent) for index in reduced}
    quoted = _reduced(ticket_types, shares, words=f"Group price, {percent}% off")
    return replace(quoted, group_places=workshop.group_places) if quoted.discount else quoted


def _with_code(ticket_types: Sequence[TicketType], code: Code) -> Quote:
    if isinstance(code, Cohort):
        return _with_cohort(ticket_types, code)
    rule = code.discount if isinstance(code, DiscountCode) else code
    prices = {
        index: each.price
        for index, each in enumerate(ticket_types)
        if each.price and (each.is_full_price or not rule.full_price_only)
    }
    if not prices:
        raise CodeNotUsable(NOT_FOR_REDUCED)
    if isinstance(code, GeneralCode):
        return _with_general(ticket_types, prices, code)
    dearest = max(prices, key=prices.__getitem__)
    words = f"{code.percent}% off one place with {code}"
    return _reduced(ticket_types, {dearest: percent_of(prices[dearest], code.percent)}, code=code, words=words)


def _with_cohort(ticket_types: Sequence[TicketType], cohort: Cohort) -> Quote:
    """One place of the cohort's own ticket type, reduced or not."""
    if any(each.pk != cohort.ticket_type_id for each in ticket_types):
        raise CodeNotUsable(cohort_codes.OTHER_TICKET.format(cohort.ticket_type.name))
    if len(ticket_types) > 1:
        raise CodeNotUsable(cohort_codes.ONE_EACH)
    usual = ticket_types[0].price
    if cohort.percent is not None:
        share, words = percent_of(usual, cohort.percent), f"{cohort.percent}% off with {cohort.code}"
    else:
        share = Decimal() if cohort.price is None else max(Decimal(), usual - cohort.price)
        kept = f"A kept place for {price(usual - share)}" if usual > share else "A free place"
        words = f"{kept} with {cohort.code}"
    quoted = _reduced(ticket_types, {0: share}, code=cohort, words=words)
    return replace(quoted, note=cohort_codes.kept_words(cohort))


def _with_general(ticket_types: Sequence[TicketType], prices: dict[int, Decimal], code: GeneralCode) -> Quote:
    if code.percent is not None:
        shares = {index: percent_of(each, code.percent) for index, each in prices.items()}
        return _reduced(ticket_types, shares, code=code, words=f"{code.percent}% off with {code}")
    amount = code.amount or Decimal()  # the database sees to it that there is one
    parts = spread(min(amount, sum(prices.values(), Decimal())), list(prices.values()))
    shares = dict(zip(prices, parts, strict=True))
    return _reduced(ticket_types, shares, code=code, words=f"{price(amount)} off the booking with {code}")


def _reduced(
    ticket_types: Sequence[TicketType], shares: dict[int, Decimal], *, code: Code | None = None, words: str = ""
) -> Quote:
    """With its share taken off each place; a rest that no card can be charged is waived."""
    lines = tuple(QuotedLine(each, shares.get(index, Decimal())) for index, each in enumerate(ticket_types))
    quoted = Quote(lines, code, words if any(shares.values()) else "")
    if quoted.discount and quoted.total < SMALLEST_CHARGE:
        return replace(quoted, lines=tuple(QuotedLine(each, each.price) for each in ticket_types))
    return quoted


def price_of(tickets: Sequence[NewTicket], *, code: str, email: str) -> Quote:
    """Of places of one workshop. Raises CodeNotUsable with words for the buyer."""
    ticket_types = [ticket.ticket_type for ticket in tickets]
    if not code.strip():
        return quote(ticket_types)
    usable = discounts.find_usable(code, email=email, workshop=ticket_types[0].workshop)
    if isinstance(usable, Cohort):
        for ticket in tickets:
            cohort_codes.check_attendee(usable, email=ticket.email)
    return quote(ticket_types, code=usable)
