"""A series that is full goes to the people who wait for the whole of it, as an offer: a place on each of its workshops.

All or none, in one transaction, with its workshops locked in order of key. Whoever waits for one of the workshops alone
comes first: only what would be on sale to everybody is offered. What such an offer is: waiting_offers.py.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from courses.models import SeriesPart, SeriesWaitingEntry, Ticket, Workshop, WorkshopSeries
from courses.seats import places, waiting_mails
from courses.seats.places import NewTicket
from courses.seats.waiting_offers import ATTENDEE, NO_OFFER, OfferEnded, OfferInUse
from courses.series import Offered, offered
from courses.states import move, move_all
from kit.database.locks import lock
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each

Status = SeriesWaitingEntry.Status


def lock_series(series_id: int) -> Offered:
    """The series as it stands, and its workshops, locked to the end of the caller's transaction; those, too, that it
    had when an offer was made. Raises Http404: deleted meanwhile."""
    series = lock(WorkshopSeries.objects, series_id)
    parts = set(SeriesPart.objects.filter(series=series).order_by().values_list("workshop", flat=True))
    held = Ticket.objects.filter(pk__in=series.waiting_list.offered().order_by().values("tickets"))
    keys = parts | set(held.values_list("workshop", flat=True))
    locked = [places.lock_workshop(pk) for pk in sorted(keys)]
    for workshop in locked:
        places.lapse_ended_holds(workshop)
    return Offered(series, [each for each in locked if each.pk in parts])


def offer_everywhere() -> int:
    """For the worker: each list of a series that something may be done for, in a transaction of its own.

    Returns how many rows changed.
    """
    waited_for = SeriesWaitingEntry.objects.unfinished().order_by().values("series")
    series = WorkshopSeries.objects.filter(pk__in=waited_for).order_by("pk")
    return do_for_each([each.pk for each in series if _is_due(each)], offer_places_of)


def offer_places_of(series_id: int) -> int:
    """Brings the list up to date and offers the series to the next in line, as often as each workshop has a place."""
    with transaction.atomic():
        changed = _offer_free_places(lock_series(series_id))
        checkpoint("series offers written")
    checkpoint("series offers made")
    return changed


def hold_places(
    locked: Sequence[Workshop], *, series: WorkshopSeries, wanted: Sequence[NewTicket], until: datetime, offer: str
) -> list[Ticket]:
    """A place on each workshop for somebody with the secret of an offer; nobody can slip in.

    The workshops must be locked. Raises OfferEnded and OfferInUse. The offer stays open until it is paid for.
    """
    entry = _open_offer(series, locked, offer)
    places.release_tickets(tickets=entry.held(), status=Ticket.Status.LAPSED)
    by_workshop = {ticket.ticket_type.workshop_id: ticket for ticket in wanted}
    held = [
        ticket
        for workshop in locked
        for ticket in places.hold_places(workshop, wanted=[by_workshop[workshop.pk]], until=until, ahead=1)
    ]
    entry.tickets.set(held)
    entry.booking_began_at = timezone.now()
    entry.save(update_fields=["booking_began_at"])
    return held


def mark_renewed(tickets: Sequence[Ticket]) -> None:
    """A booking that began with an offer has its places for longer, or anew. The workshops must be locked."""
    SeriesWaitingEntry.objects.offered().filter(tickets__in=tickets).update(booking_began_at=timezone.now())


def mark_booked(tickets: Sequence[Ticket]) -> None:
    """The places are paid for. The workshops must be locked."""
    move_all(list(SeriesWaitingEntry.objects.offered().filter(tickets__in=tickets).distinct()), Status.BOOKED)


@transaction.atomic
def give_up(entry: SeriesWaitingEntry) -> SeriesWaitingEntry:
    """She declines her offer, or leaves the list; the next in line has her offer at once. Done once.

    Raises OfferInUse while a booking with the offer waits for its payment.
    """
    offer = lock_series(entry.series_id)
    found = get_object_or_404(offer.series.waiting_list, pk=entry.pk)
    if found.status in SeriesWaitingEntry.UNFINISHED:
        if found.is_being_booked:
            raise OfferInUse
        _end(found, Status.DECLINED)
        _offer_free_places(offer)
    return found


@transaction.atomic
def close(entries: Sequence[SeriesWaitingEntry]) -> int:
    """The desk ends them without a word; an offer that is being booked stays. Returns how many were closed."""
    chosen, closed = [entry.pk for entry in entries], 0
    for series_id in sorted({entry.series_id for entry in entries}):
        offer = lock_series(series_id)
        for entry in offer.series.waiting_list.unfinished().filter(pk__in=chosen):
            if not entry.is_being_booked:
                _end(entry, Status.CLOSED)
                closed += 1
        _offer_free_places(offer)
    return closed


def state_of(entry: SeriesWaitingEntry) -> str:
    """What her page says: the entry's status, or what follows from the clock before anybody has written it down."""
    if entry.status in SeriesWaitingEntry.FINISHED:
        return entry.status
    if entry.is_being_booked:
        return "booking"
    if not offered(entry.series).is_on_sale:
        return Status.CLOSED
    if entry.status == Status.OFFERED and not _runs(entry):
        return Status.EXPIRED
    return entry.status


