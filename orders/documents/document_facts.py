"""Everything that stands on a document, taken down once: later changes of practice or order are not on it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, get_args, get_type_hints

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from courses.when import when
from orders.models import Document, Order, OrderLine, Payment, Refund, VatTreatment
from orders.pricing.prices import PENNY, spread
from orders.pricing.vat import Sums, credit_vat, grosses, group_of, no_sums, spread_vat, vat_lines
from practice.models import Practice, SaleTerms

SENT_BACK = "Sent back the way it was paid"
REDUCED = "Not asked for any more"
NOTHING_SOLD = "Nothing was sold on this invoice: its places were given back"


class FactsEncoder(DjangoJSONEncoder):
    """Facts are written with all that they hold, in their order."""

    def default(self, o: Any) -> Any:
        return vars(o) if is_dataclass(o) else super().default(o)


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
    vat: Decimal = Decimal()

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
    when: tuple[str, ...] = ()  # every day of it, with the hours
    transfers: tuple[Transfer, ...] = ()
    pay_to: str = ""
    corrects: tuple[str, ...] = ()
    replaces: str = ""

    @property
    def charges_vat(self) -> bool:
        return any(sum.rate is not None for sum in self.vat)

    def as_json(self) -> dict[str, Any]:
        return json.loads(json.dumps(self, cls=FactsEncoder))


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
    """Of a part that went back or along to another order. Its VAT is what should be credited by now less what earlier
    notes have credited."""
    order = refund.payment.order
    before = _vat_on(order.documents.filter(kind=Document.Kind.CREDIT_NOTE, refund__isnull=False))
    items = credited_items(list(order.lines.all()), amount, first=refund.line, before=before)
    words = f"Moved to order {refund.credit.order.number}" if refund.credit else SENT_BACK
    transfer = Transfer(words, amount, _day(refund.paid_at or timezone.now()))
    return _facts(order, items, transfers=(transfer,), corrects=_numbers(credited))


def of_reduction(order: Order, amount: Decimal, *, credited: Sequence[Document], earlier: Iterable[Document]) -> Facts:
    """Of what is no longer asked for, because somebody was content with less. Its VAT is what was invoiced, less what
    `earlier` notes took off it and what is sold now."""
    items = list(_spread(amount, list(order.lines.all()), words="Price reduced"))
    asked, taken, sold = _vat_on(credited), _vat_on(earlier), vat_lines(order.lines.all())
    vat = {
        (now.treatment, now.rate): asked[now.treatment, now.rate][1] - taken[now.treatment, now.rate][1] - now.vat
        for now in sold
    }
    transfers = (Transfer(REDUCED, amount),)
    return _facts(order, _with(items, spread_vat(items, vat)), transfers=transfers, corrects=_numbers(credited))


def of_dead_invoice(order: Order, *, credited: Sequence[Document]) -> Facts:
    transfer = Transfer(NOTHING_SOLD, order.total)
    return _facts(order, _sold(order), transfers=(transfer,), corrects=_numbers(credited))


def credited_items(sold: Sequence[OrderLine], amount: Decimal, *, first: OrderLine | None, before: Sums) -> list[Item]:
    """The parts of what was sold that go back with an amount: of the `first` place, or of all. `before` is what earlier
    credit notes have, gross and VAT: all of them together credit what was charged, under each rate."""
    items = list(_going(sold, amount, first=first, before=before))
    return _with(items, credit_vat(sold, items, before))


def today() -> date:
    return Practice.current().today()


def _facts(order: Order, items: Sequence[Item], **others) -> Facts:
    days = [session.day for session in order.sold.session_list]
    return Facts(
        issuer=_issuer(),
        buyer=Party(order.buyer_name, order.organisation, order.organisation_address, order.po_number),
        order_number=order.number,
        workshop=order.sold.title,
        currency=order.currency,
        issued_on=today(),
        supplied_from=days[0] if days else None,
        supplied_to=days[-1] if days else None,
        when=tuple(when(order.sold)) if days else (),
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
    return [
        replace(_item(line, line.description, line.price, line.discount), vat=line.vat) for line in order.lines.all()
    ]


def _item(line: OrderLine, description: str, price: Decimal, discount: Decimal = Decimal()) -> Item:
    """Without its VAT."""
    return Item(
        description=description,
        attendee=line.ticket.attendee_name,
        price=price,
        discount=discount,
        total=price - discount,
        vat_treatment=line.vat_treatment,
        vat_rate=line.vat_rate,
    )


def _going(lines: Sequence[OrderLine], amount: Decimal, *, first: OrderLine | None, before: Sums) -> Iterator[Item]:
    """Of the place that it is for, then of all; of what was sold under one rate of VAT no more than is left of it."""
    room = {group: gross - before[group][0] for group, gross in grosses(lines).items()}
    if first and (own := min(amount, room[group_of(first)])) > 0:
        yield _item(first, f"Credit: {first.description}", own)
        room[group_of(first)] -= own
        amount -= own
    groups = [group for group in room if room[group] > 0] or list(room)
    parts = spread(amount, [room[group] for group in groups])
    for group, part in zip(groups, parts, strict=True):
        yield from _spread(part, [line for line in lines if group_of(line) == group])


def _spread(amount: Decimal, lines: Sequence[OrderLine], *, words: str = "Credit") -> Iterator[Item]:
    """In proportion to what each place cost; the parts add up to the amount to the penny."""
    for line, part in zip(lines, spread(amount, [line.total for line in lines]), strict=True):
        if part:
            yield _item(line, f"{words}: {line.description}", part)


def _with(items: Sequence[Item], vat: Sequence[Decimal]) -> list[Item]:
    return [replace(item, vat=part) for item, part in zip(items, vat, strict=True)]


def _vat_on(documents: Iterable[Document]) -> Sums:
    """Gross and VAT that stand on these papers together."""
    sums = no_sums()
    treatments = {label: value for value, label in VatTreatment.choices}
    for each in (each for document in documents for each in read(document.facts).vat):
        gross, vat = sums[treatments[each.name], each.rate]
        sums[treatments[each.name], each.rate] = (gross + each.gross, vat + each.vat)
    return sums


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


def _day(moment: datetime | None) -> date | None:
    return moment and moment.astimezone(Practice.current().zone).date()


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
