"""The live places of a workshop as the sum that they are, each part with the list that it counts."""

from dataclasses import dataclass

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.urls import reverse

from courses.models import Cohort, SeriesWaitingEntry, Ticket, WaitingListEntry, Workshop
from courses.models.tickets import TicketQuerySet
from orders.models import Order, OrderLine

KINDS = {
    "booked": "booked",
    "held": "held, not paid yet",
    "unconfirmed": "held until an address is confirmed",
    "promised": "promised to who waits",
}


@dataclass(frozen=True)
class Part:
    words: str
    count: int
    url: str


@dataclass(frozen=True)
class PlaceSum:
    workshop: Workshop
    parts: list[Part]
    waiting: Part

    @property
    def free(self) -> int:
        return self.workshop.capacity - sum(part.count for part in self.parts)


class PlaceFilter(admin.SimpleListFilter):
    title = "live place"
    parameter_name = "place"

    def lookups(self, request, model_admin):
        return list(KINDS.items())

    def queryset(self, request, queryset):
        return tickets_of_kind(queryset, self.value()) if self.value() in KINDS else queryset


def tickets_of_kind(tickets: TicketQuerySet, kind: str) -> QuerySet[Ticket]:
    """Every live place that somebody has at this moment is of one kind."""
    live = tickets.occupying().exclude(place_number=None)
    if kind == "booked":
        return live.filter(status=Ticket.Status.CONFIRMED)
    held = live.filter(status=Ticket.Status.HELD)
    alone = WaitingListEntry.objects.offered().exclude(ticket=None).order_by().values("ticket")
    whole = SeriesWaitingEntry.objects.offered().exclude(tickets=None).order_by().values("tickets")
    promised = Q(pk__in=alone) | Q(pk__in=whole)
    unconfirmed = OrderLine.objects.filter(order__status=Order.Status.UNCONFIRMED)
    if kind == "promised":
        return held.filter(promised)
    if kind == "unconfirmed":
        return held.filter(pk__in=unconfirmed.values("ticket"))
    return held.exclude(promised).exclude(pk__in=unconfirmed.values("ticket"))


def sum_of(workshop: Workshop) -> PlaceSum:
    tickets, of = reverse("admin:courses_ticket_changelist"), f"?workshop__id__exact={workshop.pk}"
    parts = [
        Part(words, tickets_of_kind(workshop.tickets.all(), kind).count(), f"{tickets}{of}&place={kind}")
        for kind, words in KINDS.items()
    ]
    cohorts = Cohort.objects.running().filter(ticket_type__workshop=workshop)
    kept = sum(each.places_kept() for each in cohorts)
    if kept:
        found = f"{reverse('admin:courses_cohort_changelist')}?q={workshop.slug}"
        parts.append(Part("kept for cohorts", kept, found))
    waiting = workshop.waiting_list.filter(status=WaitingListEntry.Status.WAITING).count()
    entries = reverse("admin:courses_waitinglistentry_changelist")
    return PlaceSum(workshop, parts, Part("waiting", waiting, f"{entries}{of}&status__exact=waiting"))
