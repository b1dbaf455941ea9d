"""A certificate for all of a series: there is one once each of its parts has its own, all of one person.

A part that the desk moved to another date counts there. Its hours are those of its parts, not others beside them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from courses.models import Ticket, Workshop
from kit.guard.addresses import email_key
from learning.certificates.facts import CertificateFacts, facts_of_whole, read
from learning.models import Certificate
from orders.models import Order, OrderLine

NOT_ALL = "{title}, {day}: it has no certificate that counts."
SEVERAL_PEOPLE = "Not one person has come to all of it."


@dataclass(frozen=True)
class Part:
    """`sold_at` is the workshop that was bought; the place may have moved to another one since."""

    ticket: Ticket
    certificate: Certificate | None
    sold_at: Workshop


@dataclass(frozen=True)
class Whole:
    """The places of a series that was bought, in the order of their dates, each with its own certificate."""

    order: Order
    parts: Sequence[Part]

    @property
    def blocks(self) -> tuple[str, ...]:
        """What still stands in the way, in words for whoever has it."""
        missing = [each.ticket.workshop for each in self.parts if each.certificate is None]
        words = [NOT_ALL.format(title=each.title, day=each.starts_on) for each in missing]
        people = {each.ticket.attendee_email and email_key(each.ticket.attendee_email) for each in self.parts}
        is_ones = len(people) == 1 and people != {""}  # nor of somebody who was forgotten
        return (*words, *([] if is_ones else [SEVERAL_PEOPLE]))

    @property
    def is_met(self) -> bool:
        return bool(self.parts) and not self.blocks

    @property
    def certificates(self) -> list[Certificate]:
        return [each.certificate for each in self.parts if each.certificate]

    @property
    def kind(self) -> str:
        kinds = {each.kind for each in self.certificates}
        return kinds.pop() if len(kinds) == 1 else Certificate.Kind.MIXED

    @property
    def hours(self) -> Decimal:
        return sum((each.hours for each in self.certificates), Decimal())

    @property
    def completed_on(self) -> date:
        return max(each.completed_on for each in self.certificates)


def whole_of(order: Order) -> Whole:
    """In a few questions, whatever became of its places."""
    return wholes_of([order])[0]


def wholes_of(orders: Sequence[Order]) -> list[Whole]:
    """In as many questions as of one: each further one is for a place that moved once more."""
    lines = list(OrderLine.objects.filter(order__in=orders).select_related("ticket__workshop__course"))
    now = _now_at(lines)
    found = Certificate.objects.of_places().valid().filter(ticket__in=list(now.values()))
    own = {each.ticket_id: each for each in found}
    parts: dict[int, list[Part]] = defaultdict(list)
    for line in lines:
        ticket = now[line.pk]
        parts[line.order_id].append(Part(ticket, own.get(ticket.pk), line.ticket.workshop))
    return [Whole(order, sorted(parts[order.pk], key=_by_date)) for order in orders]


def order_of(ticket: Ticket) -> Order | None:
    """The series that a place is a part of, though it was moved since; None if it was sold alone, or given."""
    line = OrderLine.objects.filter(ticket=ticket).select_related("order__series").first()
    while line and line.order.moved_from_id:
        line = OrderLine.objects.select_related("order__series").get(pk=line.order.moved_from_id)
    return line.order if line and line.order.series_id else None


def whole_beside(certificate: Certificate) -> Certificate | None:
    """The one for the whole series, of a place that is a part of it; none that was revoked."""
    order = None if certificate.order else order_of(certificate.ticket)
    return Certificate.objects.latest().filter(order=order, revoked_at=None).first() if order else None


def bought_whole(places: QuerySet[Ticket]) -> QuerySet[Order]:
    """The series that any of these places is a part of by now, though it was moved there."""
    lines = OrderLine.objects.filter(ticket__in=places)
    moved, origins = lines.filter(order__moved_from__isnull=False), set[int]()
    while came_from := set(moved.values_list("order__moved_from", flat=True)) - origins:
        origins |= came_from
        moved = OrderLine.objects.filter(pk__in=came_from, order__moved_from__isnull=False)
    of_them = Exists(lines.filter(order=OuterRef("pk"))) | Exists(
        OrderLine.objects.filter(pk__in=origins, order=OuterRef("pk"))
    )
    return Order.objects.exclude(series=None).filter(of_them, moved_from=None)


def make_whole(whole: Whole, *, name: str, version: int) -> Certificate:
    """Its rule must be met."""
    made = Certificate.objects.create(
        ticket=whole.parts[-1].ticket,
        order=whole.order,
        version=version,
        name=name,
        kind=whole.kind,
        hours=whole.hours,
        completed_on=whole.completed_on,
        facts=_facts_of(whole).as_json(),
    )
    made.parts.set([each.ticket for each in whole.parts])
    return made


def says_the_same(certificate: Certificate, whole: Whole) -> bool:
    """Whether another one would say nothing else, but for its name and day."""
    said, facts = read(certificate.facts), _facts_of(whole)
    return (certificate.kind, certificate.hours, certificate.completed_on, said) == (
        *(whole.kind, whole.hours, whole.completed_on),
        replace(facts, issued_on=said.issued_on),
    )


def _facts_of(whole: Whole) -> CertificateFacts:
    series = whole.order.series
    assert series
    return facts_of_whole(series.title, series.slug, whole.certificates)


def _by_date(part: Part) -> tuple:
    workshop = part.ticket.workshop
    return workshop.ends_at is None, workshop.ends_at, part.ticket.pk


def _now_at(lines: Sequence[OrderLine]) -> dict[int, Ticket]:
    """By the line's number, the place that it is of by now: of a moved one the place that it moved to."""
    moved = OrderLine.objects.filter(order__moved_from__in=lines, order__paid_at__isnull=False)
    to = {each.order.moved_from_id: each for each in moved.select_related("order", "ticket__workshop__course")}
    later = _now_at(list(to.values())) if to else {}
    return {line.pk: later[to[line.pk].pk] if line.pk in to else line.ticket for line in lines}
