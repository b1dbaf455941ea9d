"""Free places go to the people who wait, first come first served, each as an offer with an end.

An offer is a held ticket, so that nobody else finds its place free. When somebody books with it, the booking's own
ticket stands in for it, until it is paid for (booked) or lapses: then the place is held for the rest of the offer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from courses.models import SeriesWaitingEntry, Session, Ticket, TicketType, WaitingListEntry, Workshop
from courses.seats import places, waiting_mails
from courses.seats.places import NewTicket, SoldOut
from courses.states import move, move_all
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each

ATTENDEE = "On offer to the waiting list"
Status = WaitingListEntry.Status
NO_OFFER = {"offered_at": None, "offer_ends_at": None, "booking_began_at": None}


class OfferEnded(Exception):
    """No such offer is open: it was used, declined or let pass, or it never was one."""


class OfferInUse(Exception):
    """A booking that is not paid yet has the offered place."""


def offer_free_places(workshop: Workshop) -> int:
    """Brings the waiting list up to date and offers each free place to the next in line; returns how many rows changed.

    Whoever frees a place calls it in the same transaction, with the workshop locked; the worker calls it for all.
    """
    entries = list(workshop.waiting_list.unfinished().select_related("ticket"))
    if not entries:
        return 0
    places.lapse_ended_holds(workshop)
    for entry in entries:
        entry.workshop = workshop
        if entry.ticket:
            entry.ticket.refresh_from_db()
    before = [entry.status for entry in entries]
    for entry in entries:
        if entry.status == Status.OFFERED:
            _bring_up_to_date(entry)
    _offer_to([entry for entry in entries if entry.status == Status.WAITING], workshop)
    return sum(entry.status != was for entry, was in zip(entries, before, strict=True))


def offer_everywhere() -> int:
    """For the worker: each waiting list that something may be done for, in a transaction of its own.

    Returns how many rows changed.
    """
    return do_for_each(list(_lists_to_see_to()), offer_places_of)


def offer_places_of(workshop_id: int) -> int:
    """`offer_free_places`, with the lock."""
    with transaction.atomic():
        changed = offer_free_places(places.lock_workshop(workshop_id))
        checkpoint("offers written")
    checkpoint("offers made")
    return changed


def hold_places(workshop: Workshop, *, wanted: Sequence[NewTicket], until: datetime, offer: str) -> list[Ticket]:
    """`places.hold_places` for somebody with the secret of an offer, whose place is among them; nobody can slip in.

    The workshop must be locked. Raises OfferEnded, OfferInUse and SoldOut. The offer stays open until it is paid for.
    """
    entry = _open_offer(workshop, offer)
    if not any(ticket.ticket_type.is_live for ticket in wanted):
        return places.hold_places(workshop, wanted=wanted, until=until)
    places.release_tickets(tickets=[_offer_of(entry)[0]], status=Ticket.Status.LAPSED)
    held = places.hold_places(workshop, wanted=wanted, until=until, ahead=1)
    entry.ticket, entry.booking_began_at = next(ticket for ticket in held if ticket.place_number), timezone.now()
    entry.save(update_fields=["ticket", "booking_began_at"])
    return held


def mark_booked(tickets: Sequence[Ticket]) -> None:
    """The places are paid for. The workshop must be locked, the tickets read since; what they know is not asked for."""
    offered = [ticket for ticket in tickets if getattr(ticket, "was_offered", True)]
    if offered:
        move_all(list(WaitingListEntry.objects.offered().filter(ticket__in=offered)), Status.BOOKED)


@transaction.atomic
def give_up(entry: WaitingListEntry) -> WaitingListEntry:
    """She declines her offer, or leaves the list; the next in line has her offer at once. Done once.

    Raises OfferInUse while a booking with the offer waits for its payment.
    """
    workshop = places.lock_workshop(entry.workshop_id)
    locked = get_object_or_404(workshop.waiting_list.select_related("ticket"), pk=entry.pk)
    if locked.status in WaitingListEntry.UNFINISHED:
        if locked.is_being_booked:
            raise OfferInUse
        _end(locked, Status.DECLINED)
        offer_free_places(workshop)
    return locked


@transaction.atomic
def close(entries: Sequence[WaitingListEntry]) -> int:
    """The desk ends them without a word; an offer that is being booked stays. Returns how many were closed."""
    workshops = {entry.workshop_id for entry in entries}
    chosen = [entry.pk for entry in entries]
    closed = 0
    for workshop_id in sorted(workshops):
        workshop = places.lock_workshop(workshop_id)
        for entry in workshop.waiting_list.unfinished().filter(pk__in=chosen).select_related("ticket"):
            if not entry.is_being_booked:
                _end(entry, Status.CLOSED)
                closed += 1
        offer_free_places(workshop)
    return closed


def state_of(entry: WaitingListEntry) -> str:
    """What her page says: the entry's status, or what follows from the clock before anybody has written it down."""
    if entry.status in WaitingListEntry.FINISHED:
        return entry.status
    if entry.is_being_booked:
        return "booking"
    if entry.workshop.sale_has_ended:
        return Status.CLOSED
    if entry.status == Status.OFFERED and _offer_of(entry)[1] <= timezone.now():
        return Status.EXPIRED
    return entry.status


def position_of(entry: WaitingListEntry | SeriesWaitingEntry) -> int:
    """Where she stands among those who wait; 1 has the next place."""
    waiting = entry.line.filter(status=Status.WAITING)
    earlier = Q(created_at__lt=entry.created_at) | Q(created_at=entry.created_at, pk__lt=entry.pk)
    return waiting.filter(earlier).count() + 1


