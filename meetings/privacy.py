from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from courses.models import Ticket
from kit.guard.privacy import ERASED, Kept, about_nobody, days, delete_some, finds_also, keeps
from meetings.models import Presence, Registrant, ZoomEvent
from practice.markers import marker

PRESENCES_KEPT = timedelta(days=6 * 365)
EVENTS_KEPT = timedelta(days=30)


def forget_presences() -> int:
    """For the worker: bodies that ask for proof of hours look back five years at most."""
    return delete_some(Presence.objects.filter(left_at__lt=timezone.now() - PRESENCES_KEPT))


def forget_events() -> int:
    """For the worker: what Zoom told by webhook has become rows by then."""
    return delete_some(ZoomEvent.objects.filter(received_at__lt=timezone.now() - EVENTS_KEPT))


def erase_registrants(registrants: QuerySet[Registrant]) -> None:
    """Their link opens nothing on this site from now on; the worker takes them off at Zoom, where they are known."""
    now = timezone.now()
    for each in registrants:
        erase_presences(_presences_as(each))
        Registrant.objects.filter(pk=each.pk, ended_at=None).update(ended_at=now)
        Registrant.objects.filter(pk=each.pk).update(name=ERASED, email="", sealed_url="")
        over = Registrant.objects.filter(pk=each.pk).exclude(cancelled_at=None, meeting__ends_at__gt=now)
        over.update(address=f"erased {each.pk}")  # the others', once Zoom knows: registering.py


def erase_presences(presences: QuerySet[Presence]) -> None:
    """That somebody was there stays; the row's own number keeps it apart from others."""
    for presence in presences:
        Presence.objects.filter(pk=presence.pk).update(name=f"{ERASED} {presence.pk}", email="")


def _presences_as(registrant: Registrant) -> QuerySet[Presence]:
    presences = Presence.objects.filter(session__meeting=registrant.meeting_id, registrant=registrant.number)
    return presences if registrant.number else presences.none()


def _presences_of_registrants(address: str) -> QuerySet[Presence]:
    """Whatever Zoom called them."""
    found = Presence.objects.none()
    for each in REGISTRANTS.of_address(address):
        found |= _presences_as(each)
    return found


def _to_come(registrants: QuerySet[Registrant]) -> QuerySet[Registrant]:
    confirmed = Ticket.Status.CONFIRMED
    return registrants.filter(ended_at=None, meeting__ends_at__gt=timezone.now(), ticket__status=confirmed)


REGISTRANTS = Kept(
    "meetings.registrant",
    columns=("name", "email", "address", "sealed_url"),
    by="email",
    of_place="ticket",
    names=("name",),
    why="Their own link into a session on Zoom.",
    until="As long as the ticket.",
    erase=erase_registrants,
    stay=_to_come,
    stays_because="They have a place that is still to come. Cancel it first, if they wish to be erased now.",
)
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
    REGISTRANTS,
    Kept(
        "meetings.zoomevent",
        columns=("payload",),
        within=("payload",),
        why="What Zoom told, until it has become a row of who was there.",
        until=f"{days(EVENTS_KEPT)}.",
        erase=lambda events: events.update(payload={}),
    ),
)
finds_also("meetings.presence", _presences_of_registrants)
about_nobody("meetings.host.*", "meetings.meeting.*")

marker("attendance kept", "for how many years it is kept who was there")(lambda: f"{PRESENCES_KEPT.days // 365} years")
