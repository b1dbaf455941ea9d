"""The waiting list of a workshop that is full: how somebody gets on it. What is then offered: waiting_offers.py."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from courses.catalogue import Sale, sale
from courses.models import WaitingListEntry, Workshop
from courses.seats import waiting_mails
from courses.seats.places import lock_workshop
from courses.states import move_all
from kit.addresses import benefit_key, email_key


class PlacesAreFree(Exception):
    """Nobody needs to wait: live places can be booked."""


class WaitingListClosed(Exception):
    """The workshop is not being sold any more, or not long enough for an offer, or not yet."""


@transaction.atomic
def join_waiting_list(*, workshop: Workshop, email: str) -> WaitingListEntry:
    """One entry for one person, however often it is sent; whose turn has passed stands at the end of the line again.

    Raises PlacesAreFree or WaitingListClosed.
    """
    locked = lock_workshop(workshop.pk)
    state = sale(locked)
    if state is Sale.OPEN:
        raise PlacesAreFree
    if state is not Sale.FULL or locked.offer_ends_at() is None:
        raise WaitingListClosed
    entry = _entry_of(locked, email)
    if entry is None:
        entry = WaitingListEntry.objects.create(workshop=locked, email=email, email_key=email_key(email))
        audit.record(entry, after=entry.status)
    elif entry.status not in WaitingListEntry.UNFINISHED:
        _wait_again(entry)
    waiting_mails.tell_joined(entry)
    return entry


def _entry_of(workshop: Workshop, email: str) -> WaitingListEntry | None:
    """A mailbox stands in line once, whatever +tag or dots its address is written with."""
    person = benefit_key(email)
    return next((entry for entry in workshop.waiting_list.all() if benefit_key(entry.email) == person), None)


def _wait_again(entry: WaitingListEntry) -> None:
    entry.created_at = timezone.now()
    entry.ticket = entry.offered_at = entry.offer_ends_at = entry.booking_began_at = None
    fields = ["created_at", "ticket", "offered_at", "offer_ends_at", "booking_began_at"]
    move_all([entry], WaitingListEntry.Status.WAITING, saving=fields)
