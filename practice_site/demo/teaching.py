"""The demo's courses and workshops. Dates are found once, relative to the day of the first run, and then stay."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import cycle
from zlib import crc32
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from courses.interest import ask_to_confirm, leave_address, notice_new_workshops
from courses.models import Course, CourseReference, Session, Subject, TicketType, Workshop, WorkshopSeries
from courses.publishing import publish_workshop
from courses.schedule import store_sessions
from courses.seats.places import NewTicket, give_place
from courses.seats.waiting import ask_to_join, join_waiting_list
from courses.series import offered, publish_series
from kit.local.times import CityClock, clock_change_note, instant
from kit.texts.rich_text import sanitise
from meetings.models import Host
from orders.changes.taking_back import take_back
from practice.models import Person
from practice_site.demo.shapes.teaching import CourseWords, SeriesWords, SessionPattern, WorkshopPattern
from practice_site.demo.words.courses import COURSES, SUBJECTS, WORKSHOPS
from practice_site.demo.words.series import SERIES
from practice_site.demo.words.visitors import (
    ASKED_TO_HEAR,
    ASKED_TO_WAIT,
    ATTENDEES,
    INTERESTED,
    WAITING,
    WAITS_FOR_SERIES,
)

FRIDAY = 4
WEEK = timedelta(weeks=1)
ZONE = "Europe/London"
LONDON = ZoneInfo(ZONE)
ELSEWHERE = CityClock("New York", "America/New_York")
WEEKS_TO_LOOK_AT = range(3, 22)  # soon enough to be booked by somebody who reads about it today
HOSTS = ("zoom-one@withyrooms.example", "zoom-two@withyrooms.example")
DIAL_IN = "+44 20 7946 0958"


def load_courses() -> None:
    for position, words in enumerate(SUBJECTS):
        Subject.objects.get_or_create(slug=words.slug, defaults=vars(words) | {"position": position})
    for words in COURSES:
        if not Course.objects.filter(slug=words.slug).exists():
            _add_course(words)


def load_hosts() -> None:
    """Of the stand-in for Zoom, where it runs."""
    if settings.SESSION_PROVIDER == "zoom":
        for email in HOSTS:
            Host.objects.get_or_create(email=email)


def load_workshops(today: date) -> None:
    """With their places given, and a waiting list where they are full."""
    taken: set[date] = set()
    for words in sorted(WORKSHOPS, key=lambda words: not words.clocks_differ):
        days = days_of(words, today, taken)
        taken.update(days if not words.is_today else [])
        if not Workshop.objects.filter(slug=words.slug).exists():
            add_workshop(words, days)


def load_series() -> None:
    for words in SERIES:
        if not WorkshopSeries.objects.filter(slug=words.slug).exists():
            add_series(words)


def days_of(words: WorkshopPattern, today: date, taken: Iterable[date]) -> list[date]:
    """A Friday for each session, on which nobody else teaches and which is no holiday."""
    if words.is_today:
        return [today]
    first = _friday(today, words.weeks_ahead)
    if words.clocks_differ:
        coming = (_friday(today, weeks) for weeks in WEEKS_TO_LOOK_AT)
        first = next((day for day in coming if do_clocks_differ(day)), first)
    while True:
        days = [first + session.weeks_after_first * WEEK for session in words.sessions]
        if not any(day in taken or _is_holiday(day) for day in days):
            return days
        first += WEEK if words.weeks_ahead > 0 else -WEEK


def do_clocks_differ(day: date) -> bool:
    """Whether on this day only one of London and New York has changed its clocks."""
    return bool(clock_change_note(instant(day, time(12), ZONE), ZONE, [CityClock("London", ZONE), ELSEWHERE]))


def _friday(today: date, weeks_ahead: int) -> date:
    return today + timedelta(days=FRIDAY - today.weekday()) + weeks_ahead * WEEK


def _is_holiday(day: date) -> bool:
    return (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3)


def _add_course(words: CourseWords) -> None:
    course = Course.objects.create(
        slug=words.slug,
        title=words.title,
        subject=Subject.objects.get(slug=words.subject),
        blurb=words.blurb,
        summary=words.summary,
        body=sanitise(words.body),
        aims="\n".join(words.aims),
        audience=words.audience,
        level=words.level,
        care_note=words.care_note,
        programme="\n".join(words.programme),
        cpd_hours=Decimal(words.cpd_hours),
        is_published=True,
        cover_motif=words.cover.motif,
        cover_paper=words.cover.paper,
    )
    course.presenters.set(Person.objects.filter(slug__in=words.presenters))
    CourseReference.objects.bulk_create(
        CourseReference(course=course, number=number, **vars(reference))
        for number, reference in enumerate(words.references, start=1)
    )


def add_workshop(words: WorkshopPattern, days: list[date]) -> None:
    workshop = Workshop.objects.create(
        slug=words.slug,
        course=Course.objects.get(slug=words.course),
        time_zone=ZONE,
        capacity=words.capacity,
        note=words.note,
        group_places=words.group[0] if words.group else None,
        group_percent=words.group[1] if words.group else None,
    )
    sessions = [_session(workshop, pattern, day) for pattern, day in zip(words.sessions, days, strict=True)]
    store_sessions(workshop, new=sessions)
    _add_ticket_types(workshop, words, days[0])
    if words.is_draft:
        _let_people_ask_for(workshop.course)
        return
    publish_workshop(workshop)
    _give_places(workshop, words.places_taken)
    if words.places_taken == words.capacity:
        for email in WAITING:
            join_waiting_list(workshop=workshop, email=email)
        ask_to_join(workshop=workshop, email=ASKED_TO_WAIT)
        take_back(workshop.tickets.confirmed()[: words.gives_back])


def add_series(words: SeriesWords) -> WorkshopSeries:
    row = WorkshopSeries.objects.create(
        slug=words.slug, title=words.title, blurb=words.blurb, body=sanitise(words.body), price=Decimal(words.price)
    )
    for workshop in Workshop.objects.filter(slug__in=words.workshops):
        row.parts.create(workshop=workshop)
    publish_series(row)
    if not (offer := offered(row)).places_left:
        join_waiting_list(workshop=offer, email=WAITS_FOR_SERIES)
    return row


def _let_people_ask_for(course: Course) -> None:
    """Of the dates that there are they know."""
    notice_new_workshops()
    for email in INTERESTED:
        leave_address(course, email=email)
    ask_to_confirm(course, email=ASKED_TO_HEAR)


def _around_now() -> tuple[time, time]:
    """From the last full hour but one to three hours ahead, within this day."""
    hour = timezone.localtime(timezone=LONDON).hour
    return time(max(0, hour - 1)), time(min(23, hour + 3), 59)


def _session(workshop: Workshop, pattern: SessionPattern, day: date) -> Session:
    starts, ends = time.fromisoformat(pattern.starts), time.fromisoformat(pattern.ends)
    if day == timezone.localdate(timezone=LONDON):
        starts, ends = _around_now()
    link = f"https://zoom.example/j/{crc32(f'{workshop.slug} {pattern.title}'.encode()):010}"
    is_made_at_zoom = settings.SESSION_PROVIDER == "zoom" and day >= timezone.localdate(timezone=LONDON)
    typed = {} if is_made_at_zoom else {"join_url": link, "passcode": "osier-and-rush", "dial_in": DIAL_IN}
    words = {"title": pattern.title, "programme": "\n".join(pattern.programme)}
    return Session(workshop=workshop, day=day, start_time=starts, end_time=ends, **words, **typed)


def _add_ticket_types(workshop: Workshop, words: WorkshopPattern, first_day: date) -> None:
    for position, kind in enumerate(words.ticket_types):
        TicketType.objects.create(
            workshop=workshop,
            name=kind.name,
            price=Decimal(kind.price),
            description=kind.description,
            is_full_price=kind.is_full_price,
            is_concession=kind.is_concession,
            access=kind.access,
            last_day=first_day - kind.ends_weeks_before * WEEK if kind.ends_weeks_before else None,
            position=position,
        )


def _give_places(workshop: Workshop, number: int) -> None:
    live = cycle(workshop.ticket_types.filter(access=TicketType.Access.LIVE))
    for visitor, ticket_type in zip(ATTENDEES[:number], live, strict=False):
        give_place(workshop, ticket=NewTicket(ticket_type, visitor.name, visitor.email, visitor.time_zone))
