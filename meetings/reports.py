"""Who was there, as Zoom's own report says it of every run of a meeting."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from courses.models import Session
from kit.work.rounds import do_for_each, in_any_order
from meetings import zoom_api
from meetings.models import Meeting, Presence
from meetings.zoom_api import NotAtZoom, Stay, ZoomFailed, ZoomUnavailable

READ_AGAIN_AFTER = timedelta(hours=24)  # who overran, or began once more, is told of by then
TRIED_AGAIN_AFTER = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(days=3)


def read_reports() -> int:
    """For the worker: how many stays it had not known before."""
    if not zoom_api.is_in_use():
        return 0
    due = Meeting.objects.at_zoom().filter(report_at__lte=timezone.now()).exclude(session=None)
    return do_for_each(in_any_order(due.select_related("session")), read_report, silence=ZoomUnavailable)


def read_report(meeting: Meeting) -> int:
    """Of every run of it. Read soon after the end until it tells of the session, and once more a day later.

    What goes on is in no report: until it has ended, for a day at most, nobody is said to have been there too short.
    """
    try:
        if timezone.now() < meeting.ends_at + READ_AGAIN_AFTER and _goes_on(meeting):
            _read_later(meeting)
            return 0
        found = sum(store(meeting, instance, zoom_api.stays_of(instance)) for instance in _instances(meeting))
    except ZoomUnavailable:
        _read_later(meeting)
        raise
    except ZoomFailed as error:
        _read_later(meeting, f"Its report: {error}")
        return 0
    _note_read(meeting)
    return found


def store(meeting: Meeting, instance: str, told: Iterable[Stay]) -> int:
    """How many rows are new. Who waited to be let in was not there yet."""
    rows = [
        Presence(
            session=meeting.session,
            source=Presence.Source.REPORT,
            instance=instance[:60],
            registrant=each.registrant,
            name=each.name,
            email=each.email,
            joined_at=each.joined_at,
            left_at=each.left_at,
        )
        for each in told
        if not each.was_waiting
    ]
    return store_presences(rows)


def store_presences(rows: list[Presence]) -> int:
    """Of one session. Those that are known already are left as they stand; returns how many were not."""
    known = Presence.objects.filter(session__in={row.session_id for row in rows})
    before = known.count()
    Presence.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return known.count() - before


def is_told(session: Session) -> bool:
    """Whether it is known who was there. What is told while a meeting goes on, or of a rehearsal, is not the whole."""
    ended = Meeting.objects.filter(session=session, ended_at__gt=session.starts_at)
    files = Presence.objects.filter(session=session, source=Presence.Source.FILE)
    return _is_reported(session) or ended.exists() or files.exists()


def _goes_on(meeting: Meeting) -> bool:
    try:
        return zoom_api.retrieve_meeting(meeting.number).is_going_on
    except NotAtZoom:
        return False


def _instances(meeting: Meeting) -> list[str]:
    """None of a meeting that nobody began."""
    try:
        return zoom_api.instances_of(meeting.number)
    except NotAtZoom:
        return []


def _note_read(meeting: Meeting) -> None:
    """Once more a day after the end; not after that. Until then often, while it is of a rehearsal alone, or of nobody:
    who overruns is not in it before the end."""
    now, again_at = timezone.now(), meeting.ends_at + READ_AGAIN_AFTER
    soon = again_at if _is_reported(meeting.session) else min(again_at, now + TRIED_AGAIN_AFTER)
    Meeting.objects.filter(pk=meeting.pk).update(report_at=soon if now < again_at else None, last_error="")


def _is_reported(session: Session) -> bool:
    """Somebody is in a report who was there while the session was on."""
    rows = Presence.objects.filter(session=session, source=Presence.Source.REPORT)
    return rows.filter(joined_at__lt=session.ends_at, left_at__gt=session.starts_at).exists()


def _read_later(meeting: Meeting, words: str = "") -> None:
    now = timezone.now()
    next_at = now + TRIED_AGAIN_AFTER if now < meeting.ends_at + GIVEN_UP_AFTER else None
    note = {"last_error": words[:200]} if words else {}
    Meeting.objects.filter(pk=meeting.pk).update(report_at=next_at, **note)
