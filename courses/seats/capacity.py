"""How many people a workshop is for, and whether anybody has a place already."""

from django.db import transaction
from django.db.models import QuerySet

from courses.models import Ticket, Workshop
from courses.seats.places import lapse_ended_holds, lock_workshop


class PlacesTaken(Exception):
    """Somebody has a ticket, so this cannot be done to the workshop."""

    def __init__(self, taken: int) -> None:
        super().__init__(f"{taken} places are taken")
        self.taken = taken


def check_nobody_comes(workshop: Workshop) -> None:
    """Raises PlacesTaken while a ticket of any kind is held or booked; holds for the caller's transaction.

    A place that is only on offer to the waiting list does not count: the offer ends with the workshop.
    """
    with transaction.atomic():
        lock_workshop(workshop.pk)
        taken = tickets_taken(workshop)
    if taken:
        raise PlacesTaken(taken)


def tickets_taken(workshop: Workshop) -> int:
    """How many are held or booked, of any kind, without those that are only on offer to the waiting list."""
    offers = workshop.waiting_list.offered().select_related("ticket")
    on_offer = [entry.ticket_id for entry in offers if not entry.is_being_booked]
    return workshop.tickets.occupying().exclude(pk__in=on_offer).count()


def check_capacity(workshop: Workshop, *, capacity: int) -> None:
    """Raises PlacesTaken. Its answer holds to the end of the caller's transaction: the workshop is locked."""
    with transaction.atomic():
        lock_workshop(workshop.pk)
        lapse_ended_holds(workshop)
        taken, _ = workshop.counted_anew()  # with what is kept for cohorts
    if taken > capacity:
        raise PlacesTaken(taken)


def fit_places(workshop: Workshop, *, capacity: int) -> None:
    """Makes ready for a new capacity: places numbered above it move down to free numbers. Raises PlacesTaken."""
    with transaction.atomic():
        check_capacity(workshop, capacity=capacity)
        tickets = list(_seated(workshop))
        taken = {ticket.place_number for ticket in tickets}
        free = (number for number in range(1, capacity + 1) if number not in taken)
        for ticket in tickets:
            if ticket.place_number and ticket.place_number > capacity:
                ticket.place_number = next(free)
                ticket.save(update_fields=["place_number"])


def _seated(workshop: Workshop) -> QuerySet[Ticket]:
    active = workshop.tickets.seated()
    return active.exclude(place_number=None)
