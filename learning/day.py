"""The day itself: who comes to a session, and who has pressed the button that leads to Zoom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from courses.models import Session, Ticket, TicketType, Workshop
from kit.local.times import moment_label
from learning.models import JoinClick
from meetings.models import Meeting

AHEAD, BEHIND = timedelta(hours=20), timedelta(hours=2)  # what counts as today's, wherever one is


@dataclass(frozen=True)
class Expected:
    """Somebody with a live place; `pressed_at` is when they first pressed the button, a hint that they came."""

    ticket: Ticket
    pressed_at: datetime | None
    pressed_label: str


@dataclass(frozen=True)
class DayOfSession:
    session: Session
    people: list[Expected]

    @property
    def missing(self) -> list[Expected]:
        return [each for each in self.people if each.pressed_at is None]

    @property
    def pressed(self) -> int:
        return len(self.people) - len(self.missing)

    @property
    def has_link(self) -> bool:
        """Typed, or made at Zoom, where each has a link of their own."""
        return bool(self.session.join_url) or Meeting.objects.at_zoom().filter(session=self.session).exists()

    @property
    def may_write(self) -> bool:
        """To those who have not come, once they could have."""
        return self.session.has_opened and bool(self.missing)


def todays_sessions() -> Iterator[Session]:
    """Of workshops that stand, from most of a day before the start to two hours after the end."""
    now = timezone.now()
    found = Session.objects.filter(
        workshop__status=Workshop.Status.PUBLISHED, starts_at__lt=now + AHEAD, ends_at__gt=now - BEHIND
    )
    return iter(found.select_related("workshop__course").defer("workshop__course__cover", "workshop__course__body"))


def day_of(session: Session) -> DayOfSession:
    """Those who have not come first; each group by name. In two queries."""
    first = JoinClick.objects.filter(session=session).values_list("ticket").annotate(first=Min("clicked_at"))
    pressed = dict(first.order_by())
    tickets = Ticket.objects.confirmed().filter(workshop=session.workshop_id, access=TicketType.Access.LIVE)
    people = [_expected(ticket, pressed.get(ticket.pk), session) for ticket in tickets.select_related("ticket_type")]
    return DayOfSession(session, sorted(people, key=lambda each: (each.pressed_at is not None, _name(each))))


def _expected(ticket: Ticket, pressed_at: datetime | None, session: Session) -> Expected:
    label = moment_label(pressed_at, session.workshop.time_zone) if pressed_at else ""
    return Expected(ticket, pressed_at, label)


def _name(expected: Expected) -> str:
    return expected.ticket.attendee_name.casefold()
