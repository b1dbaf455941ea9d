"""Everything that stands on a document, taken down once: later changes of practice or order are not on it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from orders.models import Document, Order, OrderLine, Payment, Refund, VatTreatment
from orders.pricing.prices import PENNY
from orders.pricing.vat import vat_lines
from practice.models import Practice, SaleTerms

SENT_BACK = "Sent back the way it was paid"
REDUCED = "Not asked for any more"
NOTHING_SOLD = "Nothing was sold on this invoice: its places were given back"


@dataclass(frozen=True)
class Issuer:
    name: str
    trading_name: str = ""
    address: str = ""
    company_number: str = ""
    registered_in: str = ""
    vat_number: str = ""
    email: str = ""


@dataclass(frozen=True)
class Party:
    name: str
    organisation: str = ""
    address: str = ""
    po_number: str = ""


@dataclass(frozen=True)
class Item:
    """A place that was sold, or the part of its price that goes back."""

    description: str
    attendee: str
    price: Decimal
    discount: Decimal
    total: Decimal
    vat_treatment: str
    vat_rate: Decimal | None

    @property
    def net_price(self) -> Decimal | None:
        """The price of one without VAT: a full VAT invoice names it beside the rate."""
        if self.vat_rate is None:
            return None
        return (self.price * 100 / (100 + self.vat_rate)).quantize(PENNY, ROUND_HALF_UP)


@dataclass(frozen=True)
class VatSum:
    """All items under one treatment and rate; the words are a sentence."""

    name: str
    words: str
    rate: Decimal | None
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True)
class Transfer:
    """Money that came in, or went back."""

    words: str
    amount: Decimal
    on: date | None = None


@dataclass(frozen=True)
class Facts:
    """Days are the practice's; those of the supply are the workshop's own."""

    issuer: Issuer
    buyer: Party
    order_number: str
    workshop: str
    currency: str
    issued_on: date
    total: Decimal
    items: tuple[Item, ...]
    vat: tuple[VatSum, ...]
    paid_on: date | None = None
    due_on: date | None = None
    supplied_from: date | None = None
    supplied_to: date | None = None
    transfers: tuple[Transfer, ...] = ()
    pay_to: str = ""
    corrects: tuple[str, ...] = ()
    replaces: str = ""

    @property
    def charges_vat(self) -> bool:
        return any(sum.rate is not None for sum in self.vat)

    def as_json(self) -> dict[str, Any]:
        return json.loads(json.dumps(asdict(self), cls=DjangoJSONEncoder))


def read(stored: dict[str, Any]) -> Facts:
    """What a document's row holds; words that this version does not know are left out."""
    return _read(Facts, stored)


def of_invoice(order: Order) -> Facts:
    return _facts(order, _sold(order), due_on=order.invoice_due_on, pay_to=SaleTerms.current().bank_details)


def of_receipt(order: Order, payments: Iterable[Payment], *, invoices: Sequence[Document]) -> Facts:
    return _facts(
        order,
        _sold(order),
        paid_on=_day(order.paid_at),
        due_on=order.invoice_due_on,
        transfers=tuple(_up_to(order.total, payments)),
        corrects=_numbers(invoices),
    )


def of_refund(refund: Refund, amount: Decimal, *, credited: Sequence[Document]) -> Facts:
    """Of a part that went back or along to another order, spread over all places where the refund names none."""
    order = refund.payment.order
    lines = [refund.line] if refund.line else list(order.lines.all())
    words = f"Moved to order {refund.credit.order.number}" if refund.credit else SENT_BACK
    transfer = Transfer(words, amount, _day(refund.paid_at or timezone.now()))
    return _facts(order, _spread(amount, lines), transfers=(transfer,), corrects=_numbers(credited))


def of_reduction(order: Order, amount: Decimal, *, credited: Sequence[Document]) -> Facts:
    """Of what is no longer asked for, because somebody was content with less."""
    items = _spread(amount, list(order.lines.all()), words="Price reduced")
    return _facts(order, items, transfers=(Transfer(REDUCED, amount),), corrects=_numbers(credited))


def of_dead_invoice(order: Order, *, credited: Sequence[Document]) -> Facts:
    transfer = Transfer(NOTHING_SOLD, order.total)
    return _facts(order, _sold(order), transfers=(transfer,), corrects=_numbers(credited))


