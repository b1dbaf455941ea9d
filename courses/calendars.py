"""Calendar files and links. None carries a Zoom link: they lead to the workshop's page or to a joining page."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils import timezone

from courses.models import EndedLink, Session, Ticket, Workshop
from kit.local.times import short_day

if TYPE_CHECKING:  # loaded by whoever makes a file: no page needs it, and it is slow to load
    from icalendar import Event

CONTENT_TYPE = "text/calendar; charset=utf-8"
FILE_TYPE = "text/calendar"  # in a mail, which says the charset itself
GOOGLE = "https://calendar.google.com/calendar/render"
LONGEST_GOOGLE_TEXT = 500
AN_HOUR = timedelta(hours=1)
CATEGORY = "Workshop"
COLOURS = {
    "river": "steelblue",
    "madder": "indianred",
    "straw": "goldenrod",
    "paper": "slategray",
}  # by their CSS names


def workshop_calendar(workshop: Workshop) -> str:
    """Every session, for everybody: each leads to the workshop's page."""
    return calendar_of(_events_of_all(workshop), uid=f"workshop-{workshop.pk}")


def workshops_calendar(workshops: Iterable[Workshop]) -> str:
    """Of several workshops, to subscribe to; a calendar knows each session by the name it has in its own file, too."""
    return calendar_of([event for each in workshops for event in _events_of_all(each)], uid="workshops")


def ticket_calendar(ticket: Ticket) -> str:
    """The live sessions of one attendee, each leading to their joining page; none for a catch-up place."""
    return calendar_of([event for event, _ in ticket_events(ticket)], uid=f"ticket-{ticket.pk}")


def tickets_calendar(tickets: Iterable[Ticket], *, uid: str, asked_for_every: timedelta | None = None) -> str:
    """What one person comes to, in one file or to subscribe to; each session has the name that it has in the place's
    own file, and stands there once however many places she has on it."""
    events = [event for each in once_each(tickets) for event, _ in ticket_events(each)]
    return calendar_of(events, uid=uid, asked_for_every=asked_for_every)


def once_each(tickets: Iterable[Ticket], *, gone: Collection[int] = ()) -> list[Ticket]:
    """Of all the live places that one person has and had: on each workshop the one that she got first stands for all.

    What stood for all before it, and is cancelled or among the `gone`, comes with it, to be struck out.
    """
    found: list[Ticket] = []
    of_workshops: dict[int, list[Ticket]] = {}
    live = [each for each in tickets if each.is_live]
    came = _when_they_came(live)
    for ticket in sorted(live, key=lambda each: (came[each.pk], each.pk)):
        of_workshops.setdefault(ticket.workshop_id, []).append(ticket)
    for places in of_workshops.values():
        kept = [each.is_confirmed and each.pk not in gone for each in places]
        found += places[: kept.index(True) + 1] if any(kept) else places
    return found


def _when_they_came(tickets: Sequence[Ticket]) -> dict[int, datetime]:
    """Each to who has it, as far as this copy of it knows: what was handed over came then, when the link before its own
    ended; what waited for its money came when that did."""
    came = {each.pk: each.confirmed_at or each.created_at for each in tickets}
    links = {each.pk: EndedLink.digest_of(each.secret) for each in tickets if each.revision}
    if len(tickets) > 1 and links:
        before = EndedLink.objects.filter(ticket__in=links).values_list("ticket", "digest", "ended_at")
        for ticket, digest, ended_at in before:
            if digest != links[ticket]:
                came[ticket] = max(came[ticket], ended_at)
    return came


def ticket_events(ticket: Ticket) -> list[tuple["Event", bool]]:
    """Each with whether it is off for this attendee; none for a catch-up place."""
    workshop = ticket.workshop
    if not ticket.is_live:
        return []
    cancelled = ticket.status == Ticket.Status.CANCELLED or workshop.is_cancelled
    sessions = [*_sessions_of(workshop, cancelled=cancelled)]
    if workshop.changed_at:  # else none was called off since anybody booked, and no sale asks for them
        sessions += _called_off(workshop)
    return [(ticket_event(ticket, session, is_off=is_off), is_off) for session, is_off in sessions]


def ticket_event(ticket: Ticket, session: Session, *, is_off: bool) -> "Event":
    """Its number rises with every change of the session, of its workshop, and of hands."""
    event = _event(
        session,
        uid=f"session-{session.pk}-{ticket.pk}",
        page=joining_page(ticket),
        details=joining_words(ticket),
        cancelled=is_off,
    )
    event.sequence += ticket.revision
    return event if is_off else _with_reminder(event)


