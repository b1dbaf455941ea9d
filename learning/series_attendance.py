"""Attendance over a whole series: of everybody who bought it, the minutes at each of its workshops, and whether they
are enough. The numbers and the rule are those by which certificates are issued, of the parts and of the whole."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, Min, OuterRef, QuerySet, prefetch_related_objects

from courses.models import Ticket, Workshop, WorkshopSeries
from kit.texts.csv_cells import csv_lines
from kit.texts.sentences import listed
from learning.attended import AttendanceSum, sums_of
from learning.certificates.rules import Outcome, outcomes_by
from learning.certificates.wholes import Part, Whole, wholes_of
from learning.models import Attendance, Certificate
from orders.models import Order, OrderLine

AT_ONCE = 100  # people of a file that are in memory
SOON = "Its certificate comes within a minute."
COLUMNS = (
    *("Name", "Email", "Order", "Workshop", "Moved to", "Minutes", "Of minutes", "Per cent", "Per cent needed"),
    *("Corrected because", "Met", "In words", "Certificate", "Certificate for the whole"),
)


@dataclass(frozen=True)
class Cell:
    """One person at one workshop. `certificate` is the newest of the place, whatever it is worth."""

    part: Part
    attended: AttendanceSum
    outcome: Outcome
    certificate: Certificate | None
    rows: Sequence[Attendance]

    @property
    def moved_to(self) -> Workshop | None:
        workshop = self.part.ticket.workshop
        return workshop if workshop != self.part.sold_at else None

    @property
    def is_met(self) -> bool:
        return self.certificate.is_valid if self.certificate else self.outcome.is_met

    @property
    def words(self) -> str:
        """How it stands: of a certificate how that does, else what its rule says."""
        if self.certificate:
            return self.certificate.get_kind_display() if self.is_met else self.certificate.status_words
        return SOON if self.is_met else " ".join(self.outcome.blocks)

    @property
    def reasons(self) -> list[str]:
        """Why the desk corrected its minutes."""
        return [each.corrected_because for each in self.rows if each.corrected_minutes is not None]


@dataclass(frozen=True)
class Row:
    """One person's series. `cells` stand in the order of the columns; None for a workshop that was not sold to them."""

    whole: Whole
    cells: Sequence[Cell | None]
    certificate: Certificate | None

    @property
    def found(self) -> list[Cell]:
        return [each for each in self.cells if each]

    @property
    def name(self) -> str:
        """Several, if a part was handed to somebody else."""
        return listed(list(dict.fromkeys(each.part.ticket.attendee_name for each in self.found)))

    @property
    def minutes(self) -> int:
        return sum(each.attended.minutes for each in self.found)

    @property
    def of_minutes(self) -> int:
        return sum(each.attended.of_minutes for each in self.found)

    @property
    def words(self) -> str:
        """How the whole stands."""
        if self.certificate:
            return self.certificate.status_words
        return SOON if self.whole.is_met else " ".join(self.whole.blocks)


@dataclass(frozen=True)
class Table:
    workshops: Sequence[Workshop]
    rows: Sequence[Row]


def bought(series: WorkshopSeries) -> QuerySet[Order]:
    """Each is one person's; none of which every place was given back."""
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    kept = Exists(lines.filter(ticket__status=Ticket.Status.CONFIRMED))
    moved = Exists(OrderLine.objects.filter(order__moved_from__order=OuterRef("pk"), order__paid_at__isnull=False))
    orders = Order.objects.filter(kept | moved, series=series, paid_at__isnull=False, moved_from=None)
    return orders.annotate(who=Min("lines__ticket__attendee_name")).order_by("who", "pk")


def table_of(orders: Sequence[Order]) -> Table:
    """In as many questions for many people as for one."""
    wholes = wholes_of(orders)
    parts = [part for whole in wholes for part in whole.parts]
    columns = list({part.sold_at.pk: part.sold_at for part in parts}.values())
    columns.sort(key=lambda each: (each.starts_at is None, each.starts_at, each.pk))
    cells = _cells(parts)
    made = Certificate.objects.latest().with_parts().select_related("ticket").filter(order__in=orders)
    of_whole = {each.order_id: each for each in made}
    rows = []
    for whole in wholes:
        by_workshop = {part.sold_at.pk: cells[part.ticket.pk] for part in whole.parts}
        rows.append(Row(whole, [by_workshop.get(each.pk) for each in columns], of_whole.get(whole.order.pk)))
    return Table(columns, rows)


def as_csv(series: WorkshopSeries) -> Iterator[str]:
    """A line for each person and workshop."""
    return csv_lines(COLUMNS, _lines(series))


def _lines(series: WorkshopSeries) -> Iterator[Sequence[object]]:
    keys = list(bought(series).values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        found = {each.pk: each for each in Order.objects.filter(pk__in=keys[start : start + AT_ONCE])}
        for row in table_of([found[pk] for pk in keys[start : start + AT_ONCE]]).rows:
            yield from (_line(row, cell) for cell in row.found)


def _line(row: Row, cell: Cell) -> Sequence[object]:
    ticket, sold_at, attended = cell.part.ticket, cell.part.sold_at, cell.attended
    return (
        *(ticket.attendee_name, ticket.attendee_email, row.whole.order.number, _named(sold_at)),
        _named(cell.moved_to) if cell.moved_to else "",
        *(attended.minutes, attended.of_minutes, attended.percent, ticket.workshop.attendance_percent),
        *("; ".join(cell.reasons), "yes" if cell.is_met else "no", cell.words),
        cell.certificate.serial if cell.certificate else "",
        row.certificate.serial if row.certificate else row.words,
    )


def _named(workshop: Workshop) -> str:
    return f"{workshop.title}, {workshop.starts_on}"


def _cells(parts: Sequence[Part]) -> dict[int, Cell]:
    """By the ticket's number."""
    tickets = [part.ticket for part in parts]
    prefetch_related_objects(tickets, "workshop__sessions")
    sums = sums_of(tickets)
    outcomes = outcomes_by(sums, tickets)
    certificates = {
        each.ticket_id: each for each in Certificate.objects.of_places().latest().filter(ticket__in=tickets)
    }
    rows: dict[int, list[Attendance]] = defaultdict(list)
    for row in Attendance.objects.filter(ticket__in=tickets).select_related("session").order_by("session__starts_at"):
        rows[row.ticket_id].append(row)
    found = {}
    for part in parts:
        pk = part.ticket.pk
        if certificate := certificates.get(pk):
            certificate.ticket = part.ticket
        found[pk] = Cell(part, sums[pk], outcomes[pk], certificate, rows[pk])
    return found
