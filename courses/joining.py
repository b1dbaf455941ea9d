"""The sessions of a ticket as its attendee sees them at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from courses.calendars import google_link, joining_page, joining_words
from courses.catalogue import Day, day_of
from courses.models import Session, Ticket, TicketType
from kit.times import CityClock, LocalSpan, long_day, organiser_clock


@dataclass(frozen=True)
class JoinableSession:
    """One session as its attendee sees it at this moment."""

    session: Session
    times: list[LocalSpan]
    google_link: str

    @property
    def day(self) -> Day:
        """In the organiser's zone, as everywhere."""
        return day_of(self.session.span.local_start)

    @property
    def may_join(self) -> bool:
        return self.session.is_open and bool(self.session.join_url)

    @property
    def opens_iso(self) -> str:
        return self.session.opens_at.isoformat(timespec="seconds")

    @property
    def opens_label(self) -> str:
        """In the attendee's own time."""
        mine = self.times[-1]
        opens_at = self.session.opens_at.astimezone(mine.start.tzinfo)
        return f"{long_day(opens_at)} at {opens_at:%H:%M}, {mine.city} time"


@dataclass(frozen=True)
class AttendeeSchedule:
    """What a ticket's own page shows. The Zoom link is for confirmed live places alone, and only near the start."""

    ticket: Ticket
    state: str
    sessions: list[JoinableSession]

    @property
    def is_over(self) -> bool:
        return self.ticket.workshop.is_over


def for_attendee(ticket: Ticket, clocks: Sequence[CityClock]) -> AttendeeSchedule:
    """The sessions in the organiser's time and the attendee's; none unless the ticket is good for live ones."""
    state = _state(ticket)
    is_live = state == "confirmed" and ticket.access == TicketType.Access.LIVE
    sessions = ticket.workshop.session_list if is_live else []
    return AttendeeSchedule(ticket, state, [_joinable_session(session, ticket, clocks) for session in sessions])


def _state(ticket: Ticket) -> str:
    """The ticket's status, unless the workshop is cancelled or the hold has ended without anybody noticing."""
    if ticket.workshop.is_cancelled:
        return "workshop-cancelled"
    if ticket.status == Ticket.Status.HELD and ticket.held_until <= timezone.now():
        return Ticket.Status.LAPSED
    return ticket.status


def _joinable_session(session: Session, ticket: Ticket, clocks: Sequence[CityClock]) -> JoinableSession:
    theirs = organiser_clock(ticket.attendee_time_zone, clocks)
    ours = organiser_clock(ticket.workshop.time_zone, clocks)
    return JoinableSession(
        session=session,
        times=session.local_spans([ours, theirs] if ours != theirs else [ours]),
        google_link=google_link(session, page=joining_page(ticket), details=joining_words(ticket)),
    )
