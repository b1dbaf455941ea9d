"""What somebody must be able to look up after a break-in: who did what, and from where. Never what was read or written.

A person is the number of an account, or a digest of an address; a place is the address that a request came from.
"""

import logging

from django.http import HttpRequest

from kit.guard.tries import client_address

log = logging.getLogger("security")


def note(event: str, *, request: HttpRequest | None = None, **facts: object) -> None:
    """One line: `sign-in failed person=3f… from=192.0.2.7`. Who is signed in is named by the request."""
    log.info("%s", " ".join([event, *(f"{name}={fact}" for name, fact in (facts | _about(request)).items())]))


def _about(request: HttpRequest | None) -> dict[str, object]:
    if request is None:
        return {}
    user = getattr(request, "user", None)
    by = {"by": user.pk} if user and user.pk else {}
    return by | {"from": client_address(request)}
