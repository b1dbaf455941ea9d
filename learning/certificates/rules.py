"""Who gets a certificate, of what kind, and what still stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import Min

from courses.models import Ticket, TicketType, Workshop
from kit.guard.privacy import ERASED
from kit.local import locales
from kit.texts.names import can_be_seen
from learning.attended import AttendanceSum, sums_of
from learning.certificates.facts import hours_of
from learning.models import Certificate, FeedbackGiven, RecordingView
from learning.models.certificates import LEAST_HOURS

NOT_OVER = "The workshop is not over yet."
CANCELLED = "The place was cancelled."
NOT_COUNTED = "It is not known yet how long you were there. Mostly that takes a day; if it takes longer, write to us."
TOO_SHORT = "You were there for {minutes} of {of} minutes; {percent} per cent are needed."
LONGER = "If you were there for longer, perhaps by another name, write to us."
WATCH = "Or watch the recording on this page: that counts as well, as recorded."
NOT_WATCHED = "You have not opened the recording yet."
NO_FEEDBACK = "Your feedback is missing. It takes two minutes."
NO_HOURS = "No hours are counted for it."
NO_NAME = "We have no name to write on it."


class Missing(StrEnum):
    NAME = "name"
    MINUTES = "minutes"
    FEEDBACK = "feedback"


@dataclass(frozen=True)
class Outcome:
    """With a kind and no blocks, there is a certificate to issue. Blocks are said to whoever has the place."""

    kind: str = ""
    blocks: tuple[str, ...] = ()
    completed_on: date | None = None
    attended: AttendanceSum | None = None
    missing: Missing | None = None  # what they themselves can do something about
    stands_since: datetime | None = None  # when that began to be all that is missing

    @property
    def is_met(self) -> bool:
        return bool(self.kind) and not self.blocks


@dataclass(frozen=True)
class _Known:
    """What is known of the places of one workshop."""

    sums: dict[int, AttendanceSum]
    opened: dict[int, datetime]
    given: dict[int, datetime]


def outcome_of(ticket: Ticket) -> Outcome:
    return outcomes_of(ticket.workshop, [ticket])[ticket.pk]


def outcomes_of(workshop: Workshop, tickets: Sequence[Ticket]) -> dict[int, Outcome]:
    """By the ticket's number, in a few queries however many there are."""
    known = _Known(sums_of(tickets), _opened(tickets), _given(tickets))
    return {ticket.pk: _outcome(workshop, ticket, known) for ticket in tickets}


def outcomes_by(sums: dict[int, AttendanceSum], tickets: Sequence[Ticket]) -> dict[int, Outcome]:
    """The same for places of several workshops, whose sums are known; with their sessions if those were prefetched."""
    known = _Known(sums, _opened(tickets), _given(tickets))
    return {ticket.pk: _outcome(ticket.workshop, ticket, known) for ticket in tickets}


def _outcome(workshop: Workshop, ticket: Ticket, known: _Known) -> Outcome:
    if not ticket.is_confirmed or workshop.is_cancelled:
        return Outcome(blocks=(locales.spelt(CANCELLED),))
    if not workshop.is_over:
        return Outcome(blocks=(NOT_OVER,))
    if not can_be_seen(ticket.attendee_name) or ticket.attendee_name == ERASED:
        return Outcome(blocks=(NO_NAME,), missing=Missing.NAME, stands_since=workshop.ends_at)
    if hours_of(workshop) < LEAST_HOURS:
        return Outcome(blocks=(NO_HOURS,))
    if ticket.access == TicketType.Access.LIVE:
        return _live(workshop, ticket, known)
    return _recorded(workshop, ticket, known, blocks=())


def _live(workshop: Workshop, ticket: Ticket, known: _Known) -> Outcome:
    """Whoever was not there for long enough may still watch; nobody is told so before it is known."""
    total = known.sums[ticket.pk]
    if total.is_enough(workshop.attendance_percent):
        last_day = workshop.session_list[-1].day
        if workshop.certificate_needs_feedback and ticket.pk not in known.given:
            since = workshop.ends_at
            return Outcome(Certificate.Kind.LIVE, (NO_FEEDBACK,), last_day, total, Missing.FEEDBACK, since)
        return Outcome(Certificate.Kind.LIVE, (), last_day, total)
    if not total.is_whole:
        return Outcome(blocks=(NOT_COUNTED,))
    words = locales.spelt(TOO_SHORT).format(
        minutes=total.minutes, of=total.of_minutes, percent=workshop.attendance_percent
    )
    ways = (LONGER, WATCH) if workshop.catch_up_days else (LONGER,)
    return _recorded(workshop, ticket, known, blocks=(words, *ways))


def _recorded(workshop: Workshop, ticket: Ticket, known: _Known, *, blocks: tuple[str, ...]) -> Outcome:
    """What was watched alone is always looked back on: the feedback is what says that it was watched."""
    opened, given = known.opened.get(ticket.pk), known.given.get(ticket.pk)
    if opened is None:
        missing = (Missing.MINUTES, workshop.ends_at) if blocks else (None, None)
        return Outcome("", blocks or (NOT_WATCHED,), None, None, *missing)
    if given is None:
        return Outcome(Certificate.Kind.RECORDED, (NO_FEEDBACK,), None, None, Missing.FEEDBACK, opened)
    day = max(opened, given).astimezone(ZoneInfo(workshop.time_zone)).date()
    return Outcome(Certificate.Kind.RECORDED, (), day)


def _opened(tickets: Sequence[Ticket]) -> dict[int, datetime]:
    views = RecordingView.objects.filter(ticket__in=tickets).order_by().values_list("ticket")
    return dict(views.annotate(first=Min("opened_at")))


def _given(tickets: Sequence[Ticket]) -> dict[int, datetime]:
    return dict(FeedbackGiven.objects.filter(ticket__in=tickets).values_list("ticket", "given_at"))
