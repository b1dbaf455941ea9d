"""How often somebody has tried something. A limit is a number of tries in a time, mostly an hour, from the first on."""

import hashlib
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Protocol

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.module_loading import import_string

HOUR = 3600


class Counter(Protocol):
    """Names are counted apart, each for so many seconds from its first try on."""

    def count(self, name: str, seconds: int) -> int:
        """One more; how many there have been with this one."""
        ...

    def read(self, name: str) -> int: ...

    def forget(self, name: str) -> None: ...


class CacheCounter:
    """For a cache that all processes share."""

    def count(self, name: str, seconds: int) -> int:
        cache.add(name, 0, seconds)
        try:
            return cache.incr(name)
        except ValueError:  # the count ended between the two calls; this try is lost, and nobody is turned away for it
            return 0

    def read(self, name: str) -> int:
        return cache.get(name, 0)

    def forget(self, name: str) -> None:
        cache.delete(name)


def is_over_limit(scope: str, who: str, most: int, *, seconds: int = HOUR) -> bool:
    """Counts this try as well."""
    return count_try(scope, who, seconds=seconds) > most


def count_try(scope: str, who: str, *, seconds: int = HOUR) -> int:
    """How many there have been, with this one."""
    return _counter().count(_name(scope, who), seconds)


def tries(scope: str, who: str) -> int:
    return _counter().read(_name(scope, who))


def forget_tries(scope: str, who: str) -> None:
    _counter().forget(_name(scope, who))


def client_address(request: HttpRequest) -> str:
    """The visitor's address; X-Forwarded-For counts only as far as our own proxies wrote it, and if it is one."""
    count = settings.TRUSTED_PROXY_COUNT
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    if count and len(hops) >= count and _parsed(hops[-count]):
        return hops[-count]
    return request.META.get("REMOTE_ADDR", "")


def client_network(request: HttpRequest) -> str:
    """What limits count by, see `network_of_address`."""
    return network_of_address(client_address(request))


def network_of_address(address: str) -> str:
    """Whoever has one address of IPv6 has 2**64 of them (RFC 6177), so it is their first half."""
    parsed = _parsed(address)
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _name(scope: str, who: str) -> str:
    return f"limit:{scope}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"


def _counter() -> Counter:
    return import_string(settings.TRY_COUNTER)()
