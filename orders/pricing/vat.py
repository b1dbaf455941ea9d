"""How VAT stands in what was sold, in sums and in words: for pages, mails and documents alike."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Protocol

from kit.local import locales
from kit.local.money import money
from orders.models import VatTreatment
from orders.pricing.prices import PENNY, Quote, vat_of

Group = tuple[str, Decimal | None]  # treatment and rate
Sums = defaultdict[Group, tuple[Decimal, Decimal]]  # gross, and VAT in it


class Sold(Protocol):
    """Anything that was sold for a total."""

    @property
    def total(self) -> Decimal: ...
    @property
    def vat_treatment(self) -> str: ...
    @property
    def vat_rate(self) -> Decimal | None: ...


class Taxed(Sold, Protocol):
    """An order line, or a part of it that goes back: with its own share of VAT, that nothing changes any more."""

    @property
    def vat(self) -> Decimal: ...


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
    """One line for each treatment and rate, in the order of VatTreatment, the highest rate first; the net sum is the
    rest, so that the parts add up to what was paid."""
    sums = no_sums()
    for line in lines:
        gross, vat = sums[group_of(line)]
        sums[group_of(line)] = (gross + line.total, vat + line.vat)
    return [
        _vat_line(group, *sums[group], currency, is_mixed=len(sums) > 1) for group in sorted(sums, key=_place_of_group)
    ]


def no_sums() -> Sums:
    return defaultdict(lambda: (Decimal(), Decimal()))


def group_of(line: Sold) -> Group:
    return line.vat_treatment, line.vat_rate


def share_vat(lines: Sequence[Sold]) -> list[Decimal]:
    """Each line's VAT, of those sold together. It is worked out once of the sum of each treatment and rate, half a
    penny rounded up, and then shared out: so a receipt shows no pennies that came from rounding place by place."""
    return spread_vat(lines, {group: _vat_in(gross, group[1]) for group, gross in grosses(lines).items()})


def spread_vat(lines: Sequence[Sold], wholes: dict[Group, Decimal]) -> list[Decimal]:
    """So much of each treatment and rate over its lines, in proportion: whole pennies, and those that are left go to
    the lines that lost the largest part of one."""
    whole, left = grosses(lines), dict(wholes)
    exact = [wholes[group_of(line)] * line.total / (whole[group_of(line)] or 1) for line in lines]
    shares = [each.quantize(PENNY, ROUND_DOWN) for each in exact]
    for line, share in zip(lines, shares, strict=True):
        left[group_of(line)] -= share
    for index in sorted(range(len(lines)), key=lambda index: shares[index] - exact[index]):
        if left[group_of(lines[index])] > 0:
            shares[index] += PENNY
            left[group_of(lines[index])] -= PENNY
    return shares


def credit_vat(sold: Iterable[Taxed], going: Sequence[Sold], before: Sums) -> list[Decimal]:
    """Of parts of what was sold that go back: the VAT that should be credited with them less what earlier notes have
    credited (`before`). All notes together credit what was charged, in whatever parts and order it goes back."""
    amounts, wholes = grosses(going), dict[Group, Decimal]()
    for each in vat_lines(sold):
        group = (each.treatment, each.rate)
        gross, vat = before[group]
        gone = min(each.gross, gross + amounts[group])
        due = (each.vat * gone / (each.gross or 1)).quantize(PENNY, ROUND_HALF_UP) - vat
        wholes[group] = min(amounts[group], max(Decimal(), due))
    return spread_vat(going, wholes)


def quoted_vat(quote: Quote, rate: Decimal | None) -> list[VatLine]:
    """The same for places that are not sold yet; `rate` is the practice's, None where it is not registered."""
    return vat_lines(shares_of(quote, rate))


def shares_of(quote: Quote, rate: Decimal | None) -> list["Share"]:
    """How VAT stands in each of them."""
    shares = [Share(line.total, **vat_of(line.ticket_type, rate)) for line in quote.lines]
    return [replace(share, vat=vat) for share, vat in zip(shares, share_vat(shares), strict=True)]


@dataclass(frozen=True)
class Share:
    total: Decimal
    vat_treatment: str
    vat_rate: Decimal | None
    vat: Decimal = Decimal()


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


def grosses(lines: Iterable[Sold]) -> dict[Group, Decimal]:
    sums: dict[Group, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[group_of(line)] += line.total
    return sums


def _vat_in(gross: Decimal, rate: Decimal | None) -> Decimal:
    return (gross * (rate or 0) / (100 + (rate or 0))).quantize(PENNY, ROUND_HALF_UP)


def _vat_line(group: Group, gross: Decimal, vat: Decimal, currency: str, *, is_mixed: bool) -> VatLine:
    treatment, rate = group
    words = str(locales.said(_WORDS[VatTreatment(treatment)][is_mixed])).format(
        gross=money(gross, currency), vat=money(vat, currency), rate=_plain(rate or Decimal())
    )
    return VatLine(treatment, rate, gross, vat, words)


def _plain(rate: Decimal) -> str:
    """`20` and `17.5`."""
    return f"{rate.normalize():f}"
