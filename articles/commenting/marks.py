"""By what a writer is known again, without the site keeping a network or, of whoever is blocked, an address."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from kit.guard.addresses import benefit_key


def mark_of_address(email: str) -> str:
    """However it is written; nothing for whoever gave none."""
    return _mark("address", benefit_key(email)) if email else ""


def mark_of_network(network: str) -> str:
    return _mark("network", network) if network else ""


def every_mark(*, email: str, network: str) -> list[str]:
    """Also as they were under the site's earlier keys: a block outlives a new key as long as the old one is named."""
    values = {"address": benefit_key(email) if email else "", "network": network}
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_mark(kind, value, key) for kind, value in values.items() if value for key in keys]


def _mark(kind: str, value: str, key: str | None = None) -> str:
    return salted_hmac(f"articles.commenting.{kind}", value, secret=key, algorithm="sha256").hexdigest()
