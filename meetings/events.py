"""What Zoom told by webhook is worked on: who came and went, what became of a meeting."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kit.work.rounds import do_for_each
from meetings.models import Meeting, Presence, ZoomEvent
from meetings.reports import store_presences
from meetings.zoom_api import moment, text_of

JOINED, LEFT, ENDED = "meeting.participant_joined", "meeting.participant_left", "meeting.ended"
WAITED_FOR = timedelta(hours=6)  # what was told of somebody's coming may be overtaken by what was told of their going

PERSON = {"user_id": 60, "user_name": 200, "registrant_id": 60, "email": 254, "join_time": 40, "leave_time": 40}

Told = dict[str, Any]


def store(body: bytes, told: Told) -> None:
    """Told twice, it is stored once; of what it tells no more than is needed."""
    facts = {"type": text_of(told["event"], 100), "number": _number(_meeting_in(told)), "payload": _kept(told)}
    try:
        with transaction.atomic():
            ZoomEvent.objects.create(digest=hashlib.sha256(body).hexdigest(), **facts)
    except IntegrityError:
        return


def work_on_events() -> int:
    """For the worker: how many words of Zoom are done with."""
    return do_for_each(ZoomEvent.objects.filter(done_at=None).order_by("received_at", "pk")[:500], work_on)


@transaction.atomic
def work_on(event: ZoomEvent) -> int:
    meeting = Meeting.objects.filter(number=event.number).select_related("session").first() if event.number else None
    act = ACTS.get(event.type)
    is_done = act(meeting, event) if act and meeting and meeting.session else True
    if not is_done and event.received_at > timezone.now() - WAITED_FOR:
        return 0
    ZoomEvent.objects.filter(pk=event.pk).update(done_at=timezone.now())
    return 1


def _kept(told: Told) -> Told:
    thing = _meeting_in(told)
    person = thing.get("participant")
    kept = {name: text_of(thing.get(name), 60) for name in ("uuid", "end_time")}
    if isinstance(person, dict):
        kept["participant"] = {name: text_of(person.get(name), longest) for name, longest in PERSON.items()}
    return {"payload": {"object": kept}}


def _joined(meeting: Meeting, event: ZoomEvent) -> bool:
    """How long they stay is told later. A meeting that is begun once more within its session is not over."""
    joined_at = _moment_in(event, "join_time")
    if joined_at and meeting.ended_at and meeting.ended_at < joined_at < meeting.session.ends_at:
        Meeting.objects.filter(pk=meeting.pk).update(ended_at=None)
    return True


def _left(meeting: Meeting, event: ZoomEvent) -> bool:
    """With when they came, which was told before. False where that has not come yet."""
    came = _coming_of(event)
    left_at = _moment_in(event, "leave_time")
    if came is None or left_at is None:
        return False
    _forget_longer(meeting, came, left_at)
    _store_stay(meeting, came, left_at)
    return True


def _ended(meeting: Meeting, event: ZoomEvent) -> bool:
    """Whoever had not left by then was there to the end."""
    ended_at = _end(event)
    if ended_at is None:
        return True
    told = ZoomEvent.objects.filter(number=event.number, type__in=(JOINED, LEFT, ENDED)).order_by("received_at", "pk")
    here = {_visit(each): each for each in told if each.type == JOINED and _instance(each) == _instance(event)}
    for each in told:
        if each.type == LEFT:
            here.pop(_visit(each), None)
    for came in here.values():
        _store_stay(meeting, came, ended_at)
    _note_end(meeting, told)
    return True


def _note_end(meeting: Meeting, told: Iterable[ZoomEvent]) -> None:
    """Of the runs in which somebody came before the session was over: when the last ended, if none goes on. A rehearsal
    that was over before the session began says nothing of it."""
    session, ends = meeting.session, {_instance(each): _end(each) for each in told if each.type == ENDED}
    joined = [(_instance(each), _moment_in(each, "join_time")) for each in told if each.type == JOINED]
    runs = {run for run, joined_at in joined if joined_at and joined_at < session.ends_at}
    known = [end for run in runs if (end := ends.get(run))]
    if known and len(known) == len(runs) and max(known) > session.starts_at:
        Meeting.objects.filter(pk=meeting.pk).update(ended_at=max(known))


def _gone(meeting: Meeting, event: ZoomEvent) -> bool:
    """Somebody changed or deleted it at Zoom itself: the worker looks what it is now."""
    Meeting.objects.filter(pk=meeting.pk).update(checked_at=None)
    return True


def _store_stay(meeting: Meeting, came: ZoomEvent, left_at: datetime) -> None:
    joined_at = _moment_in(came, "join_time")
    if joined_at is None or left_at < joined_at:
        return
    store_presences([Presence(**_coming(meeting, came), joined_at=joined_at, left_at=left_at)])


def _forget_longer(meeting: Meeting, came: ZoomEvent, left_at: datetime) -> None:
    """That they were there to the end was said because nobody had told of their going."""
    joined_at = _moment_in(came, "join_time")
    Presence.objects.filter(**_coming(meeting, came), joined_at=joined_at, left_at__gt=left_at).delete()


def _coming(meeting: Meeting, came: ZoomEvent) -> dict[str, Any]:
    who = _person(came)
    return {
        "session": meeting.session,
        "source": Presence.Source.WEBHOOK,
        "instance": _instance(came),
        "registrant": who.get("registrant_id", ""),
        "name": who.get("user_name", ""),
        "email": who.get("email", ""),
    }


def _coming_of(event: ZoomEvent) -> ZoomEvent | None:
    """The latest of that visit. The database looks for it: of five hundred people as many comings were told."""
    instance, user_id = _visit(event)
    rows = ZoomEvent.objects.filter(number=event.number, type=JOINED, payload__payload__object__uuid=instance)
    if user_id:
        rows = rows.filter(payload__payload__object__participant__user_id=user_id)
    latest = rows.order_by("-received_at", "-pk")
    return next((each for each in latest if _visit(each) == _visit(event)), None)


def _visit(event: ZoomEvent) -> tuple[str, str]:
    """Each coming gets a number of its own within a run of the meeting."""
    return _instance(event), _person(event).get("user_id", "")


def _instance(event: ZoomEvent) -> str:
    return _meeting_in(event.payload).get("uuid", "")


def _end(event: ZoomEvent) -> datetime | None:
    return moment(_meeting_in(event.payload).get("end_time"))


def _person(event: ZoomEvent) -> Told:
    found = _meeting_in(event.payload).get("participant")
    return found if isinstance(found, dict) else {}


def _meeting_in(told: Told) -> Told:
    found = told.get("payload", {}).get("object")
    return found if isinstance(found, dict) else {}


def _moment_in(event: ZoomEvent, name: str) -> datetime | None:
    return moment(_person(event).get(name))


def _number(thing: Told) -> int | None:
    text = str(thing.get("id") or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


ACTS: dict[str, Callable[[Meeting, ZoomEvent], bool]] = {
    JOINED: _joined,
    LEFT: _left,
    ENDED: _ended,
    "meeting.updated": _gone,
    "meeting.deleted": _gone,
}
