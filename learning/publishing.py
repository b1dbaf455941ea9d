"""A recording is opened to everybody who has a place, and taken back again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import User
from courses.changes import Difference, Plan, note_changes
from courses.models import Ticket, Workshop
from courses.seats.places import lock_workshop
from kit.database.locks import lock
from kit.forms.seen import Facts, check_seen, facts_of
from kit.guard.acting import who_acts
from kit.local.times import until_label
from learning.models import Recording, RecordingExtension

TAKEN_BACK = "taken back: at present nobody can watch it"
CONFIRMED = Ticket.Status.CONFIRMED


class NotReady(Exception):
    """Nobody may watch it: its workshop is not over, is cancelled, or is not recorded as far as people were told."""


def is_ready(workshop: Workshop) -> bool:
    return workshop.is_over and not workshop.is_cancelled and workshop.catch_up_days > 0


def publish_recording(recording: Recording, *, seen: str | None = None, why: str = "") -> bool:
    """Open from this moment to the end of its last day. False if it is published already.

    `seen` is what a page sealed of it. Raises kit.forms.seen.ChangedMeanwhile and NotReady.
    """
    with transaction.atomic():
        locked = _locked(recording)
        if locked.published_at is not None:
            return False
        check_as_seen(locked, seen)
        if not is_ready(locked.workshop):
            raise NotReady
        _move(locked, published=True, why=why)
    return True


def take_back_recording(recording: Recording, *, seen: str | None = None, why: str = "", note: str = "") -> bool:
    """Nobody sees it any more; published again, its days begin anew. False if it is not published.

    Whoever could have watched it, or paid for that, is told by the worker, `note` with it. Raises
    kit.forms.seen.ChangedMeanwhile.
    """
    with transaction.atomic():
        locked = _locked(recording)
        if locked.published_at is None:
            return False
        check_as_seen(locked, seen)
        if plan := loss_of(locked):
            note_changes([plan], by=User.objects.filter(pk=who_acts().user_id).first(), note=note)
        _move(locked, published=False, why=why)
    return True


def loss_of(recording: Recording) -> Plan | None:
    """What people would lose with it: None where it is open to nobody, or to nobody any more."""
    workshop = recording.workshop
    people, until = people_who_may_watch(workshop), _open_until(recording)
    if not people or until is None or workshop.is_cancelled:
        return None
    was = f"open until {until_label(until, workshop.time_zone)}"
    return Plan(workshop, people, [Difference(f"Recording “{recording.title}”", was, TAKEN_BACK, gives_back=False)])


def facts_seen(recording: Recording) -> Facts:
    return {**facts_of(recording), "people": ["people who may watch it", str(people_who_may_watch(recording.workshop))]}


def check_as_seen(locked: Recording, seen: str | None) -> None:
    if seen is not None:
        check_seen(seen, facts_seen(locked))


def people_who_may_watch(workshop: Workshop) -> int:
    return Ticket.objects.confirmed().filter(workshop=workshop).count()


def _open_until(recording: Recording) -> datetime | None:
    """When it closes to the last of those to whom it is open at this moment."""
    longer = RecordingExtension.objects.filter(ticket__workshop=recording.workshop_id, ticket__status=CONFIRMED)
    ends = [recording.ends_at, *(each.ends_at for each in longer.select_related("ticket__workshop"))]
    return max((each for each in ends if each and each > timezone.now()), default=None)


def _locked(recording: Recording) -> Recording:
    """Its workshop first, as everybody does."""
    workshop = lock_workshop(recording.workshop_id)
    locked = lock(Recording.objects, recording.pk)
    locked.workshop = workshop
    return locked


def _move(recording: Recording, *, published: bool, why: str) -> None:
    before = recording.status
    recording.published_at = timezone.now() if published else None
    recording.save(update_fields=["published_at"])
    audit.record(recording, before=before, after=recording.status, reason=why)
    last = Recording.objects.published().filter(workshop=recording.workshop_id).aggregate(last=Max("published_at"))
    Workshop.objects.filter(pk=recording.workshop_id).update(recording_published_at=last["last"])
