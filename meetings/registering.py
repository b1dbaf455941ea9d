"""Who has a live place is registered for each of its meetings; whose place ended, is not any more."""

from collections.abc import Callable
from contextlib import nullcontext, suppress

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from courses.models import Session, Ticket, TicketType
from kit.guard.addresses import email_key
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each, in_any_order
from meetings import turns, zoom_api
from meetings.models import Meeting, Registrant
from meetings.models.registrants import RegistrantQuerySet
from meetings.syncing import forget
from meetings.zoom_api import NotAtZoom, ZoomFailed, ZoomRefused, ZoomUnavailable

AT_A_TIME = 500


def register_attendees() -> int:
    """For the worker: how many have got a link of their own."""
    if not zoom_api.is_in_use():
        return 0
    note_missing_registrants()
    return do_for_each(_due(_waiting()), register, silence=ZoomUnavailable)


def cancel_registrants() -> int:
    """For the worker: how many links open nothing any more."""
    if not zoom_api.is_in_use():
        return 0
    end_registrants()
    return do_for_each(_due(_ended()), cancel, silence=ZoomUnavailable)


def note_missing_registrants() -> None:
    """A row for each live place in each meeting that is to come, where there is none."""
    places = Session.objects.filter(
        ends_at__gt=timezone.now(),
        meeting__number__isnull=False,
        workshop__tickets__status=Ticket.Status.CONFIRMED,
        workshop__tickets__access=TicketType.Access.LIVE,
        workshop__tickets__attendee_email__gt="",
    )
    live = Registrant.objects.live().filter(meeting=OuterRef("meeting__pk"), ticket=OuterRef("workshop__tickets__pk"))
    missing = places.annotate(is_known=Exists(live)).filter(is_known=False).order_by("starts_at")
    pairs = list(missing.values_list("meeting__pk", "workshop__tickets__pk")[:AT_A_TIME])
    tickets = Ticket.objects.in_bulk({ticket for _, ticket in pairs})
    for meeting, ticket in pairs:
        _note(meeting, tickets[ticket])


def without_place() -> RegistrantQuerySet:
    """Of meetings to come those whose place is cancelled, refunded, moved or given to somebody else, or whose session
    is gone."""
    goes_on = Q(
        ticket__status=Ticket.Status.CONFIRMED,
        ticket__access=TicketType.Access.LIVE,
        ticket__attendee_email=F("email"),
        ticket__attendee_name=F("name"),
        ticket__workshop=F("meeting__session__workshop"),
    )
    staying = Registrant.objects.filter(goes_on, pk=OuterRef("pk"))
    return Registrant.objects.live().filter(~Exists(staying), meeting__ends_at__gt=timezone.now())


def end_registrants() -> int:
    keys = list(without_place().values_list("pk", flat=True)[:AT_A_TIME])
    return Registrant.objects.filter(pk__in=keys).update(ended_at=timezone.now())


def register(registrant: Registrant) -> int:
    """The same address again is the same registrant at Zoom, so that a lost answer does no harm."""
    return _try(registrant, _register, _waiting())


def cancel(registrant: Registrant) -> int:
    return _try(registrant, _cancel, _ended())


def _waiting() -> RegistrantQuerySet:
    to_come = Registrant.objects.filter(meeting__number__isnull=False, meeting__ends_at__gt=timezone.now())
    return to_come.live().filter(number="")


def _ended() -> RegistrantQuerySet:
    to_come = Registrant.objects.filter(meeting__ends_at__gt=timezone.now())
    return to_come.exclude(ended_at=None).filter(cancelled_at=None)


def _due(rows: RegistrantQuerySet) -> RegistrantQuerySet:
    return in_any_order(rows.filter(next_attempt_at__lte=timezone.now()))


def _note(meeting: int, ticket: Ticket) -> None:
    """With a tag in the address where somebody of this meeting has, or had, the same, in whatever letters.

    Zoom knows it in small letters, so that two spellings of one address never become one registrant of two places.
    """
    facts = {"meeting_id": meeting, "name": ticket.attendee_name, "email": ticket.attendee_email}
    count = Registrant.objects.filter(meeting=meeting, email__iexact=ticket.attendee_email).count()
    local, _, domain = email_key(ticket.attendee_email).rpartition("@")
    address = f"{local}+{ticket.pk}-{count}@{domain}" if count else f"{local}@{domain}"
    Registrant.objects.bulk_create([Registrant(**facts, ticket=ticket, address=address)], ignore_conflicts=True)


def _try(registrant: Registrant, step: Callable[[Registrant], None], rows: RegistrantQuerySet) -> int:
    """`rows` are those that need it; another worker may have done it a moment ago."""
    if not turns.take(registrant):
        return 0
    fresh = rows.filter(pk=registrant.pk).select_related("meeting").first()
    if fresh is None:
        turns.done(registrant)
        return 0
    try:
        step(fresh)
    except NotAtZoom:
        forget(fresh.meeting)
        return 0
    except ZoomUnavailable as error:
        turns.put_off(registrant, str(error), until=error.again_at)
        raise
    except ZoomFailed as error:
        turns.put_off(registrant, str(error))
        return 0
    return 1


def _register(registrant: Registrant) -> None:
    Registrant.objects.filter(pk=registrant.pk).update(attempts=F("attempts") + 1)
    meeting: Meeting = registrant.meeting
    link = zoom_api.register(meeting.number, name=registrant.name, address=registrant.address)
    checkpoint("attendee registered")
    registrant.seal(link.join_url)
    facts = {"number": link.registrant, "sealed_url": registrant.sealed_url, "registered_at": timezone.now()}
    turns.done(registrant, **facts)
    # Whose place ended, and was taken off meanwhile, because this took longer than a lease: Zoom knows them again.
    anew = Registrant.objects.filter(pk=registrant.pk, meeting__number=meeting.number)
    anew.exclude(ended_at=None).update(cancelled_at=None)


def _cancel(registrant: Registrant) -> None:
    """Also of one whose answer got lost: Zoom may know it."""
    meeting = registrant.meeting
    if meeting.number is not None and (registrant.number or registrant.attempts):
        # Without a number they may never have arrived there, and what is not there need not be taken off.
        with nullcontext() if registrant.number else suppress(ZoomRefused):
            zoom_api.cancel_registrant(meeting.number, registrant=registrant.number, address=registrant.address)
    erased = {} if registrant.email else {"address": f"erased {registrant.pk}"}
    turns.done(registrant, cancelled_at=timezone.now(), sealed_url="", **erased)