def _lists_to_see_to() -> QuerySet[Workshop, int]:
    """Workshops where an offer's place or time is gone, a place is free for somebody, or no offer can be made any more.

    One question for all of them; it names rather too many than too few.
    """
    entries = WaitingListEntry.objects.filter(workshop=OuterRef("pk"))
    runs = Q(ticket__status=Ticket.Status.HELD, ticket__held_until__gt=timezone.now(), offer_ends_at__gt=timezone.now())
    is_free = Exists(entries.filter(status=Status.WAITING)) & Q(places_taken__lt=F("capacity"))
    lists = Workshop.objects.filter(pk__in=WaitingListEntry.objects.unfinished().order_by().values("workshop"))
    due = lists.with_places_taken().filter(Exists(entries.offered().exclude(runs)) | is_free | ~_surely_on_sale())
    return due.order_by("pk").values_list("pk", flat=True)


def _surely_on_sale() -> Q:
    """Long enough for an offer, wherever it is which day."""
    closes_after = timezone.now() + Workshop.SHORTEST_OFFER
    sessions = Session.objects.filter(workshop=OuterRef("pk"))
    goes_on = Q(last_day=None) | Q(last_day__gt=timezone.now().date() + timedelta(days=1))
    live = TicketType.objects.filter(goes_on, workshop=OuterRef("pk"), access=TicketType.Access.LIVE)
    return (
        Q(Q(sales_close_at=None) | Q(sales_close_at__gt=closes_after), status=Workshop.Status.PUBLISHED)
        & Q(course__is_published=True)
        & Q(Exists(sessions), ~Exists(sessions.filter(starts_at__lte=closes_after)), Exists(live))
    )


def _open_offer(workshop: Workshop, secret: str) -> WaitingListEntry:
    entry = workshop.waiting_list.offered().select_related("ticket").filter(secret=secret).first()
    if entry is None:
        raise OfferEnded
    entry.workshop = workshop
    places.lapse_ended_holds(workshop)
    _offer_of(entry)[0].refresh_from_db()
    _bring_up_to_date(entry)
    if entry.status != Status.OFFERED:
        raise OfferEnded
    if entry.is_being_booked:
        raise OfferInUse
    return entry


def _offer_of(entry: WaitingListEntry) -> tuple[Ticket, datetime]:
    """The place that is held and the end of the offer; the database sees to it that an offer has both."""
    assert entry.ticket
    assert entry.offer_ends_at
    return entry.ticket, entry.offer_ends_at


def _bring_up_to_date(entry: WaitingListEntry) -> None:
    """What became of an offer. Ended holds must be marked as lapsed."""
    workshop, (ticket, ends_at) = entry.workshop, _offer_of(entry)
    if ticket.status == Ticket.Status.CONFIRMED:
        move(entry, Status.BOOKED)
    elif entry.is_being_booked or (ticket.status == Ticket.Status.HELD and not workshop.sale_has_ended):
        return
    elif workshop.sale_has_ended:
        _end(entry, Status.CLOSED)
        waiting_mails.tell_closed(entry)
    elif ends_at <= timezone.now():
        _end(entry, Status.EXPIRED)
        waiting_mails.tell_expired(entry)
    else:
        _hold_for_the_rest(entry)


def _hold_for_the_rest(entry: WaitingListEntry) -> None:
    """The booking that she began has lapsed or was given back, and her offer still runs.

    A lapsed ticket is held anew, so that money which comes late for it still finds its place.
    """
    ticket, ends_at = _offer_of(entry)
    try:
        if ticket.status == Ticket.Status.LAPSED:
            places.renew_holds(entry.workshop, tickets=[ticket], until=ends_at)
        else:
            entry.ticket = _hold_for(entry, until=ends_at)
        entry.booking_began_at = None
        entry.save(update_fields=["ticket", "booking_began_at"])
    except SoldOut:  # somebody's late payment was faster: she is the first to have the next place
        move(entry, Status.WAITING, ticket=None, **NO_OFFER)


def _offer_to(waiting: list[WaitingListEntry], workshop: Workshop) -> None:
    ends_at = workshop.offer_ends_at()
    if ends_at is None:
        if not workshop.opens_later:
            _close_all(waiting)
        return
    for entry in waiting[: workshop.free_places()]:
        _offer(entry, until=ends_at)


def _offer(entry: WaitingListEntry, *, until: datetime) -> None:
    ticket = _hold_for(entry, until=until)
    move(entry, Status.OFFERED, ticket=ticket, offered_at=timezone.now(), offer_ends_at=until)
    waiting_mails.tell_offered(entry)


def _hold_for(entry: WaitingListEntry, *, until: datetime) -> Ticket:
    """Of any live type that can be bought: the booking that comes brings tickets of its own."""
    workshop = entry.workshop
    types = [each for each in workshop.ticket_types.all() if each.is_live]
    ticket_type = next((each for each in types if each.is_on_sale), types[0])
    wanted = NewTicket(ticket_type, ATTENDEE, entry.email, workshop.time_zone)
    return places.hold_places(workshop, wanted=[wanted], until=until, ahead=1)[0]


def _close_all(waiting: list[WaitingListEntry]) -> None:
    for entry in waiting:
        _end(entry, Status.CLOSED)
        waiting_mails.tell_closed(entry)


def _end(entry: WaitingListEntry, status: str) -> None:
    if entry.ticket:
        places.release_tickets(tickets=[entry.ticket], status=Ticket.Status.LAPSED)
    move(entry, status)
