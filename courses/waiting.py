"""The waiting list of a workshop that is full."""

from courses.catalogue import Sale, sale
from courses.models import WaitingListEntry, Workshop
from kit.addresses import email_key


class PlacesAreFree(Exception):
    """Nobody needs to wait: live places can be booked."""


class WaitingListClosed(Exception):
    """The workshop is not being sold: it is over, cancelled, closed or not open yet."""


def join_waiting_list(*, workshop: Workshop, email: str) -> WaitingListEntry:
    """One entry for one address, however often it is sent. Raises PlacesAreFree or WaitingListClosed."""
    state = sale(workshop)
    if state is Sale.OPEN:
        raise PlacesAreFree
    if state is not Sale.FULL:
        raise WaitingListClosed
    return WaitingListEntry.objects.get_or_create(
        workshop=workshop, email_key=email_key(email), defaults={"email": email}
    )[0]