def today() -> date:
    return timezone.localdate(timezone=_zone())


def _facts(order: Order, items: Sequence[Item], **others) -> Facts:
    days = [session.day for session in order.workshop.session_list]
    return Facts(
        issuer=_issuer(),
        buyer=Party(order.buyer_name, order.organisation, order.organisation_address, order.po_number),
        order_number=order.number,
        workshop=order.workshop.title,
        currency=order.currency,
        issued_on=today(),
        supplied_from=days[0] if days else None,
        supplied_to=days[-1] if days else None,
        total=sum((item.total for item in items), Decimal()),
        items=tuple(items),
        vat=tuple(_vat_sums(items, order.currency)),
        **others,
    )


def _issuer() -> Issuer:
    practice = Practice.current()
    return Issuer(
        name=practice.legal_name,
        trading_name=practice.name,
        address=practice.registered_address or practice.address,
        company_number=practice.company_number,
        registered_in=practice.registered_in,
        vat_number=practice.vat_number,
        email=practice.email,
    )


def _sold(order: Order) -> list[Item]:
    return [_item(line, line.description, line.price, line.discount) for line in order.lines.all()]


def _item(line: OrderLine, description: str, price: Decimal, discount: Decimal = Decimal()) -> Item:
    return Item(
        description=description,
        attendee=line.ticket.attendee_name,
        price=price,
        discount=discount,
        total=price - discount,
        vat_treatment=line.vat_treatment,
        vat_rate=line.vat_rate,
    )


def _spread(amount: Decimal, lines: Sequence[OrderLine], *, words: str = "Credit") -> list[Item]:
    """In proportion to what each place cost; the parts add up to the amount to the penny."""
    whole = sum((line.total for line in lines), Decimal())
    items, before, so_far = [], Decimal(), Decimal()
    for line in lines:
        so_far += line.total
        until = (amount * so_far / whole).quantize(PENNY, ROUND_HALF_UP) if whole else amount
        if until > before:
            items.append(_item(line, f"{words}: {line.description}", until - before))
        before = until
    return items


def _vat_sums(items: Sequence[Item], currency: str) -> Iterator[VatSum]:
    for sum in vat_lines(items, currency):
        yield VatSum(VatTreatment(sum.treatment).label, sum.words, sum.rate, sum.net, sum.vat, sum.gross)


def _up_to(total: Decimal, payments: Iterable[Payment]) -> Iterator[Transfer]:
    """What came in as far as it was for the sale: a surplus is none of it."""
    for each in payments:
        if (amount := min(each.received or Decimal(), total)) > 0:
            yield Transfer(_how_paid(each), amount, _day(each.paid_at))
            total -= amount


def _how_paid(payment: Payment) -> str:
    if payment.method == Payment.Method.CREDIT:
        moved_from = payment.order.moved_from
        return f"Brought from order {moved_from.order.number}" if moved_from else "Brought from another order"
    ways: dict[str, str] = {
        Payment.Method.STRIPE: "Card, through Stripe",
        Payment.Method.TRANSFER: "Bank transfer",
    }
    return ways[payment.method]


def _numbers(documents: Sequence[Document]) -> tuple[str, ...]:
    return tuple(document.number for document in documents)


def _zone() -> ZoneInfo:
    return ZoneInfo(Practice.current().time_zone)


def _day(moment: datetime | None) -> date | None:
    return moment and moment.astimezone(_zone()).date()


def _read(kind: type, stored: dict[str, Any]) -> Any:
    hints = get_type_hints(kind)
    return kind(
        **{each.name: _value(hints[each.name], stored[each.name]) for each in fields(kind) if each.name in stored}
    )


def _value(hint: Any, stored: Any) -> Any:
    if stored is None:
        return None
    if isinstance(stored, list):
        return tuple(_value(get_args(hint)[0], each) for each in stored)
    kinds = {hint, *get_args(hint)}
    if Decimal in kinds:
        return Decimal(stored)
    if date in kinds:
        return date.fromisoformat(stored)
    return _read(hint, stored) if isinstance(hint, type) and is_dataclass(hint) else stored
