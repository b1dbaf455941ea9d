"""The waiting list of a workshop that is full, or of a series: how somebody gets on it.

What is then offered: waiting_offers.py, and series_offers.py for a series, which is given as it is `Offered`.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts import audit
from courses.catalogue import Sale, sale
from courses.models import SeriesWaitingEntry, Waiting, WaitingListEntry, Workshop
from courses.seats import waiting_mails
from courses.seats.places import lock_workshop
from courses.seats.series_offers import lock_series
from courses.seats.waiting_offers import NO_OFFER
from courses.series import Offered
from courses.states import move
from kit.guard.addresses import benefit_key, email_key

Status = Waiting.Status
Entry = WaitingListEntry | SeriesWaitingEntry


class PlacesAreFree(Exception):
    """Nobody needs to wait: live places can be booked."""


class WaitingListClosed(Exception):
    """It is not being sold any more, or not long enough for an offer, or not yet."""


@transaction.atomic
def join_waiting_list(*, workshop: Workshop | Offered, email: str) -> Entry:
    """For an address that is known to be theirs. One entry for one person, however often it is sent; whose turn has
    passed stands at the end of the line again.

    Raises PlacesAreFree or WaitingListClosed.
    """
    locked = _locked(workshop)
    _check_is_full(locked)
    entry = _entry_of(locked, email) or _new_entry(locked, email, Status.WAITING)
    if entry.status not in Waiting.UNFINISHED:
        _stand_in_line(entry)
    waiting_mails.tell_joined(entry)
    return entry


@transaction.atomic
def ask_to_join(*, workshop: Workshop | Offered, email: str) -> Entry:
    """For an address that anybody may have typed: it stands in line once its owner pressed the button behind the link.

    Raises PlacesAreFree or WaitingListClosed.
    """
    locked = _locked(workshop)
    _check_is_full(locked)
    entry = _entry_of(locked, email) or _new_entry(locked, email, Status.UNCONFIRMED)
    if entry.status in Waiting.UNFINISHED:
        waiting_mails.tell_joined(entry)
    else:
        waiting_mails.ask_to_confirm(entry)
    return entry


@transaction.atomic
def confirm(entry: Entry) -> Entry:
    """The button behind the link was pressed, for the first time or to come back. Whoever stands in line stays there.

    Raises PlacesAreFree or WaitingListClosed.
    """
    locked = lock_series(entry.series_id) if isinstance(entry, SeriesWaitingEntry) else lock_workshop(entry.workshop_id)
    found = get_object_or_404(_line(locked), pk=entry.pk)
    if found.status not in Waiting.UNFINISHED:
        _check_is_full(locked)
        _stand_in_line(found)
    return found


def _locked(workshop: Workshop | Offered) -> Workshop | Offered:
    return lock_series(workshop.series.pk) if isinstance(workshop, Offered) else lock_workshop(workshop.pk)


def _check_is_full(workshop: Workshop | Offered) -> None:
    if isinstance(workshop, Offered):
        is_free, is_full = workshop.can_be_booked, workshop.is_on_sale and not workshop.places_left
    else:
        state = sale(workshop)
        is_free, is_full = state is Sale.OPEN, state is Sale.FULL
    if is_free:
        raise PlacesAreFree
    if not is_full or workshop.offer_ends_at() is None:
        raise WaitingListClosed


def _line(workshop: Workshop | Offered) -> QuerySet:
    return workshop.series.waiting_list.all() if isinstance(workshop, Offered) else workshop.waiting_list.all()


def _new_entry(workshop: Workshop | Offered, email: str, status: str) -> Entry:
    facts = {"email": email, "email_key": email_key(email), "status": status}
    entry: Entry
    if isinstance(workshop, Offered):
        entry = SeriesWaitingEntry.objects.create(series=workshop.series, **facts)
    else:
        entry = WaitingListEntry.objects.create(workshop=workshop, **facts)
    audit.record(entry, after=entry.status)
    return entry


def _entry_of(workshop: Workshop | Offered, email: str) -> Entry | None:
    """A mailbox stands in line once, whatever +tag or dots its address is written with."""
    person = benefit_key(email)
    return next((entry for entry in _line(workshop) if benefit_key(entry.email) == person), None)


def _stand_in_line(entry: Entry) -> None:
    anew = {"created_at": timezone.now(), **NO_OFFER}
    if isinstance(entry, SeriesWaitingEntry):
        entry.tickets.clear()
        move(entry, Status.WAITING, **anew)
    else:
        move(entry, Status.WAITING, ticket=None, **anew)
