"""Makes Zoom's meetings what they should be: made, changed and taken away by the worker, one step at a time."""

import logging
from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from courses.models import Session, Workshop
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each, in_any_order
from meetings import hosting, turns, zoom_api
from meetings.models import Host, Meeting, MeetingQuerySet
from meetings.wanted import digest_of, is_to_go, is_wanted, mark_of, wish_of
from meetings.zoom_api import NoSuchHost, NotAtZoom, ZoomFailed, ZoomMeeting, ZoomUnavailable

log = logging.getLogger(__name__)

CHECKED_EVERY = timedelta(hours=12)
TAKEN_AWAY_WITHIN = timedelta(days=2)  # after its end
REPORT_AFTER = timedelta(minutes=30)  # the report is there some minutes after the end


def sync_meetings() -> int:
    """For the worker: how many meetings are now what they should be, and were not."""
    if not zoom_api.is_in_use():
        return 0
    note_wanted_sessions()
    now = timezone.now()
    to_come = Q(ends_at__gt=now) | Q(session__ends_at__gt=now)
    left_over = Q(attempts__gt=0, ends_at__gt=now - TAKEN_AWAY_WITHIN)  # people were in what was called off
    rows = _with_all().filter(to_come | left_over, next_attempt_at__lte=now)
    return do_for_each([row for row in in_any_order(rows) if differs(row)], sync, silence=ZoomUnavailable)


def check_meetings() -> int:
    """For the worker: what somebody changed or deleted at Zoom itself is found, and mended by the next round."""
    if not zoom_api.is_in_use():
        return 0
    rows = Meeting.objects.to_come().at_zoom().exclude(checked_at__gt=timezone.now() - CHECKED_EVERY)
    rows = rows.exclude(session=None).select_related("session__workshop__course")
    return do_for_each(in_any_order(rows), check, silence=ZoomUnavailable)


def sync_soon(meeting: Meeting) -> None:
    """All of it, whatever Zoom was told before, and whoever was put off. What is being asked goes on undisturbed."""
    now = timezone.now()
    Meeting.objects.filter(pk=meeting.pk).update(told="", synced_at=None, checked_at=None)
    waiting = Meeting.objects.filter(pk=meeting.pk, attempts__gt=0), meeting.registrants.filter(attempts__gt=0)
    for rows in waiting:
        rows.exclude(last_error="").update(next_attempt_at=now)


def note_wanted_sessions() -> None:
    """A row for each session that should have a meeting, and has none yet. Zoom never heard of what goes."""
    Meeting.objects.filter(session=None, number=None, asked_at=None).delete()
    published = Session.objects.filter(workshop__status=Workshop.Status.PUBLISHED, join_url="")
    missing = published.filter(~Exists(Meeting.objects.filter(session=OuterRef("pk"))), ends_at__gt=timezone.now())
    Meeting.objects.bulk_create(
        [Meeting(session=each, mark=mark_of(each), starts_at=each.starts_at, ends_at=each.ends_at) for each in missing],
        ignore_conflicts=True,  # another worker was quicker
    )


def differs(meeting: Meeting) -> bool:
    """Whether there is anything to be done about it at Zoom."""
    if is_to_go(meeting):
        return meeting.number is not None or meeting.asked_at is not None
    if meeting.number is None:
        return is_wanted(meeting.session)
    return meeting.told != digest_of(wish_of(meeting.session)) and meeting.session.ends_at > timezone.now()


def sync(meeting: Meeting) -> int:
    """One step towards what it should be. What Zoom has no answer for is tried again later, and is raised."""
    if not turns.take(meeting):
        return 0  # another worker has it
    fresh = _with_all().filter(pk=meeting.pk).first()  # one may have done it a moment ago
    if fresh is None or not differs(fresh):
        turns.done(meeting)
        return 0
    return _try(fresh)


def _try(meeting: Meeting) -> int:
    try:
        _step(meeting)
    except hosting.NoHostFree:
        turns.put_off(meeting, "No host is free at that time: add one, or move the session.")
        return 0
    except hosting.TooManyChanges as error:
        turns.put_off(meeting, "Zoom allows its host no more changes today.", until=error.again_at)
        return 0
    except NotAtZoom:
        forget(meeting)
        return 0
    except ZoomUnavailable as error:
        turns.put_off(meeting, str(error), until=error.again_at)
        raise
    except ZoomFailed as error:
        turns.put_off(meeting, str(error))
        return 0
    return 1


