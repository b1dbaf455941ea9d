"""A day before each session, everybody who holds a live place is told when and where, once."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from courses import calendars
from courses.models import Session, Ticket, TicketType
from kit.rounds import do_for_each
from outbox.models import Message
from outbox.post import queue_message
from practice.models import Practice
from practice.shown import clocks_of

BEFORE = timedelta(hours=24)


def remind() -> int:
    """Queues the reminders that are due; returns how many. A session that moved is told of anew."""
    now = timezone.now()
    soon = Session.objects.filter(starts_at__gt=now, starts_at__lte=now + BEFORE).exclude(workshop__status="cancelled")
    return do_for_each(soon.select_related("workshop__course"), _remind_all)


def _remind_all(session: Session) -> int:
    """Who booked within the last day has just been told, unless the workshop has changed since."""
    was_told = Q(confirmed_at__gt=session.starts_at - BEFORE)
    if changed_at := session.workshop.changed_at:
        was_told &= Q(confirmed_at__gte=changed_at)
    live = Ticket.objects.confirmed().filter(workshop=session.workshop, access=TicketType.Access.LIVE)
    tickets = live.exclude(was_told)
    by_key = {_key(ticket, session): ticket for ticket in tickets.select_related("workshop__course")}
    told = set(Message.objects.filter(key__in=by_key).values_list("key", flat=True))
    untold = [ticket for key, ticket in by_key.items() if key not in told]
    return do_for_each(untold, lambda ticket: _remind(ticket, session))


def _remind(ticket: Ticket, session: Session) -> int:
    clocks = clocks_of(session.workshop.time_zone, ticket.attendee_time_zone)
    queue_message(
        key=_key(ticket, session),
        to=ticket.attendee_email,
        template="courses/session_reminder",
        context={
            "workshop": session.workshop,
            "session": session,
            "times": session.local_spans(clocks),
            "joining_page": calendars.joining_page(ticket),
        },
        reply_to=Practice.current().email,
        useless_after=session.starts_at,
    )
    return 1


def _key(ticket: Ticket, session: Session) -> str:
    return f"reminder:{ticket.pk}:{session.pk}:{session.revision}:24h"
