"""When a session takes place, on the clocks of every city that is shown: a line for the desk."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from courses.models import Session
from kit.local.times import LocalSpan, clock_change_note, short_day
from practice import shown


def city_times(session: Session) -> SafeString:
    """`Fri 30 Oct 2026: 10:00–16:00 London (GMT, UTC+0) · 06:00–12:00 New York (EDT, UTC-4).` and the clocks' note."""
    clocks = shown.clocks()
    local = session.span.local_start
    times = " · ".join(_span_words(each) for each in session.local_spans(clocks))
    note = clock_change_note(session.starts_at, session.workshop.time_zone, clocks)
    return format_html("{} {}: {}. {}", short_day(local), f"{local:%Y}", times, note)


def _span_words(span: LocalSpan) -> str:
    zone = ", ".join(filter(None, (span.abbreviation, span.offset)))
    day = span.day_note and f"{span.day_note},"
    return " ".join(filter(None, (day, span.hours, span.city, f"({zone})")))
