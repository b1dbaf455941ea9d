"""Whoever sends the form of a public page, and whether the address in it is theirs."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.proof import proven_keys
from courses.models import Workshop
from kit.guard.addresses import email_key
from kit.guard.tries import client_network


@dataclass(frozen=True)
class Visitor:
    """Known by the network that she comes from and by her browser (hashes; empty where it keeps no cookie), and by the
    addresses that she has proven (their keys)."""

    network: str
    addresses: Collection[str] = ()
    browser: str = ""


def visitor_of(request: HttpRequest, *, is_booking: bool) -> Visitor:
    """Her addresses are asked for only where something is booked."""
    network = _hash("orders.network", client_network(request))
    if not is_booking:
        return Visitor(network)
    return Visitor(network, proven_keys(request.user), browser_of(request))


def browser_of(request: HttpRequest) -> str:
    """By the secret that guards its forms, which no other browser has: the page of a booking has set it."""
    secret = request.META.get("CSRF_COOKIE", "")
    return _hash("orders.browser", secret) if secret else ""


def _hash(salt: str, value: str) -> str:
    return salted_hmac(salt, value, algorithm="sha256").hexdigest()


def is_proven(email: str, *, visitor: Visitor | None, workshop: Workshop, waiting_offer: str) -> bool:
    """Whether this address is known to be theirs: they signed in with it, or came by the link that we mailed to it.

    Without a visitor it is an editor who writes it down.
    """
    key = email_key(email)
    if visitor is None or key in visitor.addresses:
        return True
    offers = workshop.waiting_list.filter(secret=waiting_offer, email_key=key)
    return bool(waiting_offer) and offers.exists()
