"""A day before each session, everybody who holds a live place is told when and where, once."""

from datetime import timedelta

from django.utils import timezone

from courses import calendars
from courses.models import Session, Ticket, TicketType
from outbox.models import Message
from outbox.post import queue_message
from practice.models import City, Practice

BEFORE = timedelta(hours=24)


def remind() -> int:
    """Queues the reminders that are due; returns how many. A session that moved is told of anew."""
    now = timezone.now()
    soon = Session.objects.filter(starts_at__gt=now, starts_at__lte=now + BEFORE).exclude(workshop__status="cancelled")
    return sum(_remind_all(session) for session in soon.select_related("workshop__course"))


def _remind_all(session: Session) -> int:
    """Who booked within the last day has just been told."""
    tickets = Ticket.objects.confirmed().filter(
        workshop=session.workshop, access=TicketType.Access.LIVE, confirmed_at__lte=session.starts_at - BEFORE
    )
    by_key = {_key(ticket, session): ticket for ticket in tickets.select_related("workshop__course")}
    told = set(Message.objects.filter(key__in=by_key).values_list("key", flat=True))
    for key in by_key.keys() - told:
        _queue(by_key[key], session)
    return len(by_key.keys() - told)


def _queue(ticket: Ticket, session: Session) -> None:
    clocks = City.objects.in_zones(session.workshop.time_zone, ticket.attendee_time_zone)
    queue_message(
        key=_key(ticket, session),
        to=ticket.attendee_email,
        template="session_reminder",
        context={
            "workshop": session.workshop,
            "session": session,
            "times": session.local_spans(clocks),
            "joining_page": calendars.joining_page(ticket),
        },
        reply_to=Practice.current().email,
        useless_after=session.starts_at,
    )


def _key(ticket: Ticket, session: Session) -> str:
    return f"reminder:{ticket.pk}:{session.pk}:{session.revision}:24h"
