"""Whoever sends the form of a public page, and whether the address in it is theirs."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.proof import proven_keys
from courses.models import Workshop
from kit.addresses import email_key
from kit.tries import client_network


@dataclass(frozen=True)
class Visitor:
    """Known by the network that she comes from (a hash), and by the addresses that she has proven (their keys)."""

    network: str
    addresses: Collection[str] = ()


def visitor_of(request: HttpRequest, *, is_booking: bool) -> Visitor:
    """Her addresses are asked for only where something is booked."""
    network = salted_hmac("orders.network", client_network(request), algorithm="sha256").hexdigest()
    if not is_booking:
        return Visitor(network)
    return Visitor(network, proven_keys(request.user))


def is_proven(email: str, *, visitor: Visitor | None, workshop: Workshop, waiting_offer: str) -> bool:
    """Whether this address is known to be theirs: they signed in with it, or came by the link that we mailed to it.

    Without a visitor it is an editor who writes it down.
    """
    key = email_key(email)
    if visitor is None or key in visitor.addresses:
        return True
    offers = workshop.waiting_list.filter(secret=waiting_offer, email_key=key)
    return bool(waiting_offer) and offers.exists()