def calendar_of(
    events: Iterable["Event"], *, uid: str = "", method: str = "", asked_for_every: timedelta | None = None
) -> str:
    """As a file, or as what a program is asked to do with it, which a `method` names."""
    from icalendar import Calendar, vDuration

    calendar = Calendar.new(method=method or None, prodid=f"-//{host()}//workshops//EN", uid=f"{uid}@{host()}")
    if not uid:
        del calendar["UID"]  # the library would make one up
    if asked_for_every:
        calendar.add("REFRESH-INTERVAL", asked_for_every, {"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(asked_for_every).to_ical().decode())
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical().decode()


def joining_page(ticket: Ticket) -> str:
    return settings.SITE_URL + ticket.get_absolute_url()


def joining_words(ticket: Ticket) -> str:
    return f"Join from this page, where the Zoom link appears 30 minutes before the start:\n{joining_page(ticket)}"


def workshop_links(workshop: Workshop) -> list[tuple[str, str]]:
    """For each session what to call its link, and the link."""
    page = settings.SITE_URL + workshop.get_absolute_url()
    return _links(workshop, page=page, details=workshop.course.blurb)


def place_links(ticket: Ticket, workshop: Workshop) -> list[tuple[str, str]]:
    """The same with the joining page of a place; `workshop` is its own, with its sessions read."""
    return _links(workshop, page=joining_page(ticket), details=joining_words(ticket))


def google_link(session: Session, *, page: str, details: str) -> str:
    """A link that opens Google's own form, filled in; nothing is sent before the visitor follows it."""
    query = {
        "action": "TEMPLATE",
        "text": _summary(session),
        "dates": f"{_utc(session.starts_at)}/{_utc(session.ends_at)}",
        "ctz": session.workshop.time_zone,
        "details": details[:LONGEST_GOOGLE_TEXT],
        "location": page,
    }
    return f"{GOOGLE}?{urlencode(query)}"


def _links(workshop: Workshop, *, page: str, details: str) -> list[tuple[str, str]]:
    several = len(workshop.session_list) > 1
    return [
        (
            f"Google, {short_day(session.day)}" if several else "Google",
            google_link(session, page=page, details=details),
        )
        for session in workshop.session_list
    ]


def _sessions_of(workshop: Workshop, *, cancelled: bool) -> Iterator[tuple[Session, bool]]:
    """Each with whether it is off."""
    return ((session, cancelled) for session in workshop.session_list)


def _called_off(workshop: Workshop) -> Iterator[tuple[Session, bool]]:
    """They stay in until they would have ended: else they would stand in people's calendars for good."""
    for gone in (each for each in workshop.removed_sessions.all() if each.ends_at > timezone.now()):
        span = {"starts_at": gone.starts_at, "ends_at": gone.ends_at}
        yield Session(pk=gone.number, workshop=workshop, title=gone.title, revision=gone.revision, **span), True


def _events_of_all(workshop: Workshop) -> list["Event"]:
    page = settings.SITE_URL + workshop.get_absolute_url()
    details = f"{workshop.course.blurb}\n\n{page}"
    return [
        _event(session, uid=f"session-{session.pk}", page=page, details=details, cancelled=cancelled)
        for session, cancelled in [*_sessions_of(workshop, cancelled=workshop.is_cancelled), *_called_off(workshop)]
    ]


def _event(session: Session, *, uid: str, page: str, details: str, cancelled: bool) -> "Event":
    from icalendar import Event

    return Event.new(
        uid=f"{uid}@{host()}",
        sequence=session.sequence + cancelled,  # a calendar takes a change only with a higher number
        stamp=_this_hour(),
        start=session.starts_at.astimezone(UTC),  # every program reads an instant alike
        end=session.ends_at.astimezone(UTC),
        summary=_summary(session),
        description=details,
        location=page,
        url=page,
        status="CANCELLED" if cancelled else "CONFIRMED",
        categories=[CATEGORY],
        color=COLOURS.get(session.workshop.course.cover_paper),
    )


def _with_reminder(event: "Event") -> "Event":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(event["summary"]))
    alarm.add("trigger", -Session.OPENS_BEFORE)
    event.add_component(alarm)
    return event


def _summary(session: Session) -> str:
    return f"{session.workshop.title}: {session.title}" if session.title else session.workshop.title


def _this_hour() -> datetime:
    """The same until calendars are asked to come again, so that a file that has not changed keeps its ETag."""
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
