"""Whether each held place is somebody's: rules on orders' holds and on offers to the waiting list."""

from collections.abc import Callable, Iterator

from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone

from courses import schedule
from courses.models import Cohort, SeriesWaitingEntry, Ticket, WaitingListEntry, Workshop
from courses.seats.cohorts import sale_ends_at
from orders.models import Order, OrderLine, order_status


def held_places_of_nobody() -> Iterator[tuple[str, str]]:
    """A place is held for an order that waits for money, or on offer to somebody on a waiting list."""
    line = OrderLine.objects.filter(ticket=OuterRef("pk"), order__status__in=order_status.HOLDS_TICKETS)
    offer = WaitingListEntry.objects.offered().filter(ticket=OuterRef("pk"))
    of_series = SeriesWaitingEntry.objects.offered().filter(tickets=OuterRef("pk"))
    held = Ticket.objects.occupying().filter(status=Ticket.Status.HELD)
    for ticket in held.filter(~Exists(line), ~Exists(offer), ~Exists(of_series)).select_related("workshop"):
        yield f"workshop {ticket.workshop.slug}", f"place {ticket.place_number} is held for no order and no offer"


def offers_without_place() -> Iterator[tuple[str, str]]:
    """While an offer runs its place is held; one that was booked is no offer any more.

    A booking with the offer may have let the place lapse. Until it is held anew she stands in line, first of all
    (`in_line`), so nobody else is sold it.
    """
    running = WaitingListEntry.objects.offered().filter(offer_ends_at__gt=timezone.now())
    kept = [Ticket.Status.HELD, Ticket.Status.LAPSED]
    for entry in running.exclude(ticket__status__in=kept).select_related("workshop", "ticket"):
        yield f"waiting list of {entry.workshop.slug}", f"an open offer's place is {entry.ticket.status}"


def series_offered_in_part() -> Iterator[tuple[str, str]]:
    """All or none: an open offer of a series holds a place on each of its workshops, or waits to hold them anew."""
    for entry in SeriesWaitingEntry.objects.offered().select_related("series"):
        if len({ticket.is_holding for ticket in entry.held()}) != 1:
            yield f"waiting list of {entry.series.slug}", "an open offer holds a part of its places only"


def series_sold_in_part() -> Iterator[tuple[str, str]]:
    """All or none: while an order of a series waits for money it has a place on each of its workshops."""
    parts = OrderLine.objects.filter(order__series__isnull=False)
    waiting = parts.filter(order__status__in=order_status.HOLDING, order__held_until__gt=timezone.now())
    for line in waiting.exclude(ticket__status=Ticket.Status.HELD).select_related("order", "ticket"):
        yield f"order {line.order}", f"its series is held, and one of its places is {line.ticket.status}"
    twice = parts.order_by().values("order", "ticket__workshop").annotate(count=Count("pk")).filter(count__gt=1)
    for order in Order.objects.filter(pk__in=twice.values("order")):
        yield f"order {order}", "it has two places on one workshop of its series"


def booked_places_of_unpaid_orders() -> Iterator[tuple[str, str]]:
    """Whoever comes has paid, or was invited by the desk without an order."""
    booked = OrderLine.objects.filter(ticket__status=Ticket.Status.CONFIRMED)
    lines = booked.exclude(order__status__in=order_status.SEATED)
    for line in lines.select_related("order"):
        yield f"order {line.order}", f"one of its places is booked, and it is {line.order.status}"


def cohorts_with_too_many() -> Iterator[tuple[str, str]]:
    """While it runs, a cohort has no more places than are kept for it; whoever came too late has one of everybody's."""
    for cohort in Cohort.objects.running().select_related("ticket_type__workshop__course"):
        if (taken := cohort.places_taken()) > cohort.places:
            yield f"cohort {cohort}", f"it has taken {taken} places, and {cohort.places} are kept for it"


def cohorts_that_outlast_their_sale() -> Iterator[tuple[str, str]]:
    """No place is kept for longer than somebody can book it."""
    for cohort in Cohort.objects.running().select_related("ticket_type__workshop__course"):
        last = sale_ends_at(cohort.ticket_type)
        if last and cohort.ends_at > last:
            yield f"cohort {cohort}", "its places are kept for longer than its ticket is on sale"


def cohort_places_astray() -> Iterator[tuple[str, str]]:
    """A cohort's place is on its own workshop, and nobody has booked two of them."""
    of_cohorts = Ticket.objects.occupying().exclude(cohort=None)
    elsewhere = of_cohorts.exclude(workshop=F("cohort__ticket_type__workshop"))
    for ticket in elsewhere.select_related("workshop", "cohort"):
        yield f"workshop {ticket.workshop.slug}", f"place {ticket.place_number} is of {ticket.cohort.name}, elsewhere"
    bought = OrderLine.objects.filter(ticket__in=of_cohorts).exclude(order__benefit_key="").order_by()
    people = bought.values("ticket__cohort__code", "order__benefit_key").annotate(count=Count("pk"))
    for code in people.filter(count__gt=1).values_list("ticket__cohort__code", flat=True):
        yield f"cohort {code}", "somebody has booked two of its places"


def places_kept_but_taken() -> Iterator[tuple[str, str]]:
    """What is promised to cohorts is there: others have taken no place of it."""
    kept = Workshop.objects.with_places_taken().filter(places_for_cohorts__gt=0)
    for workshop in kept.filter(places_taken__gt=F("capacity")):
        yield f"workshop {workshop.slug}", f"{workshop.places_taken} places are taken or kept, of {workshop.capacity}"


def workshops_at_other_times() -> Iterator[tuple[str, str]]:
    """What is on sale, and until when, follows from a workshop's own columns."""
    for workshop in schedule.wrong_spans():
        yield f"workshop {workshop.slug}", "it does not begin and end with its sessions"


RULES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "a held place has an order or an offer": held_places_of_nobody,
    "a series is sold whole": series_sold_in_part,
    "a booked place is paid for": booked_places_of_unpaid_orders,
    "an offer holds its place": offers_without_place,
    "an offer of a series is whole": series_offered_in_part,
    "a cohort keeps to its places": cohorts_with_too_many,
    "a cohort ends with its sale": cohorts_that_outlast_their_sale,
    "what is kept for a cohort is there": places_kept_but_taken,
    "a cohort's place is one of its own": cohort_places_astray,
    "a workshop lasts as its sessions do": workshops_at_other_times,
}
