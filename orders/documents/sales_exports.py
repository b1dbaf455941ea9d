"""Sales as a file that the worker makes: however many there are, no request waits for them.

Each part is stored in one transaction with the place to go on from, so a worker that dies loses none and writes none
twice.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from kit.work.rounds import do_for_each
from orders.documents import journal, sales_csv
from orders.models import Order, SalesExport, SalesExportPart
from practice.models import Practice

AT_ONCE = 500
DAYS_AT_ONCE = 31  # of a journal
SECONDS = 10  # of one round, so that other work has its turn
KEPT = timedelta(days=2)  # it is full of people's addresses
MOST_UNDER_WAY = 3


class TooManyUnderWay(Exception):
    """Some have to be whole first."""


@transaction.atomic
def ask_for_sales(
    *, first_day: date, last_day: date, user: User | None, what: str = SalesExport.What.SALES
) -> SalesExport:
    """The one that is under way for the same days, or a new one. Raises TooManyUnderWay."""
    under_way = list(SalesExport.objects.filter(made_at=None))
    for export in under_way:
        if (export.what, export.first_day, export.last_day) == (what, first_day, last_day):
            return export
    if len(under_way) >= MOST_UNDER_WAY:
        raise TooManyUnderWay
    export = SalesExport(what=what, first_day=first_day, last_day=last_day, asked_by=user)
    export.orders = export.days if export.is_journal else _orders_of(export).count()
    export.save()
    return export


def make_sales_exports() -> int:
    """For the worker: goes on with each that is not whole, for some seconds. Returns how many parts were made."""
    keys = list(SalesExport.objects.filter(made_at=None).order_by("pk").values_list("pk", flat=True))
    return do_for_each(_turns(keys), _make_part, seconds=SECONDS)


def delete_old_exports() -> int:
    """For the worker. Whoever needs one again asks for it again."""
    old = SalesExport.objects.filter(asked_at__lt=timezone.now() - KEPT)
    return old.delete()[1].get(SalesExport._meta.label, 0)


def lines_of(export: SalesExport) -> Iterator[str]:
    """What was made of it, part by part."""
    for number in range(export.parts_made):
        yield export.parts.get(number=number).text


def _turns(keys: list[int]) -> Iterator[int]:
    """Each until it is whole, or until a turn of it made nothing: it failed, or another worker has it."""
    for pk in keys:
        made = -1
        while (export := SalesExport.objects.filter(pk=pk, made_at=None).first()) and export.parts_made > made:
            made = export.parts_made
            yield pk


def _make_part(pk: int) -> int:
    """Written first and stored then: on SQLite nobody else could write as long as the export is locked."""
    export = SalesExport.objects.filter(pk=pk, made_at=None).first()
    if export is None:
        return 0
    text, is_last = (_some_days if export.is_journal else _some_orders)(export)
    export.made_at = timezone.now() if is_last else None
    return _store_part(export, text)


@transaction.atomic
def _store_part(export: SalesExport, text: str) -> int:
    """Returns 0 if another worker made the same part meanwhile, or the export is gone."""
    as_it_was = SalesExport.objects.select_for_update(of=("self",)).filter(pk=export.pk, parts_made=export.parts_made)
    if not as_it_was.exists():
        return 0
    SalesExportPart.objects.create(export=export, number=export.parts_made, text=text)
    export.parts_made += 1
    export.save(update_fields=["orders_done", "parts_made", "last_order", "made_at"])
    return 1


def _some_orders(export: SalesExport) -> tuple[str, bool]:
    """The next lines, and whether they are the last; the export is moved on."""
    orders = _next_of(export)
    is_last = len(orders) < AT_ONCE
    export.orders_done += len(orders)
    export.last_order = orders[-1] if orders else export.last_order
    lines = sales_csv.lines(orders, zone=Practice.current().time_zone)
    text = (sales_csv.heading() if not export.parts_made else "") + "".join(lines)
    return text + (sales_csv.ending(export.orders_done) if is_last else ""), is_last


def _some_days(export: SalesExport) -> tuple[str, bool]:
    """The same of the journal, a bounded number of days at once."""
    first = export.first_day + timedelta(days=export.orders_done)
    last = min(first + timedelta(days=DAYS_AT_ONCE - 1), export.last_day)
    entries = journal.entries_between(_midnight(first), _midnight(last + timedelta(days=1)))
    is_last = last == export.last_day
    export.orders_done = (last - export.first_day).days + 1
    lines = journal.lines(entries, zone=Practice.current().time_zone)
    text = (journal.heading() if not export.parts_made else "") + "".join(lines)
    return text + (journal.ending(export.orders_done) if is_last else ""), is_last


def _next_of(export: SalesExport) -> list[Order]:
    orders = _orders_of(export)
    if last := export.last_order:
        orders = orders.filter(Q(placed_at__gt=last.placed_at) | Q(placed_at=last.placed_at, pk__gt=last.pk))
    return list(sales_csv.with_all(orders.order_by("placed_at", "pk"))[:AT_ONCE])


def _orders_of(export: SalesExport) -> QuerySet[Order]:
    first, after = (_midnight(day) for day in (export.first_day, export.last_day + timedelta(days=1)))
    return Order.objects.filter(placed_at__gte=first, placed_at__lt=after)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), Practice.current().zone)
