"""How VAT stands in what was sold, in sums and in words: for pages, mails and documents alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from kit.money import money
from orders.models import VatTreatment
from orders.pricing.prices import PENNY, Quote, vat_of


class Taxed(Protocol):
    """An order line, or anything else that was sold for a total: a part that goes back, a place that is quoted."""

    @property
    def total(self) -> Decimal: ...
    @property
    def vat_treatment(self) -> str: ...
    @property
    def vat_rate(self) -> Decimal | None: ...


@dataclass(frozen=True)
class VatLine:
    """All that was sold under one treatment and rate. `rate` is in per cent, None where there is none."""

    treatment: str
    rate: Decimal | None
    gross: Decimal
    vat: Decimal
    words: str

    @property
    def net(self) -> Decimal:
        return self.gross - self.vat


def vat_lines(lines: Iterable[Taxed], currency: str = "") -> list[VatLine]:
    """One line for each treatment and rate, in the order of VatTreatment, the highest rate first.

    VAT is worked out once of each group's gross sum, half a penny rounded up, and the net sum is the rest: so the parts
    add up to what was paid, and a receipt shows no pennies that came from rounding place by place.
    """
    sums: dict[tuple[str, Decimal | None], Decimal] = {}
    for line in lines:
        group = (line.vat_treatment, line.vat_rate)
        sums[group] = sums.get(group, Decimal()) + line.total
    return [
        _vat_line(*group, sums[group], currency, is_mixed=len(sums) > 1) for group in sorted(sums, key=_place_of_group)
    ]


def quoted_vat(quote: Quote, rate: Decimal | None) -> list[VatLine]:
    """The same for places that are not sold yet; `rate` is the practice's, None where it is not registered."""
    return vat_lines(_Share(line.total, **vat_of(line.ticket_type, rate)) for line in quote.lines)


@dataclass(frozen=True)
class _Share:
    total: Decimal
    vat_treatment: str
    vat_rate: Decimal | None


# `{gross}` and `{vat}` are sums of money, `{rate}` is a number. First where it holds for all, then for a part.
_WORDS = {
    VatTreatment.STANDARD: ("Includes VAT at {rate}%: {vat}.", "{gross} includes VAT at {rate}%: {vat}."),
    VatTreatment.EXEMPT: ("Exempt from VAT.", "{gross} is exempt from VAT."),
    VatTreatment.ZERO: ("Zero-rated (0% VAT).", "{gross} is zero-rated (0% VAT)."),
    VatTreatment.OUTSIDE: ("Outside the scope of VAT.", "{gross} is outside the scope of VAT."),
    VatTreatment.NOT_REGISTERED: ("No VAT is charged.", "No VAT is charged on {gross}."),
}


def _place_of_group(group: tuple[str, Decimal | None]) -> tuple[int, Decimal]:
    treatment, rate = group
    return VatTreatment.values.index(treatment), -(rate or Decimal())


def _vat_line(treatment: str, rate: Decimal | None, gross: Decimal, currency: str, *, is_mixed: bool) -> VatLine:
    vat = (gross * (rate or 0) / (100 + (rate or 0))).quantize(PENNY, ROUND_HALF_UP)
    words = _WORDS[VatTreatment(treatment)][is_mixed].format(
        gross=money(gross, currency), vat=money(vat, currency), rate=_plain(rate or Decimal())
    )
    return VatLine(treatment, rate, gross, vat, words)


def _plain(rate: Decimal) -> str:
    """`20` and `17.5`."""
    return f"{rate.normalize():f}"
