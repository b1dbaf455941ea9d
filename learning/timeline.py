"""Everything of a workshop that has a date, in the order in which it comes, for the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from courses.models import Cohort, Reminder, Session, TicketType, Workshop
from kit.local.times import moment_label
from learning.tellings import A_DAY, ENDS, NOT_BEFORE


@dataclass(frozen=True)
class Moment:
    at: datetime
    words: str
    zone: str

    @property
    def label(self) -> str:
        return moment_label(self.at, self.zone)

    @property
    def day(self) -> str:
        """For the element that names a moment to machines."""
        return self.at.astimezone(ZoneInfo(self.zone)).isoformat()

    @property
    def is_past(self) -> bool:
        return self.at <= timezone.now()


def timeline_of(workshop: Workshop) -> list[Moment]:
    """What the site does by itself is among it. A workshop without a session has what is known of its sale."""
    told = [
        *_sale(workshop),
        *(each for session in workshop.session_list for each in _session(workshop, session)),
        *(_afterwards(workshop) if workshop.ends_at else ()),
    ]
    return [Moment(at, words, workshop.time_zone) for at, words in sorted(told, key=lambda each: each[0])]


Told = tuple[datetime, str]


def _sale(workshop: Workshop) -> Iterator[Told]:
    if workshop.sales_open_at:
        yield workshop.sales_open_at, "Sales open"
    for each in workshop.ticket_types.all():
        if each.ends_at:
            yield each.ends_at, f"“{each.name}” goes off sale"
    for cohort in Cohort.objects.filter(ticket_type__workshop=workshop, ended_at=None):
        yield cohort.ends_at, f"Places are no longer kept for {cohort.name}"
    if workshop.closes_at:
        yield workshop.closes_at, "Sales of live places end"


def _session(workshop: Workshop, session: Session) -> Iterator[Told]:
    name = session.title or "Session"
    week_before = session.starts_at - Reminder.WEEK.before
    follows = any(week_before <= each.starts_at < session.starts_at for each in workshop.session_list)
    for reminder in Reminder if not follows else (Reminder.DAY, Reminder.HOUR):  # courses/reminders.py
        yield session.starts_at - reminder.before, f"{name}: a reminder, {reminder.label}"
    yield session.opens_at, f"{name}: the button to join appears"
    yield session.starts_at, f"{name} begins"
    yield session.ends_at, f"{name} ends"


def _afterwards(workshop: Workshop) -> Iterator[Told]:
    yield workshop.ends_at + NOT_BEFORE, "People are asked how it was, and certificates are made as their rules are met"
    yield workshop.ends_at + A_DAY, "Whose certificate waits for something is told what"
    closes_at = workshop.catch_up_closes_at
    if workshop.catch_up_days and closes_at:
        is_open = workshop.recording_published_at is not None
        if is_open:
            for before in ENDS.values():
                yield closes_at - before, "A mail that the recording will close"
        yield closes_at, "The recording closes" if is_open else "The recording would close, if it came out today"
        if any(each.access == TicketType.Access.CATCH_UP for each in workshop.ticket_types.all()):
            yield closes_at, "The sale of the recording ends"
