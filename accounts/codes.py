"""Codes that sign somebody in, for accounts that exist: how many are sent, and in which order.

A code works in the browser that asked for it alone. So strangers who ask for codes in her name must neither fill an
owner's mailbox nor use up what she may ask for herself.
"""

from typing import NamedTuple

from accounts.sessions import is_at_home
from kit.guard.security_log import note
from kit.guard.tries import is_over_limit
from outbox.models import Message, person_of

AT_HOME = "where its owner signs in"
FROM_ELSEWHERE_PER_HOUR = 5  # from one network; how many in all, outbox/limits.py says


class Turn(NamedTuple):
    about: str
    priority: int


def turn_of(address: str, *, network: str, is_own: bool = False) -> Turn | None:
    """What the limits count it by and when it leaves; None if this network has asked often enough. `is_own`: whoever
    asks is signed in to that very account.

    Of several that one person waits for, the first goes before everybody's others.
    """
    is_known = is_own or is_at_home(address, network)
    if not is_known and is_over_limit("code", f"{person_of(address)} {network}", FROM_ELSEWHERE_PER_HOUR):
        note("code held back", person=person_of(address), network=network)
        return None
    waiting = Message.objects.of_person(address).filter(state=Message.State.QUEUED, is_secret=True)
    priority = Message.Priority.MORE_CODES if waiting.exists() else Message.Priority.CODE
    return Turn(AT_HOME if is_known else "", priority)
