"""A week, a day and an hour before each session, everybody who holds a live place is told when and where, once each.

Whoever is late with one, because no worker ran, sends only that which is nearest: nobody gets two at once.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from courses import calendars
from courses.models import Reminder, ReminderOff, Session, Ticket, TicketType
from courses.row_parts import presenters
from kit.local.times import LocalSpan
from kit.work.rounds import do_for_each
from outbox.models import Message
from outbox.post import on, queue_message, withdraw
from practice.models import Practice
from practice.shown import clocks_of

KEYS = "reminder:"  # how those of their mails begin


def remind() -> int:
    """Queues the reminders that are due; returns how many. A session that moved is told of anew."""
    now = timezone.now()
    soon = Session.objects.filter(starts_at__gt=now, starts_at__lte=now + Reminder.WEEK.before)
    soon = soon.exclude(workshop__status="cancelled").annotate(follows=Exists(_shortly_before()))
    return do_for_each(soon.select_related("workshop__course"), _remind_all)


def set_wanted(ticket: Ticket, wanted: Collection[str]) -> None:
    """Exactly these reminders from now on, also of those that wait for the mail server.

    What was turned off while it waited is written anew by the next round, if it is wanted again in time.
    """
    unwanted = [each for each in Reminder.values if each not in wanted]
    with transaction.atomic():
        ReminderOff.objects.filter(ticket=ticket).exclude(reminder__in=unwanted).delete()
        ReminderOff.objects.bulk_create(
            [ReminderOff(ticket=ticket, reminder=each) for each in unwanted], ignore_conflicts=True
        )
        theirs = Message.objects.filter(about=on(ticket), key__startswith=KEYS)
        if unwanted:
            withdraw(theirs.filter(_of(unwanted)))
        if wanted:
            never_sent = theirs.filter(to=ticket.attendee_email, state=Message.State.SKIPPED, sent_at=None)
            never_sent.filter(_of(wanted), useless_after__gt=timezone.now()).delete()


def withdraw_reminders(tickets: Iterable[Ticket]) -> None:
    """Of places that have ended, or are somebody else's now: those that wait for the mail server."""
    withdraw(Message.objects.filter(about__in=[on(ticket) for ticket in tickets], key__startswith=KEYS))


def withdraw_reminders_of(session: Session) -> None:
    """It moves or is taken out: those that wait for the mail server say when it was to be."""
    places = Ticket.objects.confirmed().filter(workshop=session.workshop_id, access=TicketType.Access.LIVE)
    keys = [_key(ticket, session, each) for ticket in places.only("pk") for each in Reminder]
    withdraw(Message.objects.filter(key__in=keys))


def wanted_of(ticket: Ticket) -> list[str]:
    off = set(ticket.reminders_off.values_list("reminder", flat=True))
    return [each for each in Reminder.values if each not in off]


def choices_page(ticket: Ticket) -> str:
    """Where its attendee says which reminders she wants."""
    return f"{settings.SITE_URL}{reverse('learning:reminders', args=[ticket.secret])}"


def _of(wanted: Iterable[str]) -> Q:
    return reduce(or_, (Q(key__endswith=f":{each}") for each in wanted))


def _shortly_before() -> QuerySet[Session]:
    """Sessions of the same workshop within the week before: their own reminders tell of all of them."""
    start = OuterRef("starts_at")
    earlier = Session.objects.filter(workshop=OuterRef("workshop"), starts_at__lt=start)
    return earlier.filter(starts_at__gte=start - Reminder.WEEK.before)


def _remind_all(session: Session) -> int:
    """Who booked since it was due has just been told, unless the workshop has changed since."""
    reminder = _nearest(session)
    if reminder == Reminder.WEEK and session.follows:
        return 0
    was_told = Q(confirmed_at__gt=session.starts_at - reminder.before)
    if changed_at := session.workshop.changed_at:
        was_told &= Q(confirmed_at__gte=changed_at)
    live = Ticket.objects.confirmed().filter(workshop=session.workshop, access=TicketType.Access.LIVE)
    tickets = live.exclude(was_told).exclude(reminders_off__reminder=reminder)
    by_key = {_key(ticket, session, reminder): ticket for ticket in tickets.select_related("workshop__course")}
    told = set(Message.objects.filter(key__in=by_key).values_list("key", flat=True))
    untold = [ticket for key, ticket in by_key.items() if key not in told]
    return do_for_each(untold, lambda ticket: _remind(ticket, session, reminder))


def _nearest(session: Session) -> Reminder:
    left = session.starts_at - timezone.now()
    return min((each for each in Reminder if left <= each.before), key=lambda each: each.before)


def _remind(ticket: Ticket, session: Session, reminder: Reminder) -> int:
    clocks = clocks_of(session.workshop.time_zone, ticket.attendee_time_zone)
    times = session.local_spans(clocks)
    who = presenters(session.workshop.course_id).names
    queue_message(
        key=_key(ticket, session, reminder),
        about=on(ticket),
        to=ticket.attendee_email,
        template="courses/session_reminder",
        context={
            "workshop": session.workshop,
            "session": session,
            "lead": _lead(times[-1], reminder),
            "times": times,
            "how": f"Live on Zoom, with {who}" if who else "Live on Zoom",
            "joining_page": calendars.joining_page(ticket),
            "choices_page": choices_page(ticket),
        },
        reply_to=Practice.current().email,
        useless_after=session.starts_at - (Reminder.DAY.before if reminder == Reminder.WEEK else timedelta()),
    )
    return 1


def _lead(theirs: LocalSpan, reminder: Reminder) -> str:
    """On the attendee's own clock."""
    if reminder == Reminder.HOUR:
        return "It starts within the hour."
    days = (theirs.start.date() - timezone.now().astimezone(theirs.start.tzinfo).date()).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"on {theirs.day}")
    return f"It starts {when}, at {theirs.starts_label} in {theirs.city}."


def _key(ticket: Ticket, session: Session, reminder: Reminder) -> str:
    return f"{KEYS}{ticket.pk}:{session.pk}:{session.revision}:{reminder}"