def check(meeting: Meeting) -> int:
    """Asks Zoom what the meeting is. Returns 1 if it is not what it was."""
    try:
        found = zoom_api.retrieve_meeting(meeting.number)
    except NotAtZoom:
        forget(meeting)
        return 1
    except ZoomUnavailable:
        raise
    except ZoomFailed as error:
        turns.put_off(meeting, str(error))
        return 0
    is_same = found.is_as(wish_of(meeting.session))
    told = {} if is_same else {"told": "", "synced_at": None}
    Meeting.objects.filter(pk=meeting.pk).update(checked_at=timezone.now(), **told)
    return 0 if is_same else 1


@transaction.atomic
def forget(meeting: Meeting) -> None:
    """It is not at Zoom any more: it is made anew, if it should be there, and nobody has a link until then.

    Where another worker knew that first, there may be a new one by now, and that stays.
    """
    if Meeting.objects.select_for_update().filter(pk=meeting.pk, number=meeting.number).first() is None:
        return
    now = timezone.now()
    meeting.registrants.filter(ended_at=None).update(ended_at=now)
    meeting.registrants.filter(cancelled_at=None).update(cancelled_at=now)
    if meeting.session_id is None:
        meeting.delete()
        return
    gone = {"number": None, "told": "", "synced_at": None, "asked_at": None, "host": None, "report_at": None}
    turns.done(meeting, **gone)


def _with_all() -> MeetingQuerySet:
    return Meeting.objects.select_related("host", "session__workshop__course")


def _step(meeting: Meeting) -> None:
    if is_to_go(meeting):
        _take_away(meeting)
    elif meeting.number is None:
        _make(meeting)
    elif hosting.is_free(meeting.host, meeting, meeting.session):
        _change(meeting)
    else:
        _take_away(meeting)  # it has moved to where its host has another one; the next round makes it anew


def _make(meeting: Meeting) -> None:
    """One that was asked for before, and whose answer got lost, is looked for first: none is ever made twice."""
    if (lost := _lost_number(meeting)) is not None:
        _note_made(meeting, lost, "")
        return
    made = _made(meeting)
    checkpoint("meeting made")
    _note_made(meeting, made.number, digest_of(wish_of(meeting.session)))


def _made(meeting: Meeting) -> ZoomMeeting:
    """With the first host that Zoom knows: whom it does not know keeps no meeting waiting. Raises NoSuchHost."""
    session, unknown = meeting.session, dict[int, NoSuchHost]()
    while True:
        try:
            host = hosting.take_host(meeting, session, without=unknown)
        except hosting.NoHostFree:
            raise next(iter(unknown.values()), None) or hosting.NoHostFree from None
        hosting.count_change(host)
        Meeting.objects.filter(pk=meeting.pk).update(asked_at=timezone.now())
        try:
            return zoom_api.create_meeting(host.email, wish_of(session))
        except NoSuchHost as error:
            log.warning("Zoom does not know host %s", host.pk)
            unknown[host.pk] = error
            Meeting.objects.filter(pk=meeting.pk).update(host=None, asked_at=None)


def _note_made(meeting: Meeting, number: int, told: str) -> None:
    now = timezone.now()
    report_at = meeting.session.ends_at + REPORT_AFTER
    turns.done(meeting, number=number, told=told, synced_at=now, checked_at=now, report_at=report_at)


def _change(meeting: Meeting) -> None:
    host: Host = hosting.take_host(meeting, meeting.session)
    hosting.count_change(host)
    wish = wish_of(meeting.session)
    zoom_api.change_meeting(meeting.number, wish)
    report_at = meeting.session.ends_at + REPORT_AFTER
    turns.done(meeting, told=digest_of(wish), synced_at=timezone.now(), report_at=report_at)


def _take_away(meeting: Meeting) -> None:
    number = meeting.number or _lost_number(meeting)
    if number is not None:
        with suppress(NotAtZoom):  # somebody was quicker
            zoom_api.delete_meeting(number)
    checkpoint("meeting taken away")
    forget(meeting)


def _lost_number(meeting: Meeting) -> int | None:
    """Of one that may have been made, though its number never came. A host that is gone at Zoom has none."""
    found = None
    if meeting.asked_at and meeting.host:
        with suppress(NoSuchHost):
            found = zoom_api.find_meeting(meeting.host.email, meeting.mark)
    return found.number if found else None
