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

Status = WaitingListEntry.Status


class PlacesAreFree(Exception):
    """Nobody needs to wait: live places can be booked."""


class WaitingListClosed(Exception):
    """The workshop is not being sold any more, or not long enough for an offer, or not yet."""


@transaction.atomic
def join_waiting_list(*, workshop: Workshop, email: str) -> WaitingListEntry:
    """For an address that is known to be theirs. One entry for one person, however often it is sent; whose turn has
    passed stands at the end of the line again.

    Raises PlacesAreFree or WaitingListClosed.
    """
    locked = _locked_if_full(workshop.pk)
    entry = _entry_of(locked, email) or _new_entry(locked, email, Status.WAITING)
    if entry.status not in WaitingListEntry.UNFINISHED:
        _stand_in_line(entry)
    waiting_mails.tell_joined(entry)
    return entry


@transaction.atomic
def ask_to_join(*, workshop: Workshop, email: str) -> WaitingListEntry:
    """For an address that anybody may have typed: it stands in line once its owner pressed the button behind the link.

    Raises PlacesAreFree or WaitingListClosed.
    """
    locked = _locked_if_full(workshop.pk)
    entry = _entry_of(locked, email) or _new_entry(locked, email, Status.UNCONFIRMED)
    if entry.status in WaitingListEntry.UNFINISHED:
        waiting_mails.tell_joined(entry)
    else:
        waiting_mails.ask_to_confirm(entry)
    return entry


@transaction.atomic
def confirm(entry: WaitingListEntry) -> WaitingListEntry:
    """The button behind the link was pressed, for the first time or to come back. Whoever stands in line stays there.

    Raises PlacesAreFree or WaitingListClosed.
    """
    locked = lock_workshop(entry.workshop_id)
    found = locked.waiting_list.get(pk=entry.pk)
    if found.status not in WaitingListEntry.UNFINISHED:
        _check_is_full(locked)
        _stand_in_line(found)
    return found


def _locked_if_full(workshop_id: int) -> Workshop:
    locked = lock_workshop(workshop_id)
    _check_is_full(locked)
    return locked


def _check_is_full(workshop: Workshop) -> None:
    state = sale(workshop)
    if state is Sale.OPEN:
        raise PlacesAreFree
    if state is not Sale.FULL or workshop.offer_ends_at() is None:
        raise WaitingListClosed


def _new_entry(workshop: Workshop, email: str, status: str) -> WaitingListEntry:
    entry = WaitingListEntry.objects.create(workshop=workshop, email=email, email_key=email_key(email), status=status)
    audit.record(entry, after=entry.status)
    return entry


def _entry_of(workshop: Workshop, email: str) -> WaitingListEntry | None:
    """A mailbox stands in line once, whatever +tag or dots its address is written with."""
    person = benefit_key(email)
    return next((entry for entry in workshop.waiting_list.all() if benefit_key(entry.email) == person), None)


def _stand_in_line(entry: WaitingListEntry) -> None:
    entry.created_at = timezone.now()
    entry.ticket = entry.offered_at = entry.offer_ends_at = entry.booking_began_at = None
    fields = ["created_at", "ticket", "offered_at", "offer_ends_at", "booking_began_at"]
    move_all([entry], Status.WAITING, saving=fields)