def _is_due(series: WorkshopSeries) -> bool:
    """Whether something may be done for its list; asked without a lock."""
    offer = offered(series)
    if offer.offer_ends_at() is None:
        return True
    if offer.places_left and series.waiting_list.filter(status=Status.WAITING).exists():
        return True
    return any(not _runs(entry) or not _holds_each(entry, offer) for entry in series.waiting_list.offered())


def _offer_free_places(offer: Offered) -> int:
    """The series must be locked. Returns how many rows changed."""
    entries = list(offer.series.waiting_list.unfinished())
    before = [entry.status for entry in entries]
    for entry in entries:
        if entry.status == Status.OFFERED:
            _bring_up_to_date(entry, offer)
    ends_at = offer.offer_ends_at()
    for entry in entries:
        if entry.status != Status.WAITING:
            continue
        if ends_at is None:
            _end(entry, Status.CLOSED)
            waiting_mails.tell_closed(entry)
        elif offer.places_left:
            _offer(entry, offer, until=ends_at)
    return sum(entry.status != was for entry, was in zip(entries, before, strict=True))


def _bring_up_to_date(entry: SeriesWaitingEntry, offer: Offered) -> None:
    """What became of an offer. Ended holds must be marked as lapsed."""
    if entry.is_being_booked:
        return
    if not offer.is_on_sale:
        _end(entry, Status.CLOSED)
        waiting_mails.tell_closed(entry)
    elif not _runs(entry):
        _end(entry, Status.EXPIRED)
        waiting_mails.tell_expired(entry)
    elif not _holds_each(entry, offer):
        _hold_for_the_rest(entry, offer)


def _hold_for_the_rest(entry: SeriesWaitingEntry, offer: Offered) -> None:
    """The booking that she began has lapsed or was given back, and her offer still runs: the same places are held anew,
    so that money which comes late for them still finds them. Whoever took one meanwhile, or waits for it alone, keeps
    it: then she is the first to have the next offer."""
    held = entry.held()
    places.release_tickets(tickets=held, status=Ticket.Status.LAPSED)
    if {each.workshop_id for each in held} != {each.pk for each in offer.workshops} or not offer.places_left:
        entry.tickets.clear()
        move(entry, Status.WAITING, **NO_OFFER)
        return
    for workshop in sorted(offer.workshops, key=lambda each: each.pk):
        its = [each for each in entry.held() if each.workshop_id == workshop.pk]
        places.renew_holds(workshop, tickets=its, until=_end_of(entry))
    entry.booking_began_at = None
    entry.save(update_fields=["booking_began_at"])


def _offer(entry: SeriesWaitingEntry, offer: Offered, *, until: datetime) -> None:
    """A place on each workshop must be free."""
    held = []
    for ticket_type in sorted(offer.ticket_types, key=lambda each: each.workshop_id):
        workshop = ticket_type.workshop
        wanted = NewTicket(ticket_type, ATTENDEE, entry.email, workshop.time_zone)
        held += places.hold_places(workshop, wanted=[wanted], until=until)
    entry.tickets.set(held)
    move(entry, Status.OFFERED, offered_at=timezone.now(), offer_ends_at=until)
    waiting_mails.tell_offered(entry)


def _open_offer(series: WorkshopSeries, locked: Sequence[Workshop], secret: str) -> SeriesWaitingEntry:
    entry = series.waiting_list.offered().filter(secret=secret).first()
    if entry is None:
        raise OfferEnded
    for workshop in locked:
        places.lapse_ended_holds(workshop)
    held = entry.held()
    if entry.is_being_booked:
        raise OfferInUse
    if not _runs(entry) or [each.workshop_id for each in held if each.is_holding] != [each.pk for each in locked]:
        raise OfferEnded
    return entry


def _holds_each(entry: SeriesWaitingEntry, offer: Offered) -> bool:
    return {each.workshop_id for each in entry.held() if each.is_holding} == {each.pk for each in offer.workshops}


def _runs(entry: SeriesWaitingEntry) -> bool:
    return _end_of(entry) > timezone.now()


def _end_of(entry: SeriesWaitingEntry) -> datetime:
    """The database sees to it that an offer has one."""
    assert entry.offer_ends_at
    return entry.offer_ends_at


def _end(entry: SeriesWaitingEntry, status: str) -> None:
    places.release_tickets(tickets=entry.held(), status=Ticket.Status.LAPSED)
    move(entry, status)
