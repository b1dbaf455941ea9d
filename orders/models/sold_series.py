from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from courses.models import Ticket, TicketType, Workshop
from courses.series import WorkshopsTogether

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from courses.models import WorkshopSeries
    from orders.models.orders import Order


class SoldSeries(WorkshopsTogether):
    """A series as somebody has bought it, whatever became of its offer: what pages and mails of an order ask of the one
    workshop of any other order."""

    def __init__(self, order: Order, workshops: Sequence[Workshop]) -> None:
        assert order.series
        self.order, self.title, self.series = order, order.series.title, order.series
        self.workshops = sorted(workshops, key=lambda each: (each.starts_at is None, each.starts_at, each.pk))

    def get_absolute_url(self) -> str:
        """Of the series while it is sold; of its first workshop once its page is gone."""
        return self.series.get_absolute_url() if self.series.is_published else self.workshops[0].get_absolute_url()

    @property
    def is_cancelled(self) -> bool:
        return self.order.is_called_off

    @property
    def cancelled_because(self) -> str:
        return next((each.cancelled_because for each in self.workshops if each.is_cancelled), "")

    @property
    def catch_up_days(self) -> int:
        """As far as it is the same for all."""
        days = {each.catch_up_days for each in self.workshops}
        return days.pop() if len(days) == 1 else 0


class OfWorkshops:
    """What an order says of the workshops that its places are on: one, or those of a series."""

    if TYPE_CHECKING:
        workshop: Workshop
        series: WorkshopSeries | None
        series_id: int | None
        paid_at: datetime | None
        lines: QuerySet

    @cached_property
    def workshops(self) -> list[Workshop]:
        """Where its places are, in order of key: one, or those of a series. Who locks them gives them; see locks.py."""
        if not self.series_id:
            return [self.workshop]
        tickets = Ticket.objects.filter(pk__in=self.lines.order_by().values("ticket"))
        found = Workshop.objects.with_course().prefetch_related("sessions")
        return list(found.filter(pk__in=tickets.order_by().values("workshop")).order_by("pk"))

    @property
    def sold(self) -> Workshop | SoldSeries:
        """What it is for, as pages and mails tell of it."""
        return SoldSeries(self, self.workshops) if self.series_id else self.workshop

    def sold_with(self, tickets: Sequence[Ticket]) -> Workshop | SoldSeries:
        """What these places of it are for: a workshop, or as much of the series. Without places, what it is for."""
        its = [workshop for workshop, _ in self.by_workshop(tickets)]
        if not its:
            return self.sold
        return SoldSeries(self, its) if len(its) > 1 else its[0]

    @property
    def first_workshop(self) -> Workshop:
        """The one that begins first, as its date stands now."""
        return min(self.workshops, key=lambda each: (each.starts_at is None, each.starts_at, each.pk))

    @property
    def is_called_off(self) -> bool:
        """Whether we cancelled what it is for: of a series that was booked all of it. Of one that was not, any part,
        because it is sold whole or not at all."""
        cancelled = [each.is_cancelled for each in self.workshops]
        return all(cancelled) if self.paid_at else any(cancelled)

    def workshop_of(self, ticket: Ticket) -> Workshop:
        """Of one of its places, as the order knows it."""
        if not self.series_id:
            return self.workshop
        return next(each for each in self.workshops if each.pk == ticket.workshop_id)

    def by_workshop(self, tickets: Iterable[Ticket]) -> Iterator[tuple[Workshop, list[Ticket]]]:
        """Those of its places, each with its workshop, in order of key."""
        its: dict[int, list[Ticket]] = {}
        for ticket in tickets:
            its.setdefault(ticket.workshop_id, []).append(ticket)
        for pk in sorted(its):
            yield self.workshop_of(its[pk][0]), its[pk]


class OnAWorkshop:
    """What a line says of the workshop that its place is on."""

    if TYPE_CHECKING:
        order: Order
        ticket: Ticket

    @property
    def workshop(self) -> Workshop:
        """Where its place is."""
        order = self.order
        return order.workshop_of(self.ticket) if order.series_id else order.workshop

    @property
    def has_begun(self) -> bool:
        """Whether what was booked may have been used: nobody sees a recording before the workshop is over."""
        workshop = self.workshop
        return workshop.is_over if self.ticket.access == TicketType.Access.CATCH_UP else workshop.has_started

    @property
    def can_be_given(self) -> bool:
        """Whether it can still be given for another place: it is theirs, and its workshop was not held."""
        workshop = self.workshop
        was_held = workshop.has_started and not workshop.is_cancelled
        return self.ticket.is_confirmed and not was_held
