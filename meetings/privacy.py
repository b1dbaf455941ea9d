from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from kit.privacy import ERASED, Kept, days, delete_some, keeps
from meetings.models import Presence

PRESENCES_KEPT = timedelta(days=6 * 365)


def forget_presences() -> int:
    """For the worker: bodies that ask for proof of hours look back five years at most."""
    return delete_some(Presence.objects.filter(left_at__lt=timezone.now() - PRESENCES_KEPT))


def erase_presences(presences: QuerySet[Presence]) -> None:
    """That somebody was there stays; the row's own number keeps it apart from others."""
    for presence in presences:
        Presence.objects.filter(pk=presence.pk).update(name=f"{ERASED} {presence.pk}", email="")


keeps(
    Kept(
        "meetings.presence",
        columns=("name", "email"),
        by="email",
        names=("name",),
        why="How long they were there: proof of the hours that a certificate states.",
        until=f"{days(PRESENCES_KEPT)} after the session.",
        erase=erase_presences,
    ),
)
