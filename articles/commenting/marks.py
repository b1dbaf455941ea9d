"""By what a writer is known again, without the site keeping a network or, of whoever is blocked, an address."""

from django.utils.crypto import salted_hmac

from kit.addresses import benefit_key


def mark_of_address(email: str) -> str:
    """However it is written; nothing for whoever gave none."""
    return _mark("address", benefit_key(email)) if email else ""


def mark_of_network(network: str) -> str:
    return _mark("network", network) if network else ""


def _mark(kind: str, value: str) -> str:
    return salted_hmac(f"articles.commenting.{kind}", value, algorithm="sha256").hexdigest()
