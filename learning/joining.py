"""The page of a place as its attendee finds it at this moment: from the purchase to the end of the recording."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from django.utils import timezone

from courses.calendars import google_link, joining_page, joining_words
from courses.catalogue import Day, day_of
from courses.models import Session, Ticket, Workshop
from kit.local.locales import written
from kit.local.times import CityClock, LocalSpan, long_day, organiser_clock
from learning import feedback, handouts
from learning.models import Handout, JoinClick
from learning.recordings import Watchable, common_end, watchable_for
from learning.rights import Right, right_of
from meetings.links import join_url_for, with_link
from orders.models import OrderLine

SOON = timedelta(hours=24)
A_CLICK = timedelta(minutes=1)  # a double one is one


class State(StrEnum):
    """What the page is about; each has a template of its name."""

    HELD = "held"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    MOVED = "moved"
    WORKSHOP_CANCELLED = "workshop_cancelled"
    NO_DATE = "no_date"
    NOT_YET = "not_yet"
    SOON = "soon"
    LIVE = "live"
    OVER = "over"
    RECORDING = "recording"
    RECORDING_KEPT = "recording_kept"
    RECORDING_ENDED = "recording_ended"
    RECORDING_TO_COME = "recording_to_come"


CLOSED = {State.HELD, State.LAPSED, State.CANCELLED, State.MOVED, State.WORKSHOP_CANCELLED}


class NotOpen(Exception):
    """Nobody is let in at this moment; the page says why."""


@dataclass(frozen=True)
class JoinableSession:
    """One session as its attendee sees it at this moment."""

    session: Session
    times: list[LocalSpan]
    google_link: str
    has_link: bool

    @property
    def day(self) -> Day:
        """In the organiser's zone, as everywhere."""
        return day_of(self.session.span.local_start)

    @property
    def may_join(self) -> bool:
        return self.session.is_open and self.has_link

    @property
    def has_begun(self) -> bool:
        return self.session.starts_at <= timezone.now()

    @property
    def opens_iso(self) -> str:
        return self.session.opens_at.isoformat(timespec="seconds")

    @property
    def starts_iso(self) -> str:
        return self.session.starts_at.isoformat(timespec="seconds")

    @property
    def opens_label(self) -> str:
        return self._label(self.session.opens_at)

    @property
    def starts_label(self) -> str:
        return self._label(self.session.starts_at)

    @property
    def ends_label(self) -> str:
        return self._label(self.session.ends_at)

    @property
    def minutes_to_start(self) -> int:
        """Rounded up; nothing is left once it has begun."""
        return max(0, -int((timezone.now() - self.session.starts_at).total_seconds() // 60))

    def _label(self, moment: datetime) -> str:
        """In the attendee's own time."""
        mine = self.times[-1]
        local = moment.astimezone(mine.start.tzinfo)
        return f"{long_day(local)} at {written(local, 'H:i')}, {mine.city} time"


@dataclass(frozen=True)
class TicketHome:
    """What a ticket's own page shows. The Zoom link is for confirmed live places alone, and only near the start."""

    ticket: Ticket
    state: State
    sessions: list[JoinableSession] = field(default_factory=list)
    recordings: list[Watchable] = field(default_factory=list)
    handouts: list[Handout] = field(default_factory=list)
    right: Right | None = None
    moved_to: Workshop | None = None

    @property
    def is_open(self) -> bool:
        """Whether the place is booked, and its workshop stands."""
        return self.state not in CLOSED

    @property
    def template(self) -> str:
        return f"learning/states/{self.state}.html"

    @property
    def is_over(self) -> bool:
        return self.ticket.workshop.is_over

    @property
    def is_before(self) -> bool:
        return self.state in {State.NOT_YET, State.SOON}

    @property
    def next_session(self) -> JoinableSession | None:
        return next((each for each in self.sessions if not each.session.is_over), None)

    @property
    def open_recordings(self) -> list[Watchable]:
        return [each for each in self.recordings if each.is_open] if self.right is None else []

    @property
    def closes_label(self) -> str:
        """When those that are open close, empty where each has its own day; if none is open, when the last closed."""
        if open_ones := [each for each in self.recordings if each.is_open]:
            return common_end(open_ones)
        return max(self.recordings, key=lambda each: each.ends_at).until_label if self.recordings else ""

    @property
    def may_have_feedback(self) -> bool:
        return feedback.may_be_given(self.ticket)

    @cached_property
    def asks_for_feedback(self) -> bool:
        return self.may_have_feedback and not feedback.is_given(self.ticket)


def home_of(ticket: Ticket, clocks: Sequence[CityClock]) -> TicketHome:
    """All of it in the organiser's time and the attendee's; nothing opens unless the place is booked."""
    if closed := _closed_state(ticket):
        moved_to = _moved_to(ticket) if ticket.is_cancelled else None
        return TicketHome(ticket, State.MOVED if moved_to else closed, moved_to=moved_to)
    sessions = ticket.workshop.session_list if ticket.is_live else []
    recordings = watchable_for(ticket)
    right = right_of(ticket) if recordings or not ticket.is_live else None
    linked = with_link(ticket, sessions)
    return TicketHome(
        ticket,
        _open_state(ticket, sessions, recordings, right),
        [_joinable_session(session, ticket, clocks, session.pk in linked) for session in sessions],
        recordings,
        handouts.shown_to(ticket),
        right,
    )


def enter(ticket: Ticket, session_pk: int) -> tuple[Session, str]:
    """Notes that the button was pressed, and returns the session and the link into it. Raises NotOpen."""
    found = [each for each in ticket.workshop.session_list if each.pk == session_pk]
    if not found or not ticket.is_live or _closed_state(ticket) or not found[0].is_open:
        raise NotOpen
    link = join_url_for(ticket, found[0])
    if not link:
        raise NotOpen
    now = timezone.now()
    clicks = JoinClick.objects.filter(ticket=ticket, session=found[0])
    if not clicks.filter(clicked_at__gt=now - A_CLICK).exists():
        clicks.create(ticket=ticket, session=found[0], clicked_at=now)
    return found[0], link


def _closed_state(ticket: Ticket) -> State | None:
    """The ticket's status, unless the workshop is cancelled or the hold has ended without anybody noticing."""
    if ticket.workshop.is_cancelled:
        return State.WORKSHOP_CANCELLED
    if ticket.is_confirmed:
        return None
    if ticket.status == Ticket.Status.HELD and not ticket.is_holding:
        return State.LAPSED
    return State(ticket.status)


def _moved_to(ticket: Ticket) -> Workshop | None:
    """Where its buyer, or the desk, moved it."""
    moved = OrderLine.objects.filter(order__moved_from__ticket=ticket, order__paid_at__isnull=False)
    line = moved.select_related("ticket__workshop__course").first()
    return line.ticket.workshop if line else None


def _open_state(
    ticket: Ticket, sessions: Sequence[Session], recordings: Sequence[Watchable], right: Right | None
) -> State:
    if ticket.is_live and not sessions:
        return State.NO_DATE
    if upcoming := [each for each in sessions if not each.is_over]:
        return _state_before(upcoming[0])
    if not recordings:
        return State.OVER if ticket.is_live else State.RECORDING_TO_COME
    if not any(each.is_open for each in recordings):
        return State.RECORDING_ENDED
    return State.RECORDING if right is None else State.RECORDING_KEPT


def _state_before(session: Session) -> State:
    if session.is_open:
        return State.LIVE
    return State.SOON if session.starts_at - timezone.now() <= SOON else State.NOT_YET


def _joinable_session(session: Session, ticket: Ticket, clocks: Sequence[CityClock], has_link: bool) -> JoinableSession:
    theirs = organiser_clock(ticket.attendee_time_zone, clocks)
    ours = organiser_clock(ticket.workshop.time_zone, clocks)
    return JoinableSession(
        session=session,
        times=session.local_spans([ours, theirs] if ours != theirs else [ours]),
        google_link=google_link(session, page=joining_page(ticket), details=joining_words(ticket)),
        has_link=has_link,
    )
