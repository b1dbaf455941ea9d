"""The desk takes places back that it gave, or whose money has gone back; whoever was to come is told by mail."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.audit import because
from courses.models import Ticket
from courses.seats import waiting_offers
from courses.seats.places import cancel_ticket, lock_workshop
from kit.forms.seen import Facts, check_seen
from orders.changes import rebooking_offers
from orders.mails import change_mails
from orders.mails.about import to_each_in_turn
from orders.mails.samples import Sample, sample_from
from orders.models import Order, OrderLine, RebookingOffer
from outbox.post import collected

BOUGHT = "bought, and its money has not gone back"
CANCELLED = "cancelled already"
NOT_BOOKED = "not booked yet, or not any more"


@dataclass(frozen=True)
class Chosen:
    """A place that somebody would take back; `stays` says why it cannot be, and is empty where it can."""

    ticket: Ticket
    order: Order | None
    stays: str

    @property
    def fact(self) -> list[str]:
        ticket = self.ticket
        number = f"place {ticket.place_number}" if ticket.place_number else f"recording {ticket.pk}"
        words = f"{ticket.attendee_name}, {ticket.attendee_email}, {self.stays or 'booked'}"
        return [f"{ticket.workshop.slug}, {number}", words]


def chosen_places(tickets: Iterable[Ticket]) -> list[Chosen]:
    """As they are stored, workshop by workshop."""
    numbers = [ticket.pk for ticket in tickets]
    stored = Ticket.objects.filter(pk__in=numbers).select_related("workshop__course", "ticket_type")
    lines = OrderLine.objects.filter(ticket__in=numbers).select_related("order")
    orders = {line.ticket_id: line.order for line in lines}
    return [
        Chosen(ticket, order := orders.get(ticket.pk), _why_it_stays(ticket, order))
        for ticket in stored.order_by("workshop__slug", "attendee_name", "pk")
    ]


def facts_seen(chosen: Iterable[Chosen]) -> Facts:
    return {str(each.ticket.pk): each.fact for each in chosen}


@transaction.atomic
def take_back(tickets: Iterable[Ticket], *, note: str = "", seen: str | None = None) -> tuple[int, int]:
    """Cancels free places and those whose money has gone back, and tells each attendee by mail, in the words of `note`
    as well, which stand in the history, too.

    `seen` is what a page sealed of them. Returns how many it cancelled, and how many it left. Raises
    kit.forms.seen.ChangedMeanwhile.
    """
    tickets = list(tickets)
    for workshop_id in sorted({ticket.workshop_id for ticket in tickets}):  # as everybody does who locks several
        lock_workshop(workshop_id)
    chosen = chosen_places(tickets)
    ending = [each.ticket for each in chosen if not each.stays]
    if ending and seen is not None:
        check_seen(seen, facts_seen(chosen))
    with because(note):
        for ticket in to_each_in_turn(ending):
            cancel_ticket(ticket)
            change_mails.tell_taken_back(ticket, note=note)
    rebooking_offers.decide(OrderLine.objects.filter(ticket__in=ending), RebookingOffer.Status.REFUNDED)
    for workshop_id in sorted({ticket.workshop_id for ticket in ending}):
        waiting_offers.offer_places_of(workshop_id)
    return len(ending), len(chosen) - len(ending)


def samples_of(chosen: Iterable[Chosen], *, note: str) -> list[Sample]:
    """The mail in these words, once for each workshop. Nothing is stored."""
    first = {each.ticket.workshop_id: each.ticket for each in chosen if not each.stays}
    with collected() as mails:
        for ticket in first.values():
            change_mails.tell_taken_back(ticket, note=note)
    return [sample_from(mail) for mail in mails]


def _why_it_stays(ticket: Ticket, order: Order | None) -> str:
    if ticket.status == Ticket.Status.CANCELLED:
        return CANCELLED
    if not ticket.is_confirmed:
        return NOT_BOOKED
    return BOUGHT if order and order.status != Order.Status.REFUNDED else ""
