"""Where somebody is signed in, and how that ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from accounts.devices import device_in_words
from accounts.models import User
from kit.guard.tries import network_of_address

NETWORK = {4: 24, 6: 48}  # bits of an address that say roughly from where


@dataclass(frozen=True)
class SignedIn:
    """One browser that somebody is signed in with."""

    pk: int
    device: str
    network: str
    seen_at: datetime
    is_this_one: bool


def where_signed_in(user: User, *, session_key: str) -> list[SignedIn]:
    """This browser first, then the others by when they were last seen. Rows whose session has ended go."""
    found = [
        SignedIn(
            each.pk,
            device_in_words(each.user_agent),
            network_of(each.ip),
            each.last_seen_at,
            each.session_key == session_key,
        )
        for each in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda each: (each.is_this_one, each.seen_at), reverse=True)


def end_session(user: User, *, number: str) -> bool:
    """One browser of theirs is signed out. False if there is no such one (any more), whatever was sent for a number."""
    found = [each for each in UserSession.objects.filter(user=user) if str(each.pk) == number]
    for session in found:
        session.end()
    return bool(found)


def end_sessions(user: User) -> None:
    """All of them, also those that nobody has a row of: what they were opened with no longer fits the user."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    user.refresh_from_db(fields=["session_round"])
    for session in UserSession.objects.filter(user=user):
        session.end()


def end_other_sessions(request: HttpRequest, user: User) -> None:
    """This browser stays signed in, with a new session key."""
    end_sessions(user)
    update_session_auth_hash(request, user)


def forget_ended_sessions() -> int:
    """Rows of browsers that have not been seen for as long as a session can last. For the worker."""
    longest = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return UserSession.objects.filter(last_seen_at__lt=timezone.now() - longest).delete()[0]


def delete_ended_sessions() -> int:
    """Nobody can be signed in by them any more. For the worker."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def is_at_home(address: str, network: str) -> bool:
    """Whether the account was used from this network in the last days, so that strangers' tries need not count here."""
    found = UserSession.objects.filter(user__emailaddress__email=address.lower(), user__emailaddress__verified=True)
    return network in {network_of_address(ip) for ip in found.values_list("ip", flat=True)}


def network_of(address: str) -> str:
    """`192.0.2.x`: enough to tell home from elsewhere, and not the address itself. Empty for what is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    network = ip_network((ip, NETWORK[ip.version]), strict=False).network_address
    return f"{str(network).rpartition('.')[0]}.x" if ip.version == 4 else f"{network}…"
