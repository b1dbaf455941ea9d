"""Which host holds which meeting: never two at once, and no more changes a day than Zoom allows."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from courses.models import Session
from kit.database.locks import lock
from meetings.models import Host, Meeting

MOST_CHANGES = 100  # a day and a host, by Zoom's rules
APART = timedelta(minutes=30)  # the host opens the one while the other still says goodbye


class NoHostFree(Exception):
    """Every host has another session then, or there is none."""


class TooManyChanges(Exception):
    """The host's changes of the day are used up, until the next one begins in UTC."""

    def __init__(self) -> None:
        super().__init__()
        self.again_at = datetime.combine(timezone.now().astimezone(UTC).date() + timedelta(days=1), time(0, 1), UTC)


@transaction.atomic
def take_host(meeting: Meeting, session: Session, *, without: Collection[int] = ()) -> Host:
    """For the span of the session; the one that it has, if that is free then. Raises NoHostFree.

    With one that gets no new meetings any more stays what is at Zoom already.
    """
    hosts = list(Host.objects.select_for_update().order_by("pk"))  # one after the other, whoever asks
    good = [host for host in hosts if host.is_active or (host.pk == meeting.host_id and meeting.number is not None)]
    for host in sorted(good, key=lambda host: host.pk != meeting.host_id):
        if host.pk not in without and is_free(host, meeting, session):
            span = {"host": host, "starts_at": session.starts_at, "ends_at": session.ends_at}
            Meeting.objects.filter(pk=meeting.pk).update(**span)
            meeting.host, meeting.starts_at, meeting.ends_at = host, session.starts_at, session.ends_at
            return host
    raise NoHostFree


def is_free(host: Host, meeting: Meeting, session: Session) -> bool:
    others = host.meetings.exclude(pk=meeting.pk)
    return not others.filter(starts_at__lt=session.ends_at + APART, ends_at__gt=session.starts_at - APART).exists()


@transaction.atomic
def count_change(host: Host) -> None:
    """To be called before Zoom is asked. Raises TooManyChanges."""
    locked = lock(Host.objects, host.pk)
    today = timezone.now().astimezone(UTC).date()
    changes = locked.changes if locked.changes_on == today else 0
    if changes >= MOST_CHANGES:
        raise TooManyChanges
    Host.objects.filter(pk=host.pk).update(changes_on=today, changes=changes + 1)
