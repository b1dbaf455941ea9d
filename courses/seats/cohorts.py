"""Places of a workshop are kept for a cohort, and go back to everybody when that ends."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.history import recording
from courses.models import Cohort, TicketType, Workshop
from courses.seats import waiting_offers
from courses.seats.places import lapse_ended_holds, lock_workshop
from kit.database.locks import lock
from kit.forms.seen import check_seen, facts_of
from kit.local.times import moment_label
from kit.work.checkpoints import checkpoint


class PlacesBooked(Exception):
    """More of its places are taken than it would have."""

    def __init__(self, taken: int) -> None:
        super().__init__(f"{taken} places are taken")
        self.taken = taken


class TooFewFree(Exception):
    """Fewer places are free, and waited for by nobody, than are to be kept."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} places can be kept")
        self.most = most


@dataclass(frozen=True)
class Sooner:
    """A cohort that keeps its places for a shorter time than it did."""

    cohort: Cohort
    was: datetime

    def __str__(self) -> str:
        if not self.cohort.is_running:
            return f"No place is kept for {self.cohort.name} any more: the sale of its ticket has ended."
        zone = self.cohort.workshop.time_zone
        was, now = moment_label(self.was, zone), moment_label(self.cohort.ends_at, zone)
        return f"Places are kept for {self.cohort.name} until {now}, not until {was}: nobody can book them after that."


def check_places(cohort: Cohort) -> None:
    """Whether so many can be kept; its answer holds to the end of the caller's transaction. The row may be unsaved.

    What the stored one keeps already counts as free for it. Raises PlacesBooked and TooFewFree.
    """
    with transaction.atomic():
        workshop = lock_workshop(cohort.ticket_type.workshop_id)
        lapse_ended_holds(workshop)
        stored = Cohort.objects.filter(pk=cohort.pk).first()
        taken = stored.places_taken() if stored else 0
        own = stored.places if stored and stored.is_running else taken
        if cohort.places < taken:
            raise PlacesBooked(taken)
        if cohort.is_running and cohort.places > own + (left := workshop.places_left()):
            raise TooFewFree(own + left)


def end_cohort(cohort: Cohort, *, seen: str | None = None, why: str = "") -> bool:
    """What nobody has taken is everybody's at once, first of all of those who wait. Booked places stay booked.

    `seen` is what a page sealed of it. False if it has ended already. Raises kit.forms.seen.ChangedMeanwhile.
    """
    with transaction.atomic():
        workshop = lock_workshop(cohort.ticket_type.workshop_id)
        locked = lock(Cohort.objects.select_related("ticket_type"), cohort.pk)
        if not locked.is_running:
            return False
        if seen is not None:
            check_seen(seen, facts_of(locked))
        locked.ended_at = timezone.now()
        locked.save(update_fields=["ended_at"])
        audit.record(locked, before="running", after="ended", reason=why)
        waiting_offers.offer_free_places(workshop)
        checkpoint("cohort end written")
    checkpoint("cohort ended")
    return True


def end_with_the_sale(workshop: Workshop) -> list[Sooner]:
    """No place is kept for longer than it can be booked: where days of the workshop or of its sale moved to the fore,
    a cohort ends as the sale of its ticket does. Call it once these are stored."""
    with transaction.atomic():
        locked = lock_workshop(workshop.pk)
        running = Cohort.objects.running().filter(ticket_type__workshop=locked).select_for_update(of=("self",))
        sooner = []
        for cohort in running.select_related("ticket_type").order_by("pk"):
            cohort.ticket_type.workshop, was = locked, cohort.ends_at
            last = sale_ends_at(cohort.ticket_type)
            if last and last < was:
                with recording(cohort):
                    cohort.ends_at = last
                    cohort.save(update_fields=["ends_at"])
                sooner.append(Sooner(cohort, was))
    return sooner


def sale_ends_at(ticket_type: TicketType) -> datetime | None:
    """When nobody can book that live ticket any more."""
    ends = [ticket_type.workshop.closes_at, ticket_type.ends_at]
    return min((each for each in ends if each), default=None)
