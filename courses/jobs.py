from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.urls import reverse_lazy
from django.utils import timezone

from courses import zone_law
from courses.models import SeriesWaitingEntry, Session, Ticket, WaitingListEntry, Workshop, WorkshopSeries
from courses.models.workshops import WorkshopQuerySet
from courses.series import offered
from kit.database.moments import built_once
from kit.desk.jobs import Job, counted, finds
from kit.local.times import moment_label

LINK_NEEDED_BEFORE = timedelta(days=14)


@finds("courses.change_session")
def sessions_without_link() -> Iterator[Job]:
    if settings.SESSION_PROVIDER != "manual":
        return  # Zoom is asked for them
    now = timezone.now()
    soon = Session.objects.filter(
        workshop__status=Workshop.Status.PUBLISHED, join_url="", ends_at__gt=now, starts_at__lt=now + LINK_NEEDED_BEFORE
    )
    for session in soon.select_related("workshop__course"):
        when = moment_label(session.starts_at, session.workshop.time_zone)
        url = reverse_lazy("admin:courses_workshop_change", args=[session.workshop_id])
        yield Job(f"No Zoom link yet: {session.workshop.title}, {when}", url)


@finds("courses.change_workshop")
def hours_that_no_longer_fit() -> Iterator[Job]:
    """A law on clocks has changed since they were entered."""
    for workshop in zone_law.slipped():
        url = reverse_lazy("admin:courses_workshop_hours", args=[workshop.pk])
        yield Job(f"Its hours no longer fit the law on clocks: {workshop}", url)


@finds("courses.change_ticket")
def access_needs_without_an_answer() -> Iterator[Job]:
    """Whoever asks is promised one before the workshop. What they wrote stands on the page of their place alone."""
    yield from counted(
        Ticket.objects.needs_unanswered(),
        "?status__exact=confirmed&access_needs__isempty=0&needs_answered_at__isempty=1",
        "person wrote access needs, and has no answer yet",
        "people wrote access needs, and have no answer yet",
        line=lambda ticket: f"place {ticket.pk}",
    )


@finds("courses.view_waitinglistentry")
def people_waiting_for_free_places() -> Iterator[Job]:
    """Offers are made by themselves, so this shows that they are not: most likely no worker runs."""
    for workshop in _free_and_waited_for():
        if workshop.opens_later:
            continue
        url = reverse_lazy("admin:courses_waitinglistentry_changelist")
        yield Job(f"Places are free, and people wait for them: {workshop}", f"{url}?workshop__id__exact={workshop.pk}")


@finds("courses.view_serieswaitingentry")
def people_waiting_for_a_free_series() -> Iterator[Job]:
    """The same of those who wait for a whole one: each of its workshops has a place."""
    waiting = SeriesWaitingEntry.objects.filter(series=OuterRef("pk"), status=SeriesWaitingEntry.Status.WAITING)
    for series in WorkshopSeries.objects.coming().filter(Exists(waiting)):
        offer = offered(series)
        if offer.places_left and offer.offer_ends_at():
            url = reverse_lazy("admin:courses_serieswaitingentry_changelist", query={"series__id__exact": series.pk})
            yield Job(f"Places are free in each of its workshops, and people wait for the whole: {series}", url)


@built_once
def _free_and_waited_for() -> WorkshopQuerySet:
    waiting = WaitingListEntry.objects.filter(workshop=OuterRef("pk"), status=WaitingListEntry.Status.WAITING)
    workshops = Workshop.objects.published().upcoming().with_places_taken().select_related("course")
    return workshops.filter(Exists(waiting), places_taken__lt=F("capacity"))
