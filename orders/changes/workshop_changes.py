"""Everybody with a place is told what somebody changed of it: each person once, whatever dies in between."""

from hashlib import sha256

from django.utils import timezone

from courses.models import Ticket, Workshop, WorkshopChange
from kit.guard.addresses import email_key
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each
from orders.changes.announcements import with_known_address
from orders.mails.samples import Sample, sample_from
from orders.mails.workshop_mails import Person, tell_changed
from orders.models import Order, OrderLine
from outbox.models import Message
from outbox.post import collected


def tell_of_changes() -> int:
    """For the worker: returns how many mails it wrote."""
    return do_for_each(WorkshopChange.objects.filter(told_at=None).order_by("pk"), _tell_of)


def sample_of(change: WorkshopChange) -> Sample | None:
    """None where nobody would be told. It need not be stored; what it tells of is to stand as it would be."""
    people = [person for address, person in _people_of(change).items() if address]
    if not people:
        return None
    reader = next((person for person in people if person.orders and person.tickets), people[0])
    with collected() as mails:
        tell_changed(change, reader, key="")
    return sample_from(mails[0], people=len(people))


def _tell_of(change: WorkshopChange) -> int:
    people = {_key(change, address): person for address, person in _people_of(change).items() if address}
    told = set(Message.objects.filter(key__in=people).values_list("key", flat=True))
    count = do_for_each([key for key in people if key not in told], lambda key: _tell(change, people[key], key))
    if Message.objects.filter(key__in=people).count() == len(people):
        WorkshopChange.objects.filter(pk=change.pk, told_at=None).update(told_at=timezone.now())
    return count


def _tell(change: WorkshopChange, person: Person, key: str) -> int:
    tell_changed(change, person, key=key)
    checkpoint("one told of a change")
    return 1


def _people_of(change: WorkshopChange) -> dict[str, Person]:
    """By address: who comes and who pays, as far as they had their place before the change."""
    change.workshop = Workshop.objects.with_course().prefetch_related("sessions").get(pk=change.workshop_id)
    found: dict[str, tuple[list[Ticket], list[Order]]] = {}
    had = (
        with_known_address(change.workshop.tickets.occupying()).filter(created_at__lte=change.changed_at).order_by("pk")
    )
    for ticket in had.select_related("ticket_type"):
        ticket.workshop = change.workshop
        found.setdefault(email_key(ticket.attendee_email), ([], []))[0].append(ticket)
    for line in OrderLine.objects.filter(ticket__in=had.order_by()).select_related("order").order_by("pk"):
        found.setdefault(line.order.email_key, ([], []))[1].append(line.order)
    each = found.items()
    return {address: Person(tuple(tickets), tuple(dict.fromkeys(orders))) for address, (tickets, orders) in each}


def _key(change: WorkshopChange, address: str) -> str:
    return f"workshop-change:{change.pk}:{sha256(address.encode()).hexdigest()[:24]}"
